#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/network/unet_config.h"

namespace denoise {

/// One parameter of UNet and the tensors of diffusers' UNet2DModel that hold it: the same tensor under
/// another name, or three that lie one after the other in ours (query, key and value).
struct TensorPair {
    std::string ours;
    std::vector<std::int64_t> shape;  ///< of ours
    std::vector<std::string> theirs;  ///< each has shape[0] / theirs.size() rows
};

/// All parameters of the network for images of `channels`, by both names. A test holds it against the real
/// network. Expects a config that UNet2DModel can express.
std::vector<TensorPair> diffusers_layout(const UNetConfig& config, int channels);

/// The name that older releases wrote for a tensor: "to_q" was "query", and so on; the same for all
/// others.
std::string legacy_name(const std::string& name);

}  // namespace denoise
