// predict, encode and convert: commands for use with other programs.

#include <memory>

#include "app/cli/choice_option.h"
#include "app/cli/commands.h"
#include "app/cli/engine_client.h"
#include "app/cli/number_checks.h"
#include "app/cli/output_check.h"
#include "app/cli/path_option.h"
#include "app/cli/sampling_options.h"
#include "engine/session/pictures.h"

namespace denoise::cli {
namespace {

struct PredictOptions {
    std::string model, input, label, out;
    int timestep = 0, threads = 0;
    ComputeDevice device = ComputeDevice::automatic;
};

struct EncodeOptions {
    std::string model, label, out;
    std::vector<std::string> images;
    int steps = 50, threads = 0;
    ComputeDevice device = ComputeDevice::automatic;
};

struct ConvertOptions {
    std::string model, out;
    ModelFormat format = ModelFormat::diffusers;
    double ema_length = 0;
};

void write_array(const FloatArray& array, const std::string& out, ProgressLine& line) {
    write_npy(out, array.shape, std::span<const float>(array.values));
    line.say("Written: " + out);
}

void predict(const PredictOptions& options) {
    check_output_file(options.out, ".npy");
    ProgressLine line;
    const auto engine = engine_for_command(options.threads, nullptr, options.device);
    const auto model = result_of<RunOpened>(*engine, OpenModel{options.model}, &line);
    const Predict request{read_npy(options.input), options.timestep, class_named(options.label, model)};
    require_finite(request.x_t, options.input);
    write_array(result_of<Computed>(*engine, request, &line).numbers, options.out, line);
}

void encode(const EncodeOptions& options) {
    check_output_file(options.out, ".npy");
    ProgressLine line;
    const auto engine = engine_for_command(options.threads, nullptr, options.device);
    const auto model = result_of<RunOpened>(*engine, OpenModel{options.model}, &line);
    const PictureColour colour = model.channels == 1 ? PictureColour::grey : PictureColour::rgb;
    std::vector<Picture> pictures;
    for (const std::string& path : options.images)
        pictures.push_back(read_cropped_picture(path, model.width, model.height, colour));
    const Encode request{batch_of(pictures), options.steps, class_named(options.label, model)};
    write_array(result_of<Computed>(*engine, request, &line).numbers, options.out, line);
}

void convert(const ConvertOptions& options) {
    if (options.format == ModelFormat::diffusers)
        check_output_folder(options.out);
    else
        check_output_file(options.out, ".safetensors");
    ProgressLine line;
    const auto engine = engine_for_command();
    result_of<RunOpened>(*engine, OpenModel{options.model}, &line);
    result_of<ModelConverted>(*engine, ConvertModel{options.format, options.out, options.ema_length}, &line);
    line.say("Written: " + options.out);
}

}  // namespace

void add_predict(CLI::App& app) {
    auto options = std::make_shared<PredictOptions>();
    CLI::App* command = app.add_subcommand("predict", "Evaluate the network once.");
    add_model_argument(*command, options->model);
    add_path(*command, "--input", options->input, "x_t, float32 [B,C,H,W]")->required()->type_name("x_t.npy");
    command->add_option("--timestep", options->timestep, "t, from 0")
        ->required()
        ->check(not_negative<int>())
        ->type_name("T");
    command->add_option("--class", options->label, "Class of all images, by number or name")->type_name("K");
    add_path(*command, "-o,--out", options->out,
             "Output of the network, float32 [B,C,H,W], or [B,2C,H,W] with a learned variance")
        ->required()
        ->type_name("eps.npy");
    add_threads_option(*command, options->threads);
    add_device_option(*command, options->device);
    command->callback([options] { predict(*options); });
}

void add_encode(CLI::App& app) {
    auto options = std::make_shared<EncodeOptions>();
    CLI::App* command =
        app.add_subcommand("encode", "Compute the noise from which DDIM reconstructs pictures.");
    add_model_argument(*command, options->model);
    add_path(*command, "IMAGE", options->images, "Picture files, cropped to the size of the model's images")
        ->required();
    command
        ->add_option("--steps", options->steps,
                     "Number of steps; use the same number to reconstruct with sample")
        ->type_name("K")
        ->check(positive<int>())
        ->capture_default_str();
    command->add_option("--class", options->label, "Class of the pictures, by number or name")
        ->type_name("K");
    add_path(*command, "-o,--out", options->out, "x_T, float32 [B,C,H,W], for sample --initial-noise")
        ->required()
        ->type_name("x_T.npy");
    add_threads_option(*command, options->threads);
    add_device_option(*command, options->device);
    command->callback([options] { encode(*options); });
}

void add_convert(CLI::App& app) {
    auto options = std::make_shared<ConvertOptions>();
    CLI::App* command = app.add_subcommand("convert", "Export a model for other programs.");
    add_model_argument(*command, options->model);
    add_choice(*command, "--to", options->format, "Format:")->required()->default_str("");
    add_path(*command, "-o,--out", options->out, "The new folder, or a file whose name ends in .safetensors")
        ->required()
        ->type_name("PATH");
    add_ema_length(*command, options->ema_length);
    command->callback([options] { convert(*options); });
}

}  // namespace denoise::cli
