#include "engine/model/model.h"

#include "engine/device/transfer.h"
#include "engine/diffusion/guidance.h"
#include "engine/model/checkpoint.h"
#include "engine/model/diffusers_folder.h"
#include "engine/model/stoppable_read.h"
#include "engine/network/flat_parameters.h"
#include "engine/network/inference.h"
#include "engine/runs/run_folder.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// Converts a diffusers folder to a model. Training settings that the folder does not contain have their
/// defaults.
Model open_diffusers(const fs::path& path) {
    const DiffusersModel folder = load_diffusers(path);
    // Not value_or(), of which GCC 12 believes that it destroys a text that was never made.
    DiffusersScheduler scheduler;
    if (folder.scheduler) scheduler = *folder.scheduler;
    Model model;
    RunHeader& header = model.header;
    header.channels = folder.network.channels;
    header.height = folder.network.height;
    header.width = folder.network.width;
    header.config.unet = folder.network.config;
    header.config.schedule = scheduler.schedule;
    header.config.training.prediction = scheduler.prediction;
    header.config.training.variance = scheduler.variance;
    header.config.training.precision = Precision::float32;  // as in diffusers
    header.config.dataset.image_size = header.height;
    header.config.dataset.colour =
        header.channels == 1 ? DatasetConfig::Colour::grey : DatasetConfig::Colour::rgb;
    for (int k = 0; k < header.config.unet.classes; ++k) header.class_names.push_back(std::to_string(k));
    UNet network = make_network(folder);
    model.weights = FlatParameters(*network).values();
    if (!all_finite(model.weights))
        throw Error{"Cannot open the model", path.string() + ": its weights contain NaN or infinity",
                    "Download or export the model again"};
    return model;
}

UNet network_of(const Model& model, ComputeDevice device = ComputeDevice::cpu) {
    const RunHeader& header = model.header;
    return make_network(header.config.unet, header.channels, header.height, header.width, model.weights,
                        torch_device(device));
}

}  // namespace

Model open_model(const fs::path& path, std::vector<Error>* passed_over) {
    const bool is_diffusers = read_stoppably([path] {
        std::error_code code;
        return fs::is_directory(path, code) && !fs::exists(path / run_file::header, code) &&
               is_diffusers_folder(path);
    });
    if (is_diffusers) return open_diffusers(path);
    return load_newest_model(path, passed_over);
}

void save_as_diffusers(const Model& model, const fs::path& path) {
    const RunHeader& header = model.header;
    DiffusersScheduler scheduler;
    scheduler.schedule = header.config.schedule;
    scheduler.prediction = header.config.training.prediction;
    scheduler.variance = header.config.training.variance;
    scheduler.learned_variance = header.config.unet.learned_variance;
    save_diffusers(path, {{header.config.unet, header.channels, header.height, header.width},
                          scheduler,
                          weights_of(*network_of(model))});
}

ConditionalDenoiser denoiser_of(const Model& model, const Execution& execution) {
    return [network = network_of(model, execution.device), execution,
            threads = std::make_shared<ShareThreads>()](const torch::Tensor& x_t, const torch::Tensor& t,
                                                        const torch::Tensor& labels) mutable {
        return predict(network, x_t, t, labels, execution, *threads);
    };
}

DiffusionModel diffusion_model(const Model& model, ConditionalDenoiser denoiser, const torch::Tensor& labels,
                               double guidance_scale, double guidance_rescale) {
    const UNetConfig& unet = model.config().unet;
    if (unet.classes == 0 && guidance_scale != 1)
        throw Error{"Cannot guide these samples", "the model has no classes",
                    "Use a guidance scale of 1, or train on a dataset with classes"};
    DiffusionModel diffusion;
    diffusion.denoiser =
        guided(std::move(denoiser), labels,
               {guidance_scale, guidance_rescale, unet.unlabelled_class ? unet.classes : -1});
    diffusion.schedule = make_schedule(model.config().schedule);
    diffusion.prediction = model.config().training.prediction;
    diffusion.variance = model.config().training.variance;
    diffusion.learned_variance = unet.learned_variance;
    return diffusion;
}

torch::Tensor labels_of(const Model& model, int label, std::int64_t count, std::int64_t first) {
    const std::int64_t classes = model.config().unet.classes;
    if (label >= 0 && label >= classes)
        throw Error{"There is no class " + std::to_string(label),
                    classes == 0 ? std::string("the model has no classes")
                                 : "the model's classes are 0 to " + std::to_string(classes - 1),
                    classes == 0 ? "Omit the class" : "Choose one of them"};
    if (classes == 0) return {};
    return label >= 0 ? torch::full({count}, label, torch::kInt64)
                      : torch::arange(first, first + count) % classes;
}

}  // namespace denoise
