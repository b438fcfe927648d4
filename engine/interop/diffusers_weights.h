#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/formats/safetensors.h"
#include "engine/interop/diffusers_layout.h"

namespace denoise {

/// Parameters of a UNet by their names in it, float32.
using NamedWeights = std::map<std::string, torch::Tensor>;

/// The parameters that `layout` names, from tensors with diffusers' names, of today or of older releases
/// (also attention weights kept as 1x1 convolutions). Half precision is widened; float32 is taken bit for
/// bit. Throws Error naming the file and the tensors that are missing, that belong to no part of the network,
/// or whose shape or type is another.
NamedWeights read_diffusers_weights(const SafetensorsFile& file, const std::vector<TensorPair>& layout);

/// Writes them under diffusers' names, bit for bit. Throws Error when a parameter of the layout is missing.
void write_diffusers_weights(const std::filesystem::path& path, const NamedWeights& weights,
                             const std::vector<TensorPair>& layout);

}  // namespace denoise
