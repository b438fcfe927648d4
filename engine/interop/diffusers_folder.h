#pragma once

#include <filesystem>
#include <optional>

#include "engine/interop/diffusers_config.h"
#include "engine/interop/diffusers_scheduler.h"
#include "engine/interop/diffusers_weights.h"
#include "engine/network/unet.h"

namespace denoise {

/// A model as diffusers keeps it in a folder, in this program's words.
struct DiffusersModel {
    DiffusersNetwork network;
    std::optional<DiffusersScheduler> scheduler;  ///< a folder of the network alone has none
    NamedWeights weights;
};

/// Whether a folder looks like a diffusers pipeline or network; nothing in it has been checked.
bool is_diffusers_folder(const std::filesystem::path& path);

/// Reads a pipeline's folder (model_index.json, unet/ and scheduler/, or all of it in one folder as in the
/// first releases) or a network's (config.json and diffusion_pytorch_model.safetensors). Throws Error naming
/// the file and what is wrong with it; pickled and sharded weights are refused.
DiffusersModel load_diffusers(const std::filesystem::path& path);

/// Writes a pipeline's folder, whole or not at all; without a scheduler it gets diffusers' own defaults.
/// Throws Error when the folder exists and holds anything, cannot be written, or the network has no
/// counterpart there.
void save_diffusers(const std::filesystem::path& path, const DiffusersModel& model);

/// The network with the model's weights, for sampling.
UNet make_network(const DiffusersModel& model);

/// The parameters of a network by their names.
NamedWeights weights_of(const UNetImpl& network);

}  // namespace denoise
