#pragma once

#include <string>
#include <vector>

#include "engine/base/setting.h"

namespace denoise {

/// Where the numbers come from that the network reads t from: sines and cosines at fixed frequencies; the
/// same of log t at random frequencies, with the answer divided by t (Song et al.); or a table with a row for
/// each t.
enum class TimeEmbeddingKind { positional, fourier, learned };

/// A class is told by a row of a table, or as if its number were a timestep.
enum class ClassEmbeddingKind { label, timestep };

/// How a ResNet block takes up the time: its features are shifted, or scaled and shifted after the second
/// norm.
enum class TimeScaleShift { shift_only, scale_shift };

/// What halves and doubles the size: a convolution; or, in stages with attention, a ResNet block that
/// averages or repeats pixels on its way (stages without attention keep the convolution, as in diffusers).
enum class ResamplingKind { convolution, resnet };

/// The U-Net of the settings, or that of the blog "The Annotated Diffusion Model", which only listens to the
/// widths, the groups, the classes and learned_variance.
enum class Architecture { standard, annotated };

enum class Activation { silu, mish, gelu, relu };

/// The size and make of the U-Net. The defaults of the details are Ho et al.'s.
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

    int classes = 0;                ///< how many classes it can be told of; 0: none
    bool unlabelled_class = false;  ///< one more row, of index `classes`, that stands for "no label"
    bool learned_variance = false;  ///< twice the output channels; the second half is v (Improved DDPM)

    Architecture architecture = Architecture::standard;
    std::vector<std::int64_t> level_widths = {};           ///< instead of base_width x multipliers
    std::vector<std::int64_t> up_attention_levels = {-1};  ///< of the up stages; {-1}: as attention_levels
    int attention_head_channels = 0;                       ///< 0: `attention_heads` of them
    int attention_norm_groups = 0;  ///< of the bottleneck's attention; 0: as `groups`, -1: no norm
    double norm_eps = 1e-6;
    Activation activation = Activation::silu;
    TimeScaleShift time_scale_shift = TimeScaleShift::shift_only;
    TimeEmbeddingKind time_embedding = TimeEmbeddingKind::positional;
    int time_embedding_width = 0;  ///< of what every ResNet block is told; 0: four times the first width
    bool flip_sin_to_cos = false;  ///< cosines first (positional)
    int freq_shift = 1;            ///< frequencies 10000^(-i / (half - freq_shift)) (positional)
    int learned_timesteps = 1000;  ///< rows of the table (learned)
    ClassEmbeddingKind class_embedding = ClassEmbeddingKind::label;
    ResamplingKind downsampling = ResamplingKind::convolution;
    ResamplingKind upsampling = ResamplingKind::convolution;
    int downsample_padding = 0;  ///< 0: one pixel right and bottom; 1: one pixel on every side
    bool bottleneck = true;      ///< without it the last down stage is followed by the first up stage
    bool bottleneck_attention = true;
    double bottleneck_scale = 1.0;     ///< the bottleneck's sums are divided by it
    bool center_input_sample = false;  ///< the network is given 2 x_t - 1

    bool operator==(const UNetConfig&) const = default;
};

const SettingsTable<UNetConfig>& unet_settings();

// What follows from the settings, for images and features alike; all but check_unet() expect a config that it
// accepts.

int level_count(const UNetConfig& config);
std::int64_t level_width(const UNetConfig& config, int level);
/// Channels of the input convolution and of the position embedding.
std::int64_t first_width(const UNetConfig& config);
/// Width of what every ResNet block is told of t.
std::int64_t time_width(const UNetConfig& config);
/// Numbers per t before the two linear layers.
std::int64_t time_input_width(const UNetConfig& config);
bool has_down_attention(const UNetConfig& config, int level);
bool has_up_attention(const UNetConfig& config, int level);
std::int64_t attention_heads(const UNetConfig& config, std::int64_t width);
/// Groups of the bottleneck's attention norm; 0: it has none.
int bottleneck_norm_groups(const UNetConfig& config);
/// Whether the way from `level` to the next coarser one, or back, goes through a ResNet block.
bool has_resnet_downsample(const UNetConfig& config, int level);
bool has_resnet_upsample(const UNetConfig& config, int level);
/// Rows of the class embedding's table: the classes and, where there is one, "no label".
std::int64_t class_rows(const UNetConfig& config);
/// Output channels for images of `channels`.
std::int64_t output_channels(const UNetConfig& config, int channels);

/// One named part of the U-Net, with what goes out of it.
struct UNetPart {
    std::string
        stage;  ///< "Input", "Time embedding", "Class embedding", "Down 1", "Bottleneck", "Up 1", "Output"
    std::string part;  ///< "Convolution", "ResNet block", "Attention", "Downsample" ...
    std::string note;  ///< one sentence on what it does
    int channels = 0, height = 0, width = 0;  ///< output [C,H,W]; height 0 for vectors
    std::int64_t parameters = 0;
    std::int64_t multiply_adds = 0;  ///< per image
};

/// The whole network in order, for images [channels,height,width]. Throws Error when the settings do not fit
/// each other or the images (a width that the groups do not divide, more levels than the images have pixels
/// ...).
std::vector<UNetPart> describe_unet(const UNetConfig& config, int channels, int height, int width);

/// describe_unet() for Architecture::annotated.
std::vector<UNetPart> describe_annotated_unet(const UNetConfig& config, int channels, int height, int width);

/// Sum of the parts' parameters.
std::int64_t parameter_count(const std::vector<UNetPart>& parts);

/// Throws the Error that describe_unet() would throw.
void check_unet(const UNetConfig& config, int height, int width);

}  // namespace denoise
