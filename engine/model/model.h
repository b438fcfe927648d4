#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <vector>

#include "engine/base/error.h"
#include "engine/diffusion/denoiser.h"
#include "engine/model/execution.h"

namespace denoise {

/// A trained model, opened from a run, a checkpoint file or a diffusers folder, and used for sampling,
/// previews, evaluation and export. Copies share the weights, which must not be changed.
struct Model {
    RunHeader header;       ///< config, image shape and class names
    std::int64_t step = 0;  ///< number of training steps
    /// The EMA weights: float32 [n], in the order of FlatParameters, in the memory of the processor.
    torch::Tensor weights;
    std::vector<double> timestep_losses = {};  ///< as in TrainingState; empty: unknown
    std::filesystem::path file = {};           ///< the checkpoint that it was read from; empty: none

    const RunConfig& config() const { return header.config; }
};

/// Opens a run folder (its newest readable checkpoint; the errors of damaged ones are added to
/// `passed_over`), a checkpoint file, or the folder of a diffusers pipeline or U-Net. Throws Error with the
/// name of the file.
Model open_model(const std::filesystem::path& path, std::vector<Error>* passed_over = nullptr);

/// Writes the folder of a diffusers pipeline atomically. Throws Error, also if diffusers does not support the
/// model.
void save_as_diffusers(const Model& model, const std::filesystem::path& path);

/// Creates the model's network on the device of the execution, and returns a function that evaluates it for
/// tensors on any device. Copies share the network.
ConditionalDenoiser denoiser_of(const Model& model, const Execution& execution);
inline ConditionalDenoiser denoiser_of(const Model& model) {
    return denoiser_of(model, execution_of(model.header));
}

/// The input of samplers and of the variational bound. `denoiser` is denoiser_of(model), and `labels` are as
/// returned by labels_of(). Throws Error if the model does not support guidance.
DiffusionModel diffusion_model(const Model& model, ConditionalDenoiser denoiser, const torch::Tensor& labels,
                               double guidance_scale = 1, double guidance_rescale = 0);

/// Labels int64 [count]: all equal to `label`, or the classes in turn if `label` is -1; undefined for a model
/// without classes. Throws Error if there is no such class.
torch::Tensor labels_of(const Model& model, int label, std::int64_t count, std::int64_t first = 0);

}  // namespace denoise
