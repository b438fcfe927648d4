#pragma once

#include <filesystem>
#include <optional>

#include "engine/diffusers/diffusers_config.h"
#include "engine/diffusers/diffusers_scheduler.h"
#include "engine/model/diffusers_weights.h"
#include "engine/network/unet.h"

namespace denoise {

/// The contents of a diffusers folder, converted to the types of this program.
struct DiffusersModel {
    DiffusersNetwork network;
    std::optional<DiffusersScheduler> scheduler;  ///< missing in the folder of a network
    NamedWeights weights;
};

/// Whether a folder looks like a diffusers pipeline or network; its files are not checked.
bool is_diffusers_folder(const std::filesystem::path& path);

/// Reads the folder of a pipeline (model_index.json, unet/ and scheduler/, or all files in one folder as in
/// the first releases) or of a network (config.json and diffusion_pytorch_model.safetensors). Throws Error
/// with the name of the file and the cause, also for pickled and sharded weights.
DiffusersModel load_diffusers(const std::filesystem::path& path);

/// Writes the folder of a pipeline atomically. Without a scheduler, the defaults of diffusers are written.
/// Throws Error if the folder is not empty or cannot be written, or if diffusers has no equivalent of the
/// network.
void save_diffusers(const std::filesystem::path& path, const DiffusersModel& model);

/// The network with the model's weights, for sampling.
UNet make_network(const DiffusersModel& model);

/// The parameters of a network by name.
NamedWeights weights_of(const UNetImpl& network);

}  // namespace denoise
