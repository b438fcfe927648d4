#pragma once

#include <string>
#include <vector>

#include "engine/base/enum_names.h"
#include "engine/base/setting.h"

namespace denoise {

/// How t is embedded: sines and cosines of t at fixed frequencies; sines and cosines of log t at random
/// frequencies, with the output of the network divided by t (Song et al.); or a learned table with one row
/// for each t.
enum class TimeEmbeddingKind { positional, fourier, learned };
template <>
inline constexpr std::array names_of<TimeEmbeddingKind> = {
    NamedValue{TimeEmbeddingKind::positional, "positional", "Sines and cosines",
               "of t at fixed frequencies, as in Ho et al. 2020"},
    NamedValue{TimeEmbeddingKind::fourier, "fourier", "Random frequencies",
               "sines and cosines of log t; the output is divided by t (Song et al.)"},
    NamedValue{TimeEmbeddingKind::learned, "learned", "Learned", "a table with one row for each timestep"},
};

/// How a class is embedded: by a learned table, or like a timestep.
enum class ClassEmbeddingKind { label, timestep };
template <>
inline constexpr std::array names_of<ClassEmbeddingKind> = {
    NamedValue{ClassEmbeddingKind::label, "label", "Label", "a table with one row for each class"},
    NamedValue{ClassEmbeddingKind::timestep, "timestep", "Timestep",
               "the number of the class is embedded like a timestep"},
};

/// How a ResNet block uses the time embedding: to shift its features, or to scale and shift them after the
/// second norm.
enum class TimeScaleShift { shift_only, scale_shift };
template <>
inline constexpr std::array names_of<TimeScaleShift> = {
    NamedValue{TimeScaleShift::shift_only, "default", "Shift", "added to the features, as in Ho et al. 2020"},
    NamedValue{TimeScaleShift::scale_shift, "scale_shift", "Scale and shift",
               "scales and shifts the features after the second norm, as in Improved DDPM"},
};

/// How the size is halved and doubled: with a convolution, or with a ResNet block that averages or repeats
/// pixels. As in diffusers, stages without attention always use the convolution.
enum class ResamplingKind { convolution, resnet };
template <>
inline constexpr std::array names_of<ResamplingKind> = {
    NamedValue{ResamplingKind::convolution, "conv", "Convolution",
               "with stride 2 to halve the size, after repeating each pixel to double it"},
    NamedValue{ResamplingKind::resnet, "resnet", "ResNet block",
               "averages squares of four pixels, or repeats each pixel; only in stages with attention"},
};

/// The U-Net described by the settings, or the one of the blog "The Annotated Diffusion Model", which only
/// uses the widths, the groups, the classes and learned_variance.
enum class Architecture { standard, annotated };
template <>
inline constexpr std::array names_of<Architecture> = {
    NamedValue{Architecture::standard, "standard", "Standard U-Net", "as in Ho et al. 2020 and later papers"},
    NamedValue{Architecture::annotated, "annotated", "The Annotated Diffusion Model",
               "the network of the blog, with standardized weights and linear attention"},
};

enum class Activation { silu, mish, gelu, relu };
template <>
inline constexpr std::array names_of<Activation> = {
    NamedValue{Activation::silu, "silu", "SiLU", "x sigmoid(x), as in Ho et al. 2020"},
    NamedValue{Activation::mish, "mish", "Mish", "x tanh(log(1 + e^x))"},
    NamedValue{Activation::gelu, "gelu", "GELU", "x times the normal distribution function of x"},
    NamedValue{Activation::relu, "relu", "ReLU", "max(x, 0)"},
};

/// The structure of the U-Net. The defaults of the network details are those of Ho et al. 2020.
struct UNetConfig {
    int base_width = 48;                               ///< channels at the first level
    std::vector<std::int64_t> multipliers = {1, 2};    ///< width of each level / base_width
    std::vector<std::int64_t> attention_levels = {1};  ///< levels with attention; 0 is the finest
    int resnet_blocks = 2;  ///< ResNet blocks in each down stage; up stages have one more
    int groups = 8;         ///< groups of the group norms; must divide the width of every level
    int attention_heads = 1;
    double dropout = 0.0;
    int patch_size = 1;  ///< side of the squares of pixels that the input convolution turns into one position
    bool attention_after_each_block = false;  ///< otherwise once per stage, after its ResNet blocks
    bool final_resnet_block = true;           ///< a last ResNet block before the output convolution

    int classes = 0;                ///< number of classes; 0: the network is not conditioned on classes
    bool unlabelled_class = false;  ///< one more class, with the index `classes`, for "no label"
    bool learned_variance = false;  ///< twice the output channels; the second half is the v of Improved DDPM

    Architecture architecture = Architecture::standard;
    std::vector<std::int64_t> level_widths = {};  ///< instead of base_width * multipliers, if not empty
    std::vector<std::int64_t> up_attention_levels = {-1};  ///< {-1}: the same as attention_levels
    int attention_head_channels = 0;                       ///< width of each head; 0: `attention_heads` heads
    int attention_norm_groups = 0;  ///< for attention in the bottleneck; 0: `groups`, -1: no norm
    double norm_eps = 1e-6;
    Activation activation = Activation::silu;
    TimeScaleShift time_scale_shift = TimeScaleShift::shift_only;
    TimeEmbeddingKind time_embedding = TimeEmbeddingKind::positional;
    int time_embedding_width = 0;  ///< 0: four times the first width
    bool flip_sin_to_cos = false;  ///< cosines before sines (positional)
    int freq_shift = 1;            ///< frequencies 10000^(-i / (half - freq_shift)) (positional)
    int learned_timesteps = 1000;  ///< rows of the table (learned); at least the number of timesteps
    ClassEmbeddingKind class_embedding = ClassEmbeddingKind::label;
    ResamplingKind downsampling = ResamplingKind::convolution;
    ResamplingKind upsampling = ResamplingKind::convolution;
    int downsample_padding = 0;  ///< 0: one pixel on the right and at the bottom; 1: one pixel on every side
    bool bottleneck = true;      ///< if not set, the first up stage follows the last down stage
    bool bottleneck_attention = true;
    double bottleneck_scale = 1.0;     ///< divides the sums of the residual connections in the bottleneck
    bool center_input_sample = false;  ///< the input of the network is 2 x_t - 1

    bool operator==(const UNetConfig&) const = default;
};

const SettingsTable<UNetConfig>& unet_settings();

// Values that follow from the config. These functions require a config that check_unet() accepts.

int level_count(const UNetConfig& config);
std::int64_t level_width(const UNetConfig& config, int level);
/// Output channels of the input convolution, and the width of the position embedding.
std::int64_t first_width(const UNetConfig& config);
/// Width of the time embedding that every ResNet block receives.
std::int64_t time_width(const UNetConfig& config);
/// Width of the time embedding before its two linear layers.
std::int64_t time_input_width(const UNetConfig& config);
bool has_down_attention(const UNetConfig& config, int level);
bool has_up_attention(const UNetConfig& config, int level);
std::int64_t attention_heads(const UNetConfig& config, std::int64_t width);
/// Groups of the norm before the attention in the bottleneck; 0: there is no norm.
int bottleneck_norm_groups(const UNetConfig& config);
/// Whether a ResNet block resamples from `level` to the next coarser level, or from `level` to the next finer
/// one.
bool has_resnet_downsample(const UNetConfig& config, int level);
bool has_resnet_upsample(const UNetConfig& config, int level);
/// Rows of the class embedding: the classes and "no label", if it is one of them.
std::int64_t class_rows(const UNetConfig& config);
/// Output channels for images with `channels` channels.
std::int64_t output_channels(const UNetConfig& config, int channels);

/// A part of the U-Net with the shape of its output.
struct UNetPart {
    std::string
        stage;  ///< "Input", "Time embedding", "Class embedding", "Down 1", "Bottleneck", "Up 1", "Output"
    std::string part;  ///< "Convolution", "ResNet block", "Attention", "Downsample" ...
    std::string note;  ///< what it does, in one sentence
    int channels = 0, height = 0, width = 0;  ///< output [C,H,W]; height 0 for vectors
    std::int64_t parameters = 0;
    std::int64_t multiply_adds = 0;  ///< per image
};

/// All parts of the network in order, for images [channels,height,width]. Throws Error if the settings are
/// not compatible with each other or with the images (groups that do not divide a width, too many levels,
/// ...).
std::vector<UNetPart> describe_unet(const UNetConfig& config, int channels, int height, int width);

/// Implements describe_unet() for Architecture::annotated.
std::vector<UNetPart> describe_annotated_unet(const UNetConfig& config, int channels, int height, int width);

/// The number of parameters of all parts, and of multiply-add operations for an image.
std::int64_t parameter_count(const std::vector<UNetPart>& parts);
std::int64_t multiply_add_count(const std::vector<UNetPart>& parts);

/// Throws Error if describe_unet() would.
void check_unet(const UNetConfig& config, int height, int width);

}  // namespace denoise
