#include "engine/diffusers/diffusers_config.h"

#include <algorithm>

#include "engine/diffusers/diffusers_names.h"
#include "engine/diffusers/json_options.h"

namespace denoise {
namespace {

using nlohmann::json;

constexpr std::int64_t widest = 32768, largest_side = 16384;

/// "AttnDownBlock2D" -> true, "DownBlock2D" -> false; older files have "UNetRes" before the name.
bool attention_in(const JsonOptions& options, const char* key, std::string type, const std::string& plain) {
    if (type.starts_with("UNetRes")) type = type.substr(7);
    if (type == plain) return false;
    if (type == "Attn" + plain) return true;
    options.refuse(std::string(key) + " has the block type \"" + type + "\"",
                   "Choose a model that consists only of " + plain + " and Attn" + plain);
}

std::vector<std::int64_t> levels_with_attention(const JsonOptions& options, const char* key, bool up,
                                                std::vector<std::string> missing, std::size_t levels) {
    const std::vector<std::string> types = options.texts(key, std::move(missing));
    if (types.size() != levels)
        options.refuse(std::string(key) + " names " + std::to_string(types.size()) +
                       " blocks, but block_out_channels has " + std::to_string(levels) + " values");
    std::vector<std::int64_t> found;
    for (std::size_t level = 0; level < levels; ++level) {
        const std::string& type = types[up ? levels - 1 - level : level];
        if (attention_in(options, key, type, up ? "UpBlock2D" : "DownBlock2D"))
            found.push_back(static_cast<std::int64_t>(level));
    }
    return found;
}

/// Sets base width and multipliers if they can express the widths, because they are easier to read.
void set_widths(UNetConfig& config, const std::vector<std::int64_t>& widths) {
    const std::int64_t base = widths.front();
    if (base > 1024 || std::ranges::any_of(widths, [&](std::int64_t width) {
            return width % base != 0 || width / base > 32;
        })) {
        config.level_widths = widths;
        return;
    }
    config.base_width = static_cast<int>(base);
    config.multipliers.clear();
    for (const std::int64_t width : widths) config.multipliers.push_back(width / base);
}

void read_widths_and_attention(const JsonOptions& options, UNetConfig& config) {
    const std::vector<std::int64_t> widths =
        options.integers("block_out_channels", {224, 448, 672, 896}, 4, widest);
    if (widths.empty()) options.refuse("block_out_channels is empty");
    set_widths(config, widths);
    config.attention_levels = levels_with_attention(
        options, "down_block_types", false,
        {"DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D"}, widths.size());
    const std::vector<std::int64_t> up = levels_with_attention(
        options, "up_block_types", true, {"AttnUpBlock2D", "AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D"},
        widths.size());
    if (up != config.attention_levels) config.up_attention_levels = up;
    config.attention_heads = 1;
    config.attention_head_channels =
        options.has_null("attention_head_dim")
            ? 0
            : static_cast<int>(options.integer("attention_head_dim", 8, 1, widest));
}

void read_blocks(const JsonOptions& options, UNetConfig& config) {
    config.attention_after_each_block = true;
    config.final_resnet_block = false;
    config.resnet_blocks = static_cast<int>(options.integer("layers_per_block", 2, 1, 8));
    if (options.has_null("norm_num_groups")) options.refuse("norm_num_groups is null");
    config.groups = static_cast<int>(options.integer("norm_num_groups", 32, 1, 256));
    config.norm_eps = options.real("norm_eps", 1e-5, 1e-12, 1);
    config.dropout = options.real("dropout", 0, 0, 0.9);
    config.downsample_padding = static_cast<int>(options.integer("downsample_padding", 1, 0, 1));
    config.activation = options.text("act_fn", "silu") == "swish"  // another name of SiLU
                            ? Activation::silu
                            : read_name<Activation>(options, "act_fn", "silu");
    config.time_scale_shift = read_name<TimeScaleShift>(options, "resnet_time_scale_shift", "default");
    config.downsampling = read_name<ResamplingKind>(options, "downsample_type", "conv");
    config.upsampling = read_name<ResamplingKind>(options, "upsample_type", "conv");
    config.center_input_sample = options.boolean("center_input_sample", false);

    if (options.has_null("mid_block_type"))
        config.bottleneck = false;
    else if (const std::string type = options.text("mid_block_type", "UNetMidBlock2D");
             type != "UNetMidBlock2D")
        options.refuse("mid_block_type is \"" + type + "\"", "Choose a model with UNetMidBlock2D");
    config.bottleneck_attention = options.boolean("add_attention", true);
    config.bottleneck_scale = options.real("mid_block_scale_factor", 1, 1e-3, 1e3);
    const bool norm = config.time_scale_shift == TimeScaleShift::shift_only;
    config.attention_norm_groups =
        static_cast<int>(options.integer("attn_norm_num_groups", norm ? 0 : -1, 1, 256));
}

void read_embeddings(const JsonOptions& options, UNetConfig& config) {
    config.time_embedding = read_name<TimeEmbeddingKind>(options, "time_embedding_type", "positional");
    config.time_embedding_width = static_cast<int>(options.integer("time_embedding_dim", 0, 0, 131072));
    config.flip_sin_to_cos = options.boolean("flip_sin_to_cos", true);
    config.freq_shift = static_cast<int>(options.integer("freq_shift", 0, 0, 1));
    const bool learned = config.time_embedding == TimeEmbeddingKind::learned;
    if (learned && !options.has("num_train_timesteps"))
        options.refuse("a learned time embedding requires num_train_timesteps, which is missing");
    const auto rows = static_cast<int>(options.integer("num_train_timesteps", 1000, 1, 1000000));
    if (learned) config.learned_timesteps = rows;

    config.classes = static_cast<int>(options.integer("num_class_embeds", 0, 0, 100000));
    if (const std::string type = options.text("class_embed_type", ""); type == "timestep") {
        config.class_embedding = ClassEmbeddingKind::timestep;
        // The number of classes is optional, because any number can be embedded.
        if (config.classes == 0) config.classes = 1000;
    } else if (!type.empty()) {
        options.refuse("class_embed_type is \"" + type + "\"",
                       "Choose a model with num_class_embeds, or with class_embed_type \"timestep\"");
    }
    if (options.boolean(unlabelled_key, false) && config.classes > 1) {
        config.unlabelled_class = true;
        --config.classes;
    }
}

void read_sizes(const JsonOptions& options, DiffusersNetwork& network) {
    network.channels = static_cast<int>(options.integer("in_channels", 3, 1, 1024));
    const std::int64_t out = options.integer("out_channels", 3, 1, 2048);
    network.config.learned_variance = out == 2 * std::int64_t{network.channels};
    if (out != network.channels && !network.config.learned_variance)
        options.refuse(
            "out_channels is " + std::to_string(out) + " and in_channels " + std::to_string(network.channels),
            "Choose a model whose out_channels is the same as in_channels, or twice as much");
    if (!options.has("sample_size"))
        options.refuse("sample_size is missing", "Add the height and width of the images to the file");
    if (options.value("sample_size").is_array()) {
        const std::vector<std::int64_t> sides = options.integers("sample_size", {}, 1, largest_side);
        if (sides.size() != 2) options.refuse_value("sample_size", "is not a height and a width");
        network.height = static_cast<int>(sides[0]);
        network.width = static_cast<int>(sides[1]);
    } else {
        network.height = network.width = static_cast<int>(options.integer("sample_size", 0, 1, largest_side));
    }
}

}  // namespace

DiffusersNetwork read_diffusers_config(std::string_view text, const std::string& source) {
    const JsonOptions options(text, source, "Cannot open the diffusers model");
    if (const std::string name = options.text("_class_name", ""); name != "UNet2DModel")
        options.refuse(
            name.empty() ? "it has no _class_name, so it is not a diffusers model" : "it describes a " + name,
            "Choose a UNet2DModel");
    DiffusersNetwork network;
    read_widths_and_attention(options, network.config);
    read_blocks(options, network.config);
    read_embeddings(options, network.config);
    read_sizes(options, network);
    for (const std::string& key : options.unread())
        if (options.has(key))
            options.refuse("it has the option " + key + ", which UNet2DModel does not have");
    try {
        check_unet(network.config, network.height, network.width);
    } catch (const Error& error) {
        options.refuse(error.why);
    }
    return network;
}

namespace {

[[noreturn]] void cannot_express(const std::string& setting, const std::string& remedy) {
    throw Error{"Cannot export to diffusers", "UNet2DModel does not support " + setting, remedy};
}

bool attention_somewhere(const UNetConfig& config, int level) {
    return has_down_attention(config, level) || has_up_attention(config, level);
}

void check_expressible(const UNetConfig& config) {
    const std::string retrain = "To export a network, train it without this setting";
    if (config.architecture != Architecture::standard) cannot_express("architecture = annotated", retrain);
    if (config.patch_size > 1) cannot_express("patch_size = " + std::to_string(config.patch_size), retrain);
    if (config.final_resnet_block) cannot_express("final_resnet_block", retrain);
    if (level_width(config, 0) != first_width(config))
        cannot_express("a first multiplier of " + std::to_string(config.multipliers.front()), retrain);
    for (int level = 0; level < level_count(config); ++level)
        if (attention_somewhere(config, level) && !config.attention_after_each_block)
            cannot_express("attention once per stage (attention_after_each_block = no)", retrain);
    if (config.attention_norm_groups < 0 && config.time_scale_shift == TimeScaleShift::shift_only &&
        config.bottleneck && config.bottleneck_attention)
        cannot_express("attention_norm_groups = -1", retrain);
}

/// The number of heads at each level is its width / attention_head_dim. null: one head.
json head_dimension(const UNetConfig& config) {
    if (config.attention_head_channels > 0) return config.attention_head_channels;
    if (config.attention_heads == 1) return nullptr;
    std::int64_t dimension = 0;
    const int levels = level_count(config);
    for (int level = 0; level < levels; ++level) {
        const bool bottleneck = level == levels - 1 && config.bottleneck && config.bottleneck_attention;
        if (!bottleneck && !attention_somewhere(config, level)) continue;
        const std::int64_t here = level_width(config, level) / config.attention_heads;
        if (dimension != 0 && here != dimension)
            cannot_express(
                std::to_string(config.attention_heads) + " attention heads at levels of different width",
                "To export a network, train it with one head, or set attention_head_channels");
        dimension = here;
    }
    return dimension == 0 ? json(nullptr) : json(dimension);
}

json block_types(const UNetConfig& config, bool up) {
    json types = json::array();
    const int levels = level_count(config);
    for (int i = 0; i < levels; ++i) {
        const bool attention = up ? has_up_attention(config, levels - 1 - i) : has_down_attention(config, i);
        types.push_back(std::string(attention ? "Attn" : "") + (up ? "UpBlock2D" : "DownBlock2D"));
    }
    return types;
}

json attention_norm_groups(const UNetConfig& config) {
    if (config.attention_norm_groups > 0) return config.attention_norm_groups;
    const bool missing_means_none = config.time_scale_shift == TimeScaleShift::scale_shift;
    return config.attention_norm_groups == 0 && missing_means_none ? json(config.groups) : json(nullptr);
}

}  // namespace

std::string write_diffusers_config(const DiffusersNetwork& network) {
    const UNetConfig& config = network.config;
    check_expressible(config);
    json widths = json::array();
    for (int level = 0; level < level_count(config); ++level) widths.push_back(level_width(config, level));
    const bool by_timestep = config.class_embedding == ClassEmbeddingKind::timestep;
    json object = {
        {"_class_name", "UNet2DModel"},
        {"_diffusers_version", diffusers_version},
        {"sample_size", network.height == network.width ? json(network.height)
                                                        : json::array({network.height, network.width})},
        {"in_channels", network.channels},
        {"out_channels", output_channels(config, network.channels)},
        {"center_input_sample", config.center_input_sample},
        {"time_embedding_type", name_of(config.time_embedding)},
        {"time_embedding_dim",
         config.time_embedding_width > 0 ? json(config.time_embedding_width) : json(nullptr)},
        {"freq_shift", config.freq_shift},
        {"flip_sin_to_cos", config.flip_sin_to_cos},
        {"down_block_types", block_types(config, false)},
        {"mid_block_type", config.bottleneck ? json("UNetMidBlock2D") : json(nullptr)},
        {"up_block_types", block_types(config, true)},
        {"block_out_channels", widths},
        {"layers_per_block", config.resnet_blocks},
        {"mid_block_scale_factor", config.bottleneck_scale},
        {"downsample_padding", config.downsample_padding},
        {"downsample_type", name_of(config.downsampling)},
        {"upsample_type", name_of(config.upsampling)},
        {"dropout", config.dropout},
        {"act_fn", name_of(config.activation)},
        {"attention_head_dim", head_dimension(config)},
        {"norm_num_groups", config.groups},
        {"attn_norm_num_groups", attention_norm_groups(config)},
        {"norm_eps", config.norm_eps},
        {"resnet_time_scale_shift", name_of(config.time_scale_shift)},
        {"add_attention", config.bottleneck_attention},
        {"class_embed_type", config.classes > 0 && by_timestep ? json("timestep") : json(nullptr)},
        {"num_class_embeds", config.classes > 0 ? json(class_rows(config)) : json(nullptr)},
        {"num_train_timesteps", config.time_embedding == TimeEmbeddingKind::learned
                                    ? json(config.learned_timesteps)
                                    : json(nullptr)},
    };
    if (config.unlabelled_class) object[unlabelled_key] = true;
    return object.dump(2) + "\n";
}

}  // namespace denoise
