#include "engine/network/unet_config.h"

#include <algorithm>

namespace denoise {

const SettingsTable<UNetConfig>& unet_settings() {
    static const std::string group = "Network";
    static const SettingsTable<UNetConfig> table = {
        integer_setting(
            &UNetConfig::base_width,
            {.key = "base_width",
             .title = "Base width",
             .help =
                 "Channels at the first level of the U-Net. Twice as wide is about four times as much work.",
             .group = group,
             .unit = "channels",
             .minimum = 4,
             .maximum = 1024,
             .essential = true}),
        integers_setting(
            &UNetConfig::multipliers,
            {.key = "multipliers",
             .title = "Width multipliers",
             .help =
                 "One level each, from fine to coarse; a level has base width times its multiplier channels.",
             .group = group,
             .minimum = 1,
             .maximum = 32}),
        integers_setting(
            &UNetConfig::attention_levels,
            {.key = "attention_levels",
             .title = "Attention at levels",
             .help = "Levels whose stages have attention; 0 is the finest. The bottleneck always has it. "
                     "Its cost grows with the square of the number of positions.",
             .group = group,
             .minimum = 0,
             .maximum = 9}),
        integer_setting(&UNetConfig::resnet_blocks,
                        {.key = "resnet_blocks",
                         .title = "ResNet blocks per stage",
                         .help = "ResNet blocks in each down stage; an up stage has one more.",
                         .group = group,
                         .minimum = 1,
                         .maximum = 8}),
        integer_setting(&UNetConfig::groups,
                        {.key = "groups",
                         .title = "Norm groups",
                         .help = "Groups of the group norms; must divide the width of every level.",
                         .group = group,
                         .minimum = 1,
                         .maximum = 256}),
        integer_setting(&UNetConfig::attention_heads,
                        {.key = "attention_heads",
                         .title = "Attention heads",
                         .help = "Must divide the width of every level with attention.",
                         .group = group,
                         .minimum = 1,
                         .maximum = 64}),
        real_setting(
            &UNetConfig::dropout,
            {.key = "dropout",
             .title = "Dropout",
             .help = "Share of activations left out at random in training; helps when the set is small.",
             .group = group,
             .minimum = 0,
             .maximum = 0.9}),
        integer_setting(&UNetConfig::patch_size, {.key = "patch_size",
                                                  .title = "Patch size",
                                                  .help = "The input convolution takes squares of so many "
                                                          "pixels as one position. 2 makes a step about "
                                                          "four times as fast; 1 is the paper's network.",
                                                  .group = group,
                                                  .unit = "pixels",
                                                  .minimum = 1,
                                                  .maximum = 8}),
        boolean_setting(&UNetConfig::attention_after_each_block,
                        {.key = "attention_after_each_block",
                         .title = "Attention after each ResNet block",
                         .help = "As Ho et al.; otherwise once per stage, after its ResNet blocks.",
                         .group = group}),
        boolean_setting(&UNetConfig::final_resnet_block,
                        {.key = "final_resnet_block",
                         .title = "Final ResNet block",
                         .help = "A last ResNet block before the output convolution.",
                         .group = group}),
    };
    return table;
}

void check_unet(const UNetConfig& config, int height, int width) {
    const std::string what = "This network cannot be built";
    const auto text = [](std::int64_t number) { return std::to_string(number); };
    for (const Setting<UNetConfig>& setting : unet_settings())
        check_setting(setting.info, setting.get(config));
    if (config.multipliers.empty())
        throw Error{what, "multipliers is empty", "Give at least one multiplier, such as 1,2"};
    if (config.base_width % 2 != 0)
        throw Error{what,
                    "base_width " + text(config.base_width) +
                        " is odd, and the time embedding has a sine and a cosine half",
                    "Choose an even width"};
    for (const std::int64_t multiplier : config.multipliers)
        if ((config.base_width * multiplier) % config.groups != 0)
            throw Error{
                what,
                "groups = " + text(config.groups) + " does not divide the width " +
                    text(config.base_width * multiplier) + " (base_width " + text(config.base_width) + " x " +
                    text(multiplier) + ")",
                "Choose a base_width that is a multiple of " + text(config.groups) + ", or fewer groups"};
    if (config.base_width % config.groups != 0)
        throw Error{
            what,
            "groups = " + text(config.groups) + " does not divide base_width " + text(config.base_width),
            "Choose a base_width that is a multiple of " + text(config.groups) + ", or fewer groups"};
    const auto levels = static_cast<std::int64_t>(config.multipliers.size());
    for (const std::int64_t level : config.attention_levels)
        if (level >= levels)
            throw Error{what,
                        "attention_levels names level " + text(level) + ", and there are only " +
                            text(levels) + " levels",
                        "The coarsest level is " + text(levels - 1)};
    for (std::int64_t level = 0; level < levels; ++level) {
        const bool attention = level == levels - 1 || std::ranges::count(config.attention_levels, level) > 0;
        const std::int64_t channels = config.base_width * config.multipliers[static_cast<std::size_t>(level)];
        if (attention && channels % config.attention_heads != 0)
            throw Error{what,
                        "attention_heads = " + text(config.attention_heads) + " does not divide the width " +
                            text(channels),
                        "Choose a number of heads that divides every width with attention"};
    }
    if (height % config.patch_size != 0 || width % config.patch_size != 0)
        throw Error{what,
                    "patch_size " + text(config.patch_size) + " does not divide the image size " +
                        text(width) + " x " + text(height),
                    "Choose patch_size 1, or another image size"};
    const int side = std::min(height, width) / config.patch_size;
    if ((side >> (levels - 1)) < 1)
        throw Error{
            what,
            text(levels) + " levels halve images of " + text(width) + " x " + text(height) + " to nothing",
            "Use fewer multipliers"};
}

std::int64_t parameter_count(const std::vector<UNetPart>& parts) {
    std::int64_t sum = 0;
    for (const UNetPart& part : parts) sum += part.parameters;
    return sum;
}

}  // namespace denoise
