#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/engine_client.h"
#include "engine/session/pictures.h"

namespace denoise::cli {
namespace {

namespace fs = std::filesystem;

struct SampleOptions {
    std::string model, out, sampler = "ddim";
    SampleRequest request{.count = 16, .steps = -1, .frames = false};
    int threads = 0, scale = 1;
};

enum class OutKind { grid, film, folder };

OutKind kind_of(const std::string& out) {
    std::string extension = fs::path(out).extension().string();
    for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::error_code code;
    if (out.ends_with('/') || fs::is_directory(out, code)) return OutKind::folder;
    if (extension == ".gif") return OutKind::film;
    if (extension == ".png" || extension == ".jpg" || extension == ".jpeg" || extension == ".bmp" ||
        extension == ".webp")
        return OutKind::grid;
    if (extension.empty()) return OutKind::folder;
    throw Error{"Cannot write samples as \"" + extension + "\"",
                out + ": the ending is not one of .png, .jpg, .bmp, .webp, .gif or a folder's /",
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

/// What is needed to draw the same picture again.
std::string recipe_of(const SampleOptions& options, const SampleStarted& start) {
    return nlohmann::json{{"program", "Denoise Lab " DENOISE_LAB_VERSION},
                          {"model", fs::absolute(options.model).filename().string()},
                          {"model_step", start.model_step},
                          {"sampler", options.sampler},
                          {"steps", start.request.steps},
                          {"eta", start.request.eta},
                          {"seed", start.request.seed},
                          {"count", start.request.count}}
        .dump();
}

int sample(SampleOptions options) {
    const OutKind kind = kind_of(options.out);
    if (kind == OutKind::folder) prepare_folder(options.out);
    options.request.sampler = options.sampler == "ddpm" ? SamplerKind::ddpm : SamplerKind::ddim;
    if (options.request.steps < 0)
        options.request.steps = options.request.sampler == SamplerKind::ddpm ? 0 : 50;
    options.request.frames = true;

    const InterruptFlag interrupt;
    ProgressLine line;
    const auto engine = engine_for_command(options.threads);
    const RunOpened model = open_model(*engine, options.model, &line);
    if (options.request.steps > model.config.schedule.timesteps)
        spaced_timesteps(model.config.schedule.timesteps, options.request.steps,
                         Spacing::trailing);  // throws
    engine->post(Sample{options.request});

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
                if (kind == OutKind::film && wanted) film.push_back(grid_of(e->x_t));
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

    const std::string recipe = recipe_of(options, start);
    switch (kind) {
        case OutKind::grid:
            write_picture(grid_of(end.images), options.out, options.scale, recipe);
            break;
        case OutKind::film:
            film.push_back(grid_of(end.images));
            write_gif(film, options.out, 40, 1500, options.scale);
            break;
        case OutKind::folder:
            for (std::int64_t i = 0; i < end.images.count; ++i) {
                char name[32];
                std::snprintf(name, sizeof name, "%05lld.png", static_cast<long long>(i));
                write_picture(picture_of(end.images, i), fs::path(options.out) / name, 1, recipe);
            }
            break;
    }
    char text[160];
    std::snprintf(text, sizeof text,
                  "%lld images in %.1f s (%s, %d steps): ", static_cast<long long>(end.images.count),
                  end.seconds, options.sampler.c_str(), start.request.steps);
    line.say(text + options.out);
    return 0;
}

}  // namespace

void add_sample(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<SampleOptions>();
    CLI::App* command = app.add_subcommand("sample", "Draw images with a trained model.");
    command->add_option("MODEL", options->model, "A run folder or a checkpoint file")->required();
    command
        ->add_option("--out", options->out, "grid.png, a FOLDER/ that gets one PNG per sample, or film.gif")
        ->required();
    command->add_option("--count", options->request.count, "Number of images")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(1, 4096));
    command->add_option("--sampler", options->sampler, "ddpm or ddim")
        ->check(CLI::IsMember({"ddpm", "ddim"}))
        ->capture_default_str();
    command
        ->add_option("--steps", options->request.steps,
                     "Sampling steps (default: 50 for ddim, all timesteps for ddpm)")
        ->type_name("K")
        ->check(CLI::PositiveNumber);
    command->add_option("--eta", options->request.eta, "Noise of ddim: 0 none, 1 as much as ddpm")
        ->type_name("E")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command->add_option("--seed", options->request.seed, "The same seed gives the same images")
        ->type_name("S")
        ->capture_default_str();
    command->add_option("--scale", options->scale, "Enlarge a grid or film by a whole multiple")
        ->type_name("N")
        ->check(CLI::Range(1, 32))
        ->capture_default_str();
    command->add_option("--threads", options->threads, "Processor cores (default: all)")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    command->callback([options, &exit_code] { exit_code = sample(*options); });
}

}  // namespace denoise::cli
