#include "engine/network/description/unet_config.h"

namespace denoise {
namespace {

SettingsTable<UNetConfig> main_settings() {
    const std::string group = "Network";
    return {
        integer_setting(&UNetConfig::base_width,
                        {.key = "base_width",
                         .title = "Base width",
                         .help = "The number of channels at the first level of the U-Net. Doubling it makes "
                                 "each step about four times as expensive.",
                         .group = group,
                         .unit = "channels",
                         .minimum = 4,
                         .maximum = 1024,
                         .essential = true}),
        integers_setting(&UNetConfig::multipliers,
                         {.key = "multipliers",
                          .title = "Width multipliers",
                          .help = "One for each level, from fine to coarse. The width of a level is the base "
                                  "width times its multiplier.",
                          .group = group,
                          .minimum = 1,
                          .maximum = 32}),
        integers_setting(&UNetConfig::attention_levels,
                         {.key = "attention_levels",
                          .title = "Levels with attention",
                          .help = "The finest level is 0. The bottleneck has attention in any case. The cost "
                                  "of attention grows with the square of the number of positions.",
                          .group = group,
                          .minimum = 0,
                          .maximum = 9}),
        integer_setting(&UNetConfig::resnet_blocks,
                        {.key = "resnet_blocks",
                         .title = "ResNet blocks per stage",
                         .help = "The number of ResNet blocks in each down stage. Up stages have one more.",
                         .group = group,
                         .minimum = 1,
                         .maximum = 8}),
        integer_setting(&UNetConfig::groups,
                        {.key = "groups",
                         .title = "Norm groups",
                         .help = "The number of groups of the group norms. It must divide the width of every "
                                 "level.",
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
        real_setting(&UNetConfig::dropout,
                     {.key = "dropout",
                      .title = "Dropout",
                      .help = "The proportion of activations that are set to 0 at random during training. "
                              "Reduces overfitting on small datasets.",
                      .group = group,
                      .minimum = 0,
                      .maximum = 0.9}),
        integer_setting(&UNetConfig::patch_size,
                        {.key = "patch_size",
                         .title = "Patch size",
                         .help = "The input convolution turns squares of this size into one position. A step "
                                 "with 2 is about four times as fast as with 1, the value of Ho et al. 2020.",
                         .group = group,
                         .unit = "pixels",
                         .minimum = 1,
                         .maximum = 8}),
        boolean_setting(&UNetConfig::attention_after_each_block,
                        {.key = "attention_after_each_block",
                         .title = "Attention after each ResNet block",
                         .help = "As in Ho et al. 2020. Otherwise, each stage has attention once, after its "
                                 "ResNet blocks.",
                         .group = group}),
        boolean_setting(&UNetConfig::final_resnet_block,
                        {.key = "final_resnet_block",
                         .title = "Final ResNet block",
                         .help = "Adds a ResNet block before the output convolution.",
                         .group = group}),
        integer_setting(
            &UNetConfig::classes,
            {.key = "classes",
             .title = "Classes",
             .help = "The number of classes that the network is conditioned on; 0: none. Training "
                     "sets it from the dataset.",
             .group = group,
             .minimum = 0,
             .maximum = 100000,
             .special = {{0, "none"}}}),
        boolean_setting(&UNetConfig::unlabelled_class,
                        {.key = "unlabelled_class",
                         .title = "Class for \"no label\"",
                         .help = "Adds a class for images without a label, which classifier-free guidance "
                                 "requires. Training sets it from the class dropout.",
                         .group = group}),
        boolean_setting(&UNetConfig::learned_variance,
                        {.key = "learned_variance",
                         .title = "Learned variance",
                         .help = "Doubles the number of output channels. The second half interpolates the "
                                 "variance of a reverse step between beta_tilde and beta (Improved DDPM).",
                         .group = group}),
    };
}

/// Settings that users rarely change, and those that networks from other programs need.
SettingsTable<UNetConfig> detail_settings() {
    const std::string group = "Network details";
    return {
        choice_setting(
            &UNetConfig::architecture,
            {.key = "architecture",
             .title = "Architecture",
             .help = "The Annotated Diffusion Model uses only the widths, groups, classes and learned "
                     "variance of these settings.",
             .group = group}),
        integers_setting(
            &UNetConfig::level_widths,
            {.key = "level_widths",
             .title = "Level widths",
             .help = "The number of channels of each level, instead of base width and multipliers. "
                     "Empty: not used.",
             .group = group,
             .minimum = 4,
             .maximum = 32768}),
        integers_setting(&UNetConfig::up_attention_levels,
                         {.key = "up_attention_levels",
                          .title = "Levels with attention, up stages",
                          .help = "-1: the same levels as for the down stages.",
                          .group = group,
                          .minimum = -1,
                          .maximum = 9,
                          .special = {{-1, "as down"}}}),
        integer_setting(&UNetConfig::attention_head_channels,
                        {.key = "attention_head_channels",
                         .title = "Channels per attention head",
                         .help = "The number of heads of a level is its width divided by this number. 0: use "
                                 "the number of attention heads.",
                         .group = group,
                         .unit = "channels",
                         .minimum = 0,
                         .maximum = 32768,
                         .special = {{0, "by number of heads"}}}),
        integer_setting(&UNetConfig::attention_norm_groups,
                        {.key = "attention_norm_groups",
                         .title = "Norm groups of the bottleneck attention",
                         .help = "0: the same as the other norms; -1: no norm.",
                         .group = group,
                         .minimum = -1,
                         .maximum = 256,
                         .special = {{0, "as the other norms"}, {-1, "no norm"}}}),
        real_setting(&UNetConfig::norm_eps, {.key = "norm_eps",
                                             .title = "Norm epsilon",
                                             .help = "Added to the variance in every group norm.",
                                             .group = group,
                                             .minimum = 1e-12,
                                             .maximum = 1}),
        choice_setting(&UNetConfig::activation, {.key = "activation",
                                                 .title = "Activation",
                                                 .help = "The activation function of the ResNet blocks.",
                                                 .group = group}),
        choice_setting(&UNetConfig::time_scale_shift, {.key = "time_scale_shift",
                                                       .title = "Time conditioning",
                                                       .help = "How a ResNet block uses the time embedding.",
                                                       .group = group}),
        choice_setting(&UNetConfig::time_embedding, {.key = "time_embedding",
                                                     .title = "Time embedding",
                                                     .help = "How the network receives the timestep.",
                                                     .group = group}),
        integer_setting(&UNetConfig::time_embedding_width,
                        {.key = "time_embedding_width",
                         .title = "Width of the time embedding",
                         .help = "The number of channels that every ResNet block receives. 0: four times the "
                                 "width of the first level.",
                         .group = group,
                         .unit = "channels",
                         .minimum = 0,
                         .maximum = 131072,
                         .special = {{0, "automatic"}}}),
        boolean_setting(&UNetConfig::flip_sin_to_cos,
                        {.key = "flip_sin_to_cos",
                         .title = "Cosines first",
                         .help = "Puts the cosines of the position embedding before its sines.",
                         .group = group}),
        integer_setting(
            &UNetConfig::freq_shift,
            {.key = "freq_shift",
             .title = "Frequency shift",
             .help = "1: the lowest frequency of the position embedding is 1/10000, as in Ho et al. "
                     "2020; 0: it is slightly higher.",
             .group = group,
             .minimum = 0,
             .maximum = 1}),
        integer_setting(&UNetConfig::learned_timesteps,
                        {.key = "learned_timesteps",
                         .title = "Rows of the learned time embedding",
                         .help = "At least the number of timesteps of the noise schedule.",
                         .group = group,
                         .minimum = 1,
                         .maximum = 1000000}),
        choice_setting(&UNetConfig::class_embedding, {.key = "class_embedding",
                                                      .title = "Class embedding",
                                                      .help = "How the network receives the class.",
                                                      .group = group}),
        choice_setting(&UNetConfig::downsampling, {.key = "downsampling",
                                                   .title = "Downsampling",
                                                   .help = "The layer that halves height and width.",
                                                   .group = group}),
        choice_setting(&UNetConfig::upsampling, {.key = "upsampling",
                                                 .title = "Upsampling",
                                                 .help = "The layer that doubles height and width.",
                                                 .group = group}),
        integer_setting(&UNetConfig::downsample_padding,
                        {.key = "downsample_padding",
                         .title = "Downsampling padding",
                         .help = "0: one pixel on the right and at the bottom, as in Ho et al. 2020; 1: one "
                                 "pixel on every side.",
                         .group = group,
                         .minimum = 0,
                         .maximum = 1}),
        boolean_setting(
            &UNetConfig::bottleneck,
            {.key = "bottleneck",
             .title = "Bottleneck",
             .help = "Adds a ResNet block, attention and another ResNet block between the last down "
                     "stage and the first up stage.",
             .group = group}),
        boolean_setting(&UNetConfig::bottleneck_attention,
                        {.key = "bottleneck_attention",
                         .title = "Attention in the bottleneck",
                         .help = "Adds attention over all positions of the coarsest level.",
                         .group = group}),
        real_setting(&UNetConfig::bottleneck_scale,
                     {.key = "bottleneck_scale",
                      .title = "Scale of the bottleneck",
                      .help = "Divides the outputs of the blocks in the bottleneck.",
                      .group = group,
                      .minimum = 1e-3,
                      .maximum = 1e3}),
        boolean_setting(&UNetConfig::center_input_sample,
                        {.key = "center_input_sample",
                         .title = "Centre the input",
                         .help = "The input of the network is 2 x_t - 1, for images in the range [0, 1].",
                         .group = group}),
    };
}

}  // namespace

const SettingsTable<UNetConfig>& unet_settings() {
    static const SettingsTable<UNetConfig> table = [] {
        SettingsTable<UNetConfig> all = main_settings();
        for (Setting<UNetConfig>& setting : detail_settings()) all.push_back(std::move(setting));
        return all;
    }();
    return table;
}

}  // namespace denoise
