#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/engine_client.h"
#include "app/cli/sampling_options.h"
#include "engine/session/pictures.h"
#include "engine/session/recipe.h"

namespace denoise::cli {
namespace {

namespace fs = std::filesystem;

struct SampleOptions {
    std::string model, out;
    SamplingOptions sampling;
    int count = 16;
    std::int64_t seed = 0;
    std::string initial_noise, noise_per_step, inpaint, mask;
    std::optional<std::int64_t> to_seed, branch_seed;
    std::vector<int> branch;
    int threads = 0, scale = 1;
};

enum class OutKind { grid, film, folder, npz, npy };

OutKind kind_of(const std::string& out) {
    std::string extension = fs::path(out).extension().string();
    for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::error_code code;
    if (out.ends_with('/') || fs::is_directory(out, code)) return OutKind::folder;
    if (extension == ".gif") return OutKind::film;
    if (extension == ".npz") return OutKind::npz;
    if (extension == ".npy") return OutKind::npy;
    if (extension == ".png" || extension == ".jpg" || extension == ".jpeg" || extension == ".bmp" ||
        extension == ".webp")
        return OutKind::grid;
    if (extension.empty()) return OutKind::folder;
    throw Error{"Cannot write samples as \"" + extension + "\"",
                out + ": the ending is not one of .png, .jpg, .bmp, .webp, .gif, .npz, .npy or a folder's /",
                "Choose one of these"};
}

/// Before any sampling is done, so that an hour's work does not end in an error.
void prepare_folder(const fs::path& folder) {
    std::error_code code;
    fs::create_directories(folder, code);
    if (code)
        throw Error{"Cannot make the folder", folder.string() + ": " + code.message(),
                    "Choose a folder that you may write to"};
    if (!fs::is_empty(folder, code))
        throw Error{
            "Cannot put the samples there",
            folder.string() + ": the folder is not empty, and it should hold the samples and nothing else",
            "Empty it, or choose another folder"};
}

SampleRequest request_of(const SampleOptions& options, const RunOpened& model) {
    SampleRequest request = options.sampling.request(model);
    request.count = options.count;
    request.seed = options.seed;
    if (options.sampling.all_classes()) {  // whole rows of the grid, each class in its column
        const int classes = static_cast<int>(std::max<std::int64_t>(1, model.config.unet.classes));
        request.count = (options.count + classes - 1) / classes * classes;
    }
    request.to_seed = options.to_seed;
    if (!options.branch.empty())
        request.branches = {
            {options.branch.at(0), options.branch.at(1), options.branch_seed.value_or(options.seed + 1)}};
    if (!options.initial_noise.empty())
        request.initial_noise = std::make_shared<const FloatArray>(read_npy(options.initial_noise));
    if (!options.noise_per_step.empty())
        request.noise_per_step = std::make_shared<const FloatArray>(read_npy(options.noise_per_step));
    if (options.inpaint.empty() != options.mask.empty())
        throw Error{"Cannot inpaint", "--inpaint and --mask belong together",
                    "Give the picture and a mask that is white where it is kept"};
    if (!options.inpaint.empty()) {
        const PictureColour colour = model.channels == 1 ? PictureColour::grey : PictureColour::rgb;
        request.inpainting = std::make_shared<const Inpainting>(Inpainting{
            batch_of({read_cropped_picture(options.inpaint, model.width, model.height, colour)}),
            batch_of({read_cropped_picture(options.mask, model.width, model.height, PictureColour::grey)})});
    }
    return request;
}

/// [N,C,H,W] -> [N,H,W,C], as evaluation scripts read it.
std::vector<std::uint8_t> channels_last(const ImageBatch& images) {
    std::vector<std::uint8_t> pixels;
    pixels.reserve(images.pixels.size());
    for (std::int64_t i = 0; i < images.count; ++i) {
        const Picture picture = picture_of(images, i);
        pixels.insert(pixels.end(), picture.pixels.begin(), picture.pixels.end());
    }
    return pixels;
}

void write_samples(const SampleOptions& options, OutKind kind, const SampleEnded& end,
                   std::vector<Picture> film, int columns, const std::string& recipe) {
    const ImageBatch& images = end.images;
    switch (kind) {
        case OutKind::grid:
            write_picture(grid_of(images, columns), options.out, options.scale, recipe);
            break;
        case OutKind::film:
            film.push_back(grid_of(images, columns));
            write_gif(film, options.out, 40, 1500, options.scale);
            break;
        case OutKind::folder:
            for (std::int64_t i = 0; i < images.count; ++i) {
                char name[32];
                std::snprintf(name, sizeof name, "%05lld.png", static_cast<long long>(i));
                write_picture(picture_of(images, i), fs::path(options.out) / name, 1, recipe);
            }
            break;
        case OutKind::npz:
            write_npz(options.out, {images.count, images.height, images.width, images.channels},
                      channels_last(images));
            break;
        case OutKind::npy:
            write_npy(options.out, end.x0.shape, std::span<const float>(end.x0.values));
            break;
    }
}

int sample(const SampleOptions& options) {
    const OutKind kind = kind_of(options.out);
    if (kind == OutKind::folder) prepare_folder(options.out);

    const InterruptFlag interrupt;
    ProgressLine line;
    const auto engine = engine_for_command(options.threads);
    const RunOpened model = open_model(*engine, options.model, &line);
    SampleRequest request = request_of(options, model);
    request.exact = kind == OutKind::npy;
    const int columns = options.sampling.all_classes() ? static_cast<int>(model.config.unet.classes) : 0;
    engine->post(Sample{request});

    SampleStarted start;
    SampleEnded end;
    std::vector<Picture> film;
    constexpr int longest_film = 120;
    follow(
        *engine,
        [&](const Event& event) {
            if (const auto* e = std::get_if<SampleStarted>(&event)) start = *e;
            if (const auto* e = std::get_if<SampleFrame>(&event)) {
                const int total = static_cast<int>(start.timesteps.size());
                line.show((e->index + 1.0) / total, "denoising, t = " + std::to_string(e->timestep));
                const bool wanted =
                    total <= longest_film ||
                    e->index * longest_film / total != (e->index - 1) * longest_film / total || e->index == 0;
                if (kind == OutKind::film && wanted) film.push_back(grid_of(e->x_t, columns));
            }
            if (const auto* e = std::get_if<SampleEnded>(&event)) {
                end = *e;
                return false;
            }
            return true;
        },
        [&] {
            if (interrupt.raised()) engine->post(CancelSampling{});
        });
    if (end.cancelled) return 130;

    nlohmann::ordered_json recipe = recipe_of(start);
    recipe["model"] = fs::absolute(options.model).lexically_normal().filename().string();
    write_samples(options, kind, end, std::move(film), columns, recipe.dump());
    char text[160];
    std::snprintf(text, sizeof text,
                  "%lld images in %.1f s (%s, %d steps): ", static_cast<long long>(end.images.count),
                  end.seconds, info_of(start.request.sampler).name.c_str(), start.request.steps);
    line.say(text + options.out);
    return 0;
}

}  // namespace

void add_sample(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<SampleOptions>();
    CLI::App* command = app.add_subcommand("sample", "Draw images with a trained model.");
    add_model_argument(*command, options->model);
    command
        ->add_option(
            "--out", options->out,
            "grid.png, a FOLDER/ that gets one PNG per sample, film.gif, samples.npz (arr_0, uint8 NHWC) "
            "or x0.npy (float32 NCHW in [-1, 1])")
        ->required();
    command->add_option("--count", options->count, "Number of images")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(1, 4096));
    command->add_option("--seed", options->seed, "The same seed gives the same images")
        ->type_name("S")
        ->capture_default_str();
    options->sampling.add_to(*command);
    command->add_option("--scale", options->scale, "Enlarge a grid or film by a whole multiple")
        ->type_name("N")
        ->check(CLI::Range(1, 32))
        ->capture_default_str();
    command
        ->add_option("--initial-noise", options->initial_noise,
                     "Start from this x_T, float32 [B,C,H,W], instead of noise from the seed")
        ->type_name("x_T.npy");
    command
        ->add_option("--noise-per-step", options->noise_per_step,
                     "The noise of a stochastic sampler, float32 [steps,B,C,H,W]")
        ->type_name("z.npy");
    CLI::Option* to_seed =
        command
            ->add_option("--to-seed", options->to_seed,
                         "Images on the way from the first of --seed to the first of this one")
            ->type_name("S");
    CLI::Option* branch =
        command
            ->add_option("--branch", options->branch,
                         "Other futures of an image: from this sampling step on with other noise")
            ->type_name("IMAGE STEP")
            ->expected(2)
            ->check(CLI::NonNegativeNumber)
            ->excludes(to_seed);
    command
        ->add_option("--branch-seed", options->branch_seed, "Seed of the other noise (default: --seed + 1)")
        ->type_name("S")
        ->needs(branch);
    command->add_option("--inpaint", options->inpaint, "Keep a part of this picture and draw the rest")
        ->type_name("IMAGE")
        ->excludes(branch);
    command->add_option("--mask", options->mask, "White where --inpaint is kept")->type_name("IMAGE");
    add_threads_option(*command, options->threads);
    command->callback([options, &exit_code] { exit_code = sample(*options); });
}

}  // namespace denoise::cli
