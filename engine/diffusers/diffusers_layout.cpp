#include "engine/diffusers/diffusers_layout.h"

#include <array>
#include <utility>

namespace denoise {
namespace {

/// Lists the parameters in the order of the constructor of UNet.
class Layout {
  public:
    Layout(const UNetConfig& config, int channels) : config_(config), channels_(channels) {}

    std::vector<TensorPair> run() {
        weight_and_bias("conv_in", "conv_in", {first_width(config_), channels_, 3, 3});
        embeddings();
        skips_ = {first_width(config_)};
        const int levels = level_count(config_);
        for (int level = 0; level < levels; ++level) down(level, level == levels - 1);
        if (config_.bottleneck) bottleneck(level_width(config_, levels - 1));
        std::int64_t here = level_width(config_, levels - 1);
        for (int i = 0; i < levels; ++i) here = up(levels - 1 - i, i, here);
        norm("conv_norm_out", "conv_norm_out", here);
        weight_and_bias("conv_out", "conv_out", {output_channels(config_, channels_), here, 3, 3});
        return std::move(pairs_);
    }

  private:
    void add(std::string ours, std::vector<std::int64_t> shape, std::vector<std::string> theirs) {
        pairs_.push_back({std::move(ours), std::move(shape), std::move(theirs)});
    }
    void weight_and_bias(const std::string& ours, const std::string& theirs,
                         std::vector<std::int64_t> shape) {
        const std::int64_t out = shape.front();
        add(ours + ".weight", std::move(shape), {theirs + ".weight"});
        add(ours + ".bias", {out}, {theirs + ".bias"});
    }
    void norm(const std::string& ours, const std::string& theirs, std::int64_t width) {
        weight_and_bias(ours, theirs, {width});
    }
    void two_linear_layers(const std::string& name) {
        const std::int64_t in = time_input_width(config_), out = time_width(config_);
        weight_and_bias(name + ".linear_1", name + ".linear_1", {out, in});
        weight_and_bias(name + ".linear_2", name + ".linear_2", {out, out});
    }

    void embeddings() {
        const std::int64_t first = first_width(config_);
        if (config_.time_embedding == TimeEmbeddingKind::fourier)
            add("time_proj.weight", {first}, {"time_proj.weight"});
        if (config_.time_embedding == TimeEmbeddingKind::learned)
            add("time_proj.weight", {config_.learned_timesteps, first}, {"time_proj.weight"});
        two_linear_layers("time_embedding");
        if (config_.classes == 0) return;
        if (config_.class_embedding == ClassEmbeddingKind::timestep)
            two_linear_layers("class_embedding");
        else
            add("class_embedding.weight", {class_rows(config_), time_width(config_)},
                {"class_embedding.weight"});
    }

    void resnet(const std::string& ours, const std::string& theirs, std::int64_t in, std::int64_t out) {
        const std::int64_t told = config_.time_scale_shift == TimeScaleShift::scale_shift ? 2 * out : out;
        norm(ours + ".norm1", theirs + ".norm1", in);
        weight_and_bias(ours + ".conv1", theirs + ".conv1", {out, in, 3, 3});
        weight_and_bias(ours + ".time_emb_proj", theirs + ".time_emb_proj", {told, time_width(config_)});
        norm(ours + ".norm2", theirs + ".norm2", out);
        weight_and_bias(ours + ".conv2", theirs + ".conv2", {out, out, 3, 3});
        if (in != out) weight_and_bias(ours + ".conv_shortcut", theirs + ".conv_shortcut", {out, in, 1, 1});
    }

    void attention(const std::string& ours, const std::string& theirs, std::int64_t width,
                   bool with_norm = true) {
        if (with_norm) norm(ours + ".group_norm", theirs + ".group_norm", width);
        for (const auto& [part, shape] :
             {std::pair<std::string, std::vector<std::int64_t>>{".weight", {3 * width, width}},
              {".bias", {3 * width}}})
            add(ours + ".to_qkv" + part, shape,
                {theirs + ".to_q" + part, theirs + ".to_k" + part, theirs + ".to_v" + part});
        weight_and_bias(ours + ".to_out", theirs + ".to_out.0", {width, width});
    }

    void resample(const std::string& ours, const std::string& theirs, std::int64_t width, bool by_resnet) {
        if (by_resnet)
            resnet(ours, theirs, width, width);
        else
            weight_and_bias(ours + ".conv", theirs + ".conv", {width, width, 3, 3});
    }

    void down(int level, bool last) {
        const std::string ours = "down_" + std::to_string(level),
                          theirs = "down_blocks." + std::to_string(level);
        const std::int64_t width = level_width(config_, level);
        for (int block = 0; block < config_.resnet_blocks; ++block) {
            const std::string index = std::to_string(block);
            resnet(ours + "_resnet_" + index, theirs + ".resnets." + index, skips_.back(), width);
            if (has_down_attention(config_, level))
                attention(ours + "_attention_" + index, theirs + ".attentions." + index, width);
            skips_.push_back(width);
        }
        if (last) return;
        resample(ours + "_downsample", theirs + ".downsamplers.0", width,
                 has_resnet_downsample(config_, level));
        skips_.push_back(width);
    }

    void bottleneck(std::int64_t width) {
        resnet("bottleneck_resnet_0", "mid_block.resnets.0", width, width);
        if (config_.bottleneck_attention)
            attention("bottleneck_attention", "mid_block.attentions.0", width,
                      bottleneck_norm_groups(config_) > 0);
        resnet("bottleneck_resnet_1", "mid_block.resnets.1", width, width);
    }

    /// The upsampling at the start of a stage here is the end of the previous stage in diffusers.
    std::int64_t up(int level, int stage, std::int64_t here) {
        const std::string ours = "up_" + std::to_string(level), theirs = "up_blocks." + std::to_string(stage);
        if (stage > 0)
            resample(ours + "_upsample", "up_blocks." + std::to_string(stage - 1) + ".upsamplers.0", here,
                     has_resnet_upsample(config_, level + 1));
        const std::int64_t width = level_width(config_, level);
        for (int block = 0; block <= config_.resnet_blocks; ++block) {
            const std::string index = std::to_string(block);
            resnet(ours + "_resnet_" + index, theirs + ".resnets." + index, here + skips_.back(), width);
            skips_.pop_back();
            here = width;
            if (has_up_attention(config_, level))
                attention(ours + "_attention_" + index, theirs + ".attentions." + index, width);
        }
        return here;
    }

    const UNetConfig& config_;
    int channels_;
    std::vector<std::int64_t> skips_;
    std::vector<TensorPair> pairs_;
};

}  // namespace

std::vector<TensorPair> diffusers_layout(const UNetConfig& config, int channels) {
    return Layout(config, channels).run();
}

std::string legacy_name(const std::string& name) {
    constexpr std::array<std::pair<const char*, const char*>, 4> renamed{
        {{".to_q.", ".query."}, {".to_k.", ".key."}, {".to_v.", ".value."}, {".to_out.0.", ".proj_attn."}}};
    for (const auto& [now, before] : renamed)
        if (const std::size_t at = name.find(now); at != std::string::npos)
            return name.substr(0, at) + before + name.substr(at + std::string(now).size());
    return name;
}

}  // namespace denoise
