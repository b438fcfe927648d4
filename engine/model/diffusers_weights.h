#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/diffusers/diffusers_layout.h"
#include "engine/formats/safetensors.h"

namespace denoise {

/// The parameters of a UNet by name, float32.
using NamedWeights = std::map<std::string, torch::Tensor>;

/// Reads the parameters listed in `layout` from tensors with the names of diffusers, including those of older
/// releases (which also store attention weights as 1x1 convolutions). Half precision is converted to float32;
/// float32 is copied bit for bit. Throws Error with the names of the file and of the tensors that are
/// missing, not part of the network, or of the wrong shape or type.
NamedWeights read_diffusers_weights(const SafetensorsFile& file, const std::vector<TensorPair>& layout);

/// Writes `weights` with the names of diffusers, bit for bit. Throws Error if a parameter of `layout` is
/// missing.
void write_diffusers_weights(const std::filesystem::path& path, const NamedWeights& weights,
                             const std::vector<TensorPair>& layout);

}  // namespace denoise
