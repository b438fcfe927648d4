#pragma once

#include <string>
#include <string_view>

#include "engine/network/unet_config.h"

namespace denoise {

/// What a diffusers UNet2DModel's config.json says, in this program's words.
struct DiffusersNetwork {
    UNetConfig config;
    int channels = 0, height = 0, width = 0;

    bool operator==(const DiffusersNetwork&) const = default;
};

/// Reads config.json with diffusers' own defaults for what is missing. `source` names the file in errors.
/// Throws Error naming the option for other classes, block types and options than this program's network has,
/// and for text that is not such a file.
DiffusersNetwork read_diffusers_config(std::string_view json, const std::string& source);

/// config.json of a UNet2DModel that computes the same. Throws Error naming the setting that UNet2DModel does
/// not have.
std::string write_diffusers_config(const DiffusersNetwork& network);

}  // namespace denoise
