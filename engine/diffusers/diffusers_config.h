#pragma once

#include <string>
#include <string_view>

#include "engine/network/description/unet_config.h"

namespace denoise {

/// The content of the config.json of a diffusers UNet2DModel, as the config of a network here.
struct DiffusersNetwork {
    UNetConfig config;
    int channels = 0, height = 0, width = 0;

    bool operator==(const DiffusersNetwork&) const = default;
};

/// Reads config.json. Missing options have the defaults of diffusers. `source` is the file name in errors.
/// Throws Error for invalid text and for classes, block types and options that the network here does not
/// support.
DiffusersNetwork read_diffusers_config(std::string_view json, const std::string& source);

/// The config.json of an equivalent UNet2DModel. Throws Error with the setting that UNet2DModel does not
/// support.
std::string write_diffusers_config(const DiffusersNetwork& network);

}  // namespace denoise
