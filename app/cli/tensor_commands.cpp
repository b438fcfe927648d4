// predict, encode and convert: the model as other programs want it.

#include "app/cli/commands.h"
#include "app/cli/engine_client.h"
#include "app/cli/sampling_options.h"
#include "engine/session/pictures.h"

namespace denoise::cli {
namespace {

struct PredictOptions {
    std::string model, input, label, out;
    int timestep = 0, threads = 0;
};

struct EncodeOptions {
    std::string model, label, out;
    std::vector<std::string> images;
    int steps = 50, threads = 0;
};

struct ConvertOptions {
    std::string model, format, out;
};

void require_npy(const std::string& out) {
    if (!out.ends_with(".npy"))
        throw Error{"Cannot write the numbers", out + ": the ending is not .npy",
                    "Name a file such as out.npy"};
}

/// Waits for the engine's answer and writes it.
int write_answer(Engine& engine, const std::string& out) {
    const InterruptFlag interrupt;
    ProgressLine line;
    FloatArray numbers;
    bool cancelled = false;
    follow(
        engine,
        [&](const Event& event) {
            if (const auto* e = std::get_if<EvaluationProgress>(&event))
                line.show(static_cast<double>(e->done) / static_cast<double>(e->total), e->doing);
            const auto* e = std::get_if<Computed>(&event);
            if (e) numbers = e->numbers;
            return e == nullptr && !cancelled;
        },
        [&] {
            if (!interrupt.raised()) return;
            engine.post(CancelEvaluation{});
            cancelled = true;
        });
    if (cancelled) return 130;
    write_npy(out, numbers.shape, std::span<const float>(numbers.values));
    line.say("written: " + out);
    return 0;
}

int predict(const PredictOptions& options) {
    require_npy(options.out);
    const auto engine = engine_for_command(options.threads);
    const RunOpened model = open_model(*engine, options.model, nullptr);
    engine->post(Predict{read_npy(options.input), options.timestep, class_named(options.label, model)});
    return write_answer(*engine, options.out);
}

int encode(const EncodeOptions& options) {
    require_npy(options.out);
    const auto engine = engine_for_command(options.threads);
    const RunOpened model = open_model(*engine, options.model, nullptr);
    spaced_timesteps(make_schedule(model.config.schedule), options.steps, Spacing::trailing);  // throws
    std::vector<Picture> pictures;
    for (const std::string& path : options.images)
        pictures.push_back(read_cropped_picture(
            path, model.width, model.height, model.channels == 1 ? PictureColour::grey : PictureColour::rgb));
    engine->post(Encode{batch_of(pictures), options.steps, class_named(options.label, model)});
    return write_answer(*engine, options.out);
}

int convert(const ConvertOptions& options) {
    const auto engine = engine_for_command();
    open_model(*engine, options.model, nullptr);
    engine->post(ConvertModel{
        options.format == "diffusers" ? ModelFormat::diffusers : ModelFormat::safetensors, options.out});
    follow(*engine, [](const Event& event) { return !std::holds_alternative<ModelConverted>(event); });
    ProgressLine().say("written: " + options.out);
    return 0;
}

}  // namespace

void add_predict(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<PredictOptions>();
    CLI::App* command = app.add_subcommand("predict", "Call the network once.");
    add_model_argument(*command, options->model);
    command->add_option("--input", options->input, "x_t, float32 [B,C,H,W]")
        ->required()
        ->type_name("x_t.npy");
    command->add_option("--timestep", options->timestep, "t, from 0")->required()->type_name("T");
    command->add_option("--class", options->label, "Class of all images, by number or name")->type_name("K");
    command->add_option("--out", options->out, "The answer, float32 [B,C,H,W]")
        ->required()
        ->type_name("eps.npy");
    add_threads_option(*command, options->threads);
    command->callback([options, &exit_code] { exit_code = predict(*options); });
}

void add_encode(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<EncodeOptions>();
    CLI::App* command = app.add_subcommand("encode", "Find the noise from which DDIM arrives at pictures.");
    add_model_argument(*command, options->model);
    command->add_option("IMAGE", options->images, "Picture files, cropped to the model's size")->required();
    command->add_option("--steps", options->steps, "Steps; sample with as many to come back")
        ->type_name("K")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--class", options->label, "Class of the pictures, by number or name")
        ->type_name("K");
    command->add_option("--out", options->out, "x_T, float32 [B,C,H,W], for sample --initial-noise")
        ->required()
        ->type_name("x_T.npy");
    add_threads_option(*command, options->threads);
    command->callback([options, &exit_code] { exit_code = encode(*options); });
}

void add_convert(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<ConvertOptions>();
    CLI::App* command = app.add_subcommand("convert", "Write a model for other programs.");
    add_model_argument(*command, options->model);
    command
        ->add_option("--to", options->format,
                     "diffusers: a pipeline folder; safetensors: a checkpoint of the EMA weights alone")
        ->required()
        ->check(CLI::IsMember({"diffusers", "safetensors"}));
    command->add_option("--out", options->out, "The new folder or file")->required()->type_name("PATH");
    command->callback([options, &exit_code] { exit_code = convert(*options); });
}

}  // namespace denoise::cli
