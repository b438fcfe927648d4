#pragma once

#include <string>
#include <vector>

#include "engine/base/setting.h"

namespace denoise {

/// The size and make of the U-Net.
struct UNetConfig {
    int base_width = 48;                               ///< channels at the first level
    std::vector<std::int64_t> multipliers = {1, 2};    ///< one level each: channels = base_width * multiplier
    std::vector<std::int64_t> attention_levels = {1};  ///< levels with attention; 0 is the finest
    int resnet_blocks = 2;  ///< ResNet blocks per down stage; an up stage has one more
    int groups = 8;         ///< groups of the group norms; must divide every width
    int attention_heads = 1;
    double dropout = 0.0;
    int patch_size = 1;  ///< side of the square of pixels that the input convolution takes as one position
    bool attention_after_each_block =
        false;                       ///< as Ho et al.; otherwise once per stage, after its ResNet blocks
    bool final_resnet_block = true;  ///< a last ResNet block before the output convolution

    bool operator==(const UNetConfig&) const = default;
};

const SettingsTable<UNetConfig>& unet_settings();

/// One named part of the U-Net, with what goes out of it.
struct UNetPart {
    std::string stage;  ///< "Input", "Time embedding", "Down 1", "Bottleneck", "Up 1", "Output"
    std::string part;   ///< "Convolution", "ResNet block", "Attention", "Downsample" ...
    std::string note;   ///< one sentence on what it does
    int channels = 0, height = 0, width = 0;  ///< output [C,H,W]; height 0 for vectors
    std::int64_t parameters = 0;
    std::int64_t multiply_adds = 0;  ///< per image
};

/// The whole network in order, for images [channels,height,width]. Throws Error when the settings do not fit
/// each other or the images (a width that the groups do not divide, more levels than the images have pixels
/// ...).
std::vector<UNetPart> describe_unet(const UNetConfig& config, int channels, int height, int width);

/// Sum of the parts' parameters.
std::int64_t parameter_count(const std::vector<UNetPart>& parts);

/// Throws the Error that describe_unet() would throw.
void check_unet(const UNetConfig& config, int height, int width);

}  // namespace denoise
