#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/network/description/unet_config.h"

namespace denoise {

/// A parameter of UNet and the corresponding tensors of UNet2DModel: one tensor with another name, or the
/// three tensors query, key and value, which are concatenated here.
struct TensorPair {
    std::string ours;
    std::vector<std::int64_t> shape;  ///< of ours
    std::vector<std::string> theirs;  ///< each has shape[0] / theirs.size() rows
};

/// All parameters of the network for images with `channels` channels. A test compares them with those of the
/// network. Requires a config that UNet2DModel supports.
std::vector<TensorPair> diffusers_layout(const UNetConfig& config, int channels);

/// The name of a tensor in older releases of diffusers: "query" for "to_q", and so on. Most names are the
/// same.
std::string legacy_name(const std::string& name);

}  // namespace denoise
