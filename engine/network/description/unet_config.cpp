#include "engine/network/description/unet_config.h"

#include <algorithm>

namespace denoise {
namespace {

std::string text(std::int64_t number) {
    return std::to_string(number);
}

[[noreturn]] void refuse(const char* setting, const std::string& why, const std::string& remedy) {
    throw Error{"This network cannot be built", why, remedy, setting};
}

void check_widths(const UNetConfig& config) {
    const bool given = !config.level_widths.empty();
    if (!given && config.multipliers.empty())
        refuse("multipliers", "multipliers is empty", "Enter at least one multiplier, such as 1,2");
    if (first_width(config) % 2 != 0)
        refuse(given ? "level_widths" : "base_width",
               (given ? "level_widths begins with " : "base_width is ") + text(first_width(config)) +
                   ", an odd number, but the time embedding has a sine and a cosine half",
               given ? "Choose an even first width" : "Choose an even base_width");
    const std::string remedy =
        "Choose widths that are multiples of " + text(config.groups) + ", or fewer groups";
    for (int level = 0; level < level_count(config); ++level)
        if (const std::int64_t width = level_width(config, level); width % config.groups != 0)
            refuse("groups",
                   "groups = " + text(config.groups) + " does not divide the width " + text(width) +
                       (given ? " in level_widths"
                              : " (base_width " + text(config.base_width) + " x " +
                                    text(config.multipliers[static_cast<std::size_t>(level)]) + ")"),
                   remedy);
    if (first_width(config) % config.groups != 0)
        refuse("groups",
               "groups = " + text(config.groups) + " does not divide base_width " + text(config.base_width),
               remedy);
}

void check_levels(const UNetConfig& config, const char* key, const std::vector<std::int64_t>& named) {
    const std::int64_t levels = level_count(config);
    for (const std::int64_t level : named) {
        if (level >= levels)
            refuse(key,
                   std::string(key) + " names level " + text(level) + ", but there are only " + text(levels) +
                       " levels",
                   "The coarsest level is " + text(levels - 1));
        if (level < 0 && named.size() > 1)
            refuse(key, std::string(key) + " contains -1 beside other levels",
                   "Enter either -1 or a list of levels");
    }
}

void check_attention(const UNetConfig& config) {
    const int levels = level_count(config);
    for (int level = 0; level < levels; ++level) {
        const bool bottleneck = level == levels - 1 && config.bottleneck && config.bottleneck_attention;
        if (!bottleneck && !has_down_attention(config, level) && !has_up_attention(config, level)) continue;
        const std::int64_t width = level_width(config, level);
        if (config.attention_head_channels == 0 && width % config.attention_heads != 0)
            refuse("attention_heads",
                   "attention_heads = " + text(config.attention_heads) + " does not divide the width " +
                       text(width),
                   "Choose a number that divides the width of every level with attention");
        if (config.attention_head_channels > 0 && width % config.attention_head_channels != 0)
            refuse("attention_head_channels",
                   "attention_head_channels = " + text(config.attention_head_channels) +
                       " does not divide the width " + text(width),
                   "Choose a number that divides the width of every level with attention, or 0");
    }
    if (const int groups = bottleneck_norm_groups(config); groups > 0 && config.bottleneck &&
                                                           config.bottleneck_attention &&
                                                           level_width(config, levels - 1) % groups != 0)
        refuse("attention_norm_groups",
               "attention_norm_groups = " + text(groups) + " does not divide the width " +
                   text(level_width(config, levels - 1)),
               "Choose a number that divides the width of the last level, or 0");
}

/// The network of the blog folds squares of four positions into one, so every size but the last must be even.
/// It does not support most settings.
void check_annotated(const UNetConfig& config, int height, int width) {
    if (config.patch_size != 1)
        refuse("patch_size",
               "architecture = annotated does not support patch_size " + text(config.patch_size),
               "Set patch_size to 1");
    if (config.classes > 0 && config.class_embedding != ClassEmbeddingKind::label)
        refuse("class_embedding",
               "architecture = annotated does not support class_embedding = " +
                   std::string(name_of(config.class_embedding)),
               "Set class_embedding to label");
    if (time_width(config) != 4 * first_width(config))
        refuse("time_embedding_width",
               "architecture = annotated requires a time embedding that is four times as wide as the first "
               "level",
               "Set time_embedding_width to 0");
    const int halvings = level_count(config) - 1;
    const int fold = 1 << halvings;
    if (height % fold != 0 || width % fold != 0)
        refuse(config.level_widths.empty() ? "multipliers" : "level_widths",
               "architecture = annotated requires images whose height and width can be divided by " +
                   text(fold) + ", but they are " + text(width) + " x " + text(height),
               "Use fewer levels, or images of another size");
}

bool contains(const std::vector<std::int64_t>& levels, int level) {
    return std::ranges::count(levels, level) > 0;
}

}  // namespace

int level_count(const UNetConfig& config) {
    return static_cast<int>((config.level_widths.empty() ? config.multipliers : config.level_widths).size());
}

std::int64_t level_width(const UNetConfig& config, int level) {
    const auto index = static_cast<std::size_t>(level);
    return config.level_widths.empty() ? config.base_width * config.multipliers[index]
                                       : config.level_widths[index];
}

std::int64_t first_width(const UNetConfig& config) {
    return config.level_widths.empty() ? config.base_width : config.level_widths.front();
}

std::int64_t time_width(const UNetConfig& config) {
    return config.time_embedding_width > 0 ? config.time_embedding_width : 4 * first_width(config);
}

std::int64_t time_input_width(const UNetConfig& config) {
    return (config.time_embedding == TimeEmbeddingKind::fourier ? 2 : 1) * first_width(config);
}

bool has_down_attention(const UNetConfig& config, int level) {
    return contains(config.attention_levels, level);
}

bool has_up_attention(const UNetConfig& config, int level) {
    const bool as_down = config.up_attention_levels == std::vector<std::int64_t>{-1};
    return contains(as_down ? config.attention_levels : config.up_attention_levels, level);
}

std::int64_t attention_heads(const UNetConfig& config, std::int64_t width) {
    return config.attention_head_channels > 0 ? width / config.attention_head_channels
                                              : config.attention_heads;
}

int bottleneck_norm_groups(const UNetConfig& config) {
    if (config.attention_norm_groups < 0) return 0;
    return config.attention_norm_groups > 0 ? config.attention_norm_groups : config.groups;
}

bool has_resnet_downsample(const UNetConfig& config, int level) {
    return config.downsampling == ResamplingKind::resnet && has_down_attention(config, level);
}

bool has_resnet_upsample(const UNetConfig& config, int level) {
    return config.upsampling == ResamplingKind::resnet && has_up_attention(config, level);
}

std::int64_t class_rows(const UNetConfig& config) {
    return config.classes > 0 ? std::int64_t{config.classes} + (config.unlabelled_class ? 1 : 0) : 0;
}

std::int64_t output_channels(const UNetConfig& config, int channels) {
    return (config.learned_variance ? 2 : 1) * std::int64_t{channels};
}

void check_unet(const UNetConfig& config, int height, int width) {
    for (const Setting<UNetConfig>& setting : unet_settings())
        check_setting(setting.info, setting.get(config));
    check_widths(config);
    check_levels(config, "attention_levels", config.attention_levels);
    check_levels(config, "up_attention_levels", config.up_attention_levels);
    check_attention(config);
    if (config.unlabelled_class && config.classes == 0)
        refuse("unlabelled_class", "unlabelled_class needs classes, but classes is 0",
               "Set unlabelled_class to no, or classes to the number of classes");
    if (height % config.patch_size != 0 || width % config.patch_size != 0)
        refuse("patch_size",
               "patch_size " + text(config.patch_size) + " does not divide the image size " + text(width) +
                   " x " + text(height),
               "Set patch_size to 1, or choose another image size");
    const int levels = level_count(config);
    const int side = std::min(height, width) / config.patch_size;
    if (levels > 31 || (side >> (levels - 1)) < 1)
        refuse(config.level_widths.empty() ? "multipliers" : "level_widths",
               text(levels) + " levels would reduce images of " + text(width) + " x " + text(height) +
                   " to nothing",
               "Use fewer levels");
    if (config.architecture == Architecture::annotated) check_annotated(config, height, width);
}

std::int64_t parameter_count(const std::vector<UNetPart>& parts) {
    std::int64_t sum = 0;
    for (const UNetPart& part : parts) sum += part.parameters;
    return sum;
}

std::int64_t multiply_add_count(const std::vector<UNetPart>& parts) {
    std::int64_t sum = 0;
    for (const UNetPart& part : parts) sum += part.multiply_adds;
    return sum;
}

}  // namespace denoise
