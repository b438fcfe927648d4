#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/cli/commands.h"
#include "app/cli/engine_client.h"
#include "app/cli/group.h"
#include "app/cli/interrupt.h"
#include "app/cli/number_checks.h"
#include "app/cli/path_option.h"
#include "app/cli/sample_output.h"
#include "app/cli/sampling_options.h"
#include "app/cli/shared_samples.h"
#include "engine/base/elapsed.h"
#include "engine/distributed/together.h"
#include "engine/runs/run_header.h"
#include "engine/session/devices.h"
#include "engine/session/pictures.h"
#include "engine/session/recipe.h"
#include "engine/session/sample_count.h"

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
    std::vector<int> branch;  ///< image and step
    int threads = 0, scale = 1, frames = 121;
    ComputeDevice device = ComputeDevice::automatic;
};

int columns_of(const SampleOptions& options, const RunOpened& model) {
    return options.sampling.all_classes() ? static_cast<int>(model.config.unet.classes) : 0;
}

std::shared_ptr<const FloatArray> array_of(const std::string& path) {
    if (path.empty()) return nullptr;
    auto array = std::make_shared<const FloatArray>(read_npy(path));
    require_finite(*array, path);
    return array;
}

std::shared_ptr<const Inpainting> inpainting_of(const SampleOptions& options, const RunOpened& model) {
    if (options.inpaint.empty() != options.mask.empty())
        throw Error{"Cannot inpaint", "--inpaint and --mask must be given together",
                    "Give a picture, and a mask that is white where the picture is kept"};
    if (options.inpaint.empty()) return nullptr;
    const auto batch = [&](const std::string& path, PictureColour colour) {
        return batch_of({read_cropped_picture(path, model.width, model.height, colour)});
    };
    const PictureColour colour = model.channels == 1 ? PictureColour::grey : PictureColour::rgb;
    return std::make_shared<const Inpainting>(
        Inpainting{batch(options.inpaint, colour), batch(options.mask, PictureColour::grey)});
}

SampleRequest request_of(const SampleOptions& options, const RunOpened& model) {
    // The results depend on x_T alone only with a sampler without noise. Inpainting uses the steps of DDIM.
    const bool of_given_noise = !options.initial_noise.empty() || options.to_seed || !options.inpaint.empty();
    SampleRequest request =
        (of_given_noise ? options.sampling.with_default_sampler("ddim") : options.sampling).request(model);
    request.count = options.count;
    if (const int columns = columns_of(options, model); columns > 0)
        request.count = (options.count + columns - 1) / columns * columns;  // full rows
    request.seed = options.seed;
    request.to_seed = options.to_seed;
    request.initial_noise = array_of(options.initial_noise);
    request.noise_per_step = array_of(options.noise_per_step);
    request.inpainting = inpainting_of(options, model);
    return request;
}

int steps_of(const SampleRequest& request, const RunOpened& model) {
    return request.steps > 0 ? request.steps : model.config.schedule.timesteps;
}

/// Before the origin is sampled, which may take long.
void check_branch(int image, int step, const SampleRequest& request, const RunOpened& model) {
    const int steps = steps_of(request, model);
    if (image < most_images && step < steps) return;
    throw Error{"Cannot branch at step " + std::to_string(step) + " of image " + std::to_string(image),
                "the steps are 0 to " + std::to_string(steps - 1) + " and the images 0 to " +
                    std::to_string(most_images - 1),
                "Choose a step and an image in these ranges"};
}

/// Samples the image that --branch names in a job of its own, from which the branch starts.
Branch branch_of(const SampleOptions& options, SampleRequest origin, const RunOpened& model, Engine& engine,
                 ProgressLine& line) {
    const int image = options.branch.at(0), step = options.branch.at(1);
    check_branch(image, step, origin, model);
    origin.count = image + 1;
    origin.frames = false;
    const auto result = result_of<SampleResult>(engine, Sample{std::move(origin)}, &line);
    return {result.job, image, step, options.branch_seed.value_or(options.seed + 1)};
}

/// `output` null: without frames.
Samples sample_images(Engine& engine, const SampleRequest& request, SampleOutput* output,
                      ProgressLine* line) {
    Samples samples;
    run_job(engine, Sample{request}, [&](const Event& event) {
        show_event(event, line);
        if (const auto* start = std::get_if<SampleStarted>(&event)) samples.start = *start;
        if (const auto* result = std::get_if<SampleResult>(&event)) samples.result = *result;
        if (const auto* frame = std::get_if<SampleFrame>(&event); frame && output) {
            const int first = samples.start.first_step,
                      steps = static_cast<int>(samples.start.timesteps.size());
            output->add_frame(frame->x_t, frame->index - first, steps - first);
        }
    });
    return samples;
}

/// For the text entry of a PNG.
std::string recipe_text(const SampleStarted& start, const std::string& model) {
    fs::path path = fs::absolute(model).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();  // "run/"
    nlohmann::ordered_json recipe = recipe_of(start);
    recipe["model"] = path.filename().string();
    return recipe.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// "16 images in 2.1 s (ddim, 50 steps): "
std::string summary_of(const Samples& samples) {
    char text[160];
    const std::int64_t count = samples.result.images.count;
    const std::size_t steps = samples.start.timesteps.size();
    std::snprintf(text, sizeof text,
                  "%lld image%s in %.1f s (%s, %zu step%s): ", static_cast<long long>(count),
                  count == 1 ? "" : "s", samples.result.seconds, samples.start.request.sampler.c_str(), steps,
                  steps == 1 ? "" : "s");
    return text;
}

Samples sample_batches(Engine& engine, const std::vector<SampleRequest>& batches, ProgressLine* line) {
    Samples samples;
    for (SampleRequest batch : batches) {
        // The recipe has one execution, so a smaller batch at the end is computed like the others.
        if (!samples.result.images.empty()) batch.execution = samples.start.execution;
        append(samples, sample_images(engine, batch, nullptr, line));
    }
    return samples;
}

/// Whether the images do not depend on each other, and can be drawn in batches.
bool in_batches(const SampleOptions& options, const SampleOutput* output) {
    return options.branch.empty() && !options.to_seed && options.initial_noise.empty() &&
           options.noise_per_step.empty() && !(output && output->needs_frames());
}

void require_batches(const SampleOptions& options, const SampleOutput* output) {
    if (!in_batches(options, output))
        throw Error{"Cannot share this sample among several processes",
                    "films, branches, interpolations and given noise are drawn at once",
                    "Start it without mpirun or srun"};
}

/// How process 0 would compute the images alone, in `steps` steps: if the processes chose for themselves,
/// images of different processes could differ.
Execution execution_for_all(Engine& engine, SampleRequest request, int steps, Communicator& group) {
    std::string text;
    do_together(
        group,
        [&] {
            if (group.rank() != 0) return;
            request.total_images = std::int64_t{request.count} * steps;  // in this one step
            request.count = std::min(request.count, images_at_once);
            request.steps = 1;
            request.exact = false;
            const Samples probe = sample_images(engine, request, nullptr, nullptr);
            text = execution_to_json(probe.start.execution).dump();
        },
        interrupted);
    return execution_from_json(nlohmann::json::parse(broadcast_text(group, text)));
}

/// Each process draws a part of the images, and process 0 writes all of them.
void sample_together(const SampleOptions& options, Communicator& group) {
    ProgressLine line;
    ProgressLine* shown = group.rank() == 0 ? &line : nullptr;
    std::optional<SampleOutput> output;
    std::unique_ptr<Engine> engine;
    SampleRequest request;
    int steps = 0;
    std::uint64_t mark = 0;
    const int threads = threads_in_group(group, options.threads);
    do_together(
        group,
        [&] {
            if (group.rank() == 0) output.emplace(options.out, options.scale, options.frames);
            require_batches(options, output ? &*output : nullptr);
            engine = engine_for_command(
                threads, nullptr, device_of_process(options.device, options.device, group.place().number));
            const auto model = result_of<RunOpened>(*engine, OpenModel{options.model}, shown);
            request = request_of(options, model);
            request.frames = false;
            steps = steps_of(request, model);
            mark = mark_of(run_config_to_json(model.config) + std::to_string(model.step));
            if (!output) return;
            output->set_columns(columns_of(options, model));
            output->check_size(model, request.count, steps);
        },
        interrupted);
    // The ending of the output is only known to process 0.
    const std::vector<Word> words = do_together(
        group, [] {}, interrupted, output && output->needs_numbers() ? 1 : 0, mark);
    request.exact = words.front().number > 0;
    for (std::size_t other = 1; other < words.size(); ++other)
        if (words[other].mark != words.front().mark)
            throw Error{"Cannot sample with several processes",
                        options.model + " of " + group.name_of(static_cast<int>(other)) + " is another model",
                        "Copy the model to all machines, or use a shared disk"};
    request.execution = execution_for_all(*engine, request, steps, group);
    request.execution->threads = threads;
    Samples samples;
    const auto begin = std::chrono::steady_clock::now();
    do_together(
        group,
        [&] {
            request.execution->device =
                device_of_process(options.device, request.execution->device, group.place().number);
            samples = sample_batches(*engine, batches_of(request, group.rank(), group.size()), shown);
        },
        interrupted);
    samples = gather_samples(group, std::move(samples), request);
    if (!output) return;
    samples.result.seconds = seconds_since(begin);
    output->write(samples.result, recipe_text(samples.start, options.model));
    line.say(summary_of(samples) + options.out);
}

void sample(const SampleOptions& options, Communicator& group) {
    if (group.size() > 1) return sample_together(options, group);
    SampleOutput output(options.out, options.scale, options.frames);
    ProgressLine line;
    const auto engine = engine_for_command(options.threads, nullptr, options.device);
    const auto model = result_of<RunOpened>(*engine, OpenModel{options.model}, &line);
    output.set_columns(columns_of(options, model));
    SampleRequest request = request_of(options, model);
    output.check_size(model, options.branch.empty() ? image_count(request) : request.count,
                      steps_of(request, model));
    if (!options.branch.empty()) request.branch = branch_of(options, request, model, *engine, line);
    request.frames = output.needs_frames();
    request.exact = output.needs_numbers();
    Samples samples;
    if (request.count > images_at_once && in_batches(options, &output)) {
        samples = sample_batches(*engine, batches_of(request, 0, 1), &line);
        samples.start.request.count = request.count;
    } else {
        samples = sample_images(*engine, request, &output, &line);
    }
    output.write(samples.result, recipe_text(samples.start, options.model));
    line.say(summary_of(samples) + options.out);
    if (!samples.start.speeds.empty()) line.say("With " + samples.start.speeds);
    if (const std::string note = output.note(); !note.empty()) line.say(note);
}

void add_input_options(CLI::App& command, SampleOptions& options) {
    CLI::Option* initial_noise =
        add_path(
            command, "--initial-noise", options.initial_noise,
            "Start from this x_T, float32 [B,C,H,W], instead of random noise: B replaces --count, and the "
            "default sampler is then ddim")
            ->type_name("x_T.npy");
    add_path(command, "--noise-per-step", options.noise_per_step,
             "Noise that a stochastic sampler adds, float32 [steps,B,C,H,W]")
        ->type_name("z.npy");
    CLI::Option* to_seed =
        command
            .add_option("--to-seed", options.to_seed,
                        "Interpolate between the first image of --seed and the first image of this seed; the "
                        "default sampler is then ddim")
            ->check(whole_number())
            ->type_name("S")
            ->excludes(initial_noise);
    CLI::Option* branch =
        command
            .add_option(
                "--branch", options.branch,
                "Sample --count variations of one image of the sample that is drawn without --branch, both "
                "counted from 0: the steps from STEP on are repeated with other noise")
            ->type_name("IMAGE STEP")
            ->expected(2)
            ->check(not_negative<int>())
            ->excludes(to_seed);
    command.add_option("--branch-seed", options.branch_seed, "Seed of the other noise (default: --seed + 1)")
        ->check(whole_number())
        ->type_name("S")
        ->needs(branch);
    add_path(command, "--inpaint", options.inpaint, "Keep a part of this picture and sample the rest")
        ->type_name("IMAGE")
        ->excludes(branch);
    add_path(command, "--mask", options.mask, "White where the picture of --inpaint is kept")
        ->type_name("IMAGE");
}

}  // namespace

void add_sample(CLI::App& app, Communicator& group) {
    auto options = std::make_shared<SampleOptions>();
    CLI::App* command = app.add_subcommand("sample", "Sample images from a trained model.");
    add_model_argument(*command, options->model);
    add_path(*command, "-o,--out", options->out,
             "grid.png (also .jpg, .bmp, .webp), film.gif, samples.npz (arr_0, uint8 NHWC), x0.npy (float32 "
             "NCHW in [-1, 1]), or FOLDER/ for one PNG per sample")
        ->required()
        ->type_name("PATH");
    command
        ->add_option("--count", options->count,
                     "Number of images; with --branch, number of variations of its image")
        ->type_name("N")
        ->capture_default_str()
        ->check(in_range(1, most_images));
    command->add_option("--seed", options->seed, "The same seed gives the same images")
        ->check(whole_number())
        ->type_name("S")
        ->capture_default_str();
    options->sampling.add_to(*command);
    command->add_option("--scale", options->scale, "Enlarge a grid or film by this factor")
        ->type_name("N")
        ->check(in_range(1, 32))
        ->capture_default_str();
    command
        ->add_option("--frames", options->frames,
                     "Most frames of a film; of more steps, some are left out at even distances")
        ->type_name("N")
        ->check(in_range(1, 10'000))
        ->capture_default_str();
    add_input_options(*command, *options);
    add_threads_option(*command, options->threads);
    add_device_option(*command, options->device);
    command->callback([options, &group] { sample(*options, group); });
}

}  // namespace denoise::cli
