#include "engine/session/worker/model_files.h"

#include "engine/interop/diffusers_folder.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// A model from elsewhere as if it had been trained here, as far as it is known how.
Checkpoint imported(const fs::path& path) {
    const DiffusersModel model = load_diffusers(path);
    const DiffusersScheduler scheduler = model.scheduler.value_or(DiffusersScheduler{});
    Checkpoint checkpoint;
    RunHeader& header = checkpoint.header;
    header.channels = model.network.channels;
    header.height = model.network.height;
    header.width = model.network.width;
    header.config.unet = model.network.config;
    header.config.schedule = scheduler.schedule;
    header.config.training.prediction = scheduler.prediction;
    header.config.training.variance = scheduler.variance;
    header.config.training.precision = Precision::float32;  // so that its numbers are those of its owner
    header.config.dataset.image_size = header.height;
    header.config.dataset.colour =
        header.channels == 1 ? DatasetConfig::Colour::grey : DatasetConfig::Colour::rgb;
    for (int k = 0; k < header.config.unet.classes; ++k) header.class_names.push_back(std::to_string(k));
    UNet network = make_network(model);
    checkpoint.state.ema = FlatParameters(*network).values();
    return checkpoint;
}

}  // namespace

Checkpoint open_model(const fs::path& path, std::vector<Error>* passed_over) {
    std::error_code code;
    if (fs::is_directory(path, code) && !fs::exists(path / "run.json", code) && is_diffusers_folder(path))
        return imported(path);
    return load_newest_checkpoint(path, passed_over);
}

RunOpened describe_model(const RunHeader& header) {
    RunOpened event;
    event.config = header.config;
    event.parts = describe_unet(header.config.unet, header.channels, header.height, header.width);
    event.channels = header.channels;
    event.height = header.height;
    event.width = header.width;
    if (header.config.unet.classes > 0) event.class_names = header.class_names;
    return event;
}

void export_model(const RunHeader& header, const TrainerState& state, ModelFormat format,
                  const fs::path& path) {
    if (format == ModelFormat::safetensors) return save_weights(path, header, state);
    const RunConfig& config = header.config;
    DiffusersScheduler scheduler;
    scheduler.schedule = config.schedule;
    scheduler.prediction = config.training.prediction;
    scheduler.variance = config.training.variance;
    scheduler.learned_variance = config.unet.learned_variance;
    const UNet network = make_network(config.unet, header.channels, header.height, header.width, state.ema);
    save_diffusers(
        path, {{config.unet, header.channels, header.height, header.width}, scheduler, weights_of(*network)});
}

}  // namespace denoise
