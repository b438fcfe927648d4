#include <algorithm>

#include "engine/network/unet_config.h"

namespace denoise {
namespace {

/// Walks the network as UNet::forward() does and notes each part. A test holds the sum of its parameters
/// against the real network's.
class Describer {
  public:
    Describer(const UNetConfig& config, int channels, int height, int width)
        : config_(config),
          image_channels_(channels),
          height_(height / config.patch_size),
          width_(width / config.patch_size) {}

    std::vector<UNetPart> run() {
        input();
        const int levels = static_cast<int>(config_.multipliers.size());
        for (int level = 0; level < levels; ++level) down(level, level == levels - 1);
        bottleneck();
        for (int level = levels - 1; level >= 0; --level) up(level, level == levels - 1);
        output();
        return std::move(parts_);
    }

  private:
    struct Skip {
        std::int64_t channels;
        int height, width;
    };

    void add(const char* part, const char* note, std::int64_t parameters, std::int64_t multiply_adds) {
        parts_.push_back(
            {stage_, part, note, static_cast<int>(channels_), height_, width_, parameters, multiply_adds});
    }

    std::int64_t positions() const { return std::int64_t{height_} * width_; }

    void convolution(const char* part, const char* note, std::int64_t in, std::int64_t out,
                     std::int64_t kernel) {
        channels_ = out;
        add(part, note, in * out * kernel * kernel + out, in * out * kernel * kernel * positions());
    }

    void group_norm(const char* note) { add("Group norm", note, 2 * channels_, 0); }

    void input() {
        stage_ = "Input";
        const int p = config_.patch_size;
        convolution("Convolution",
                    p == 1 ? "Turns the noisy images into feature maps."
                           : "Turns patches of the noisy images into feature maps.",
                    image_channels_, config_.base_width, p == 1 ? 3 : p);
        skips_.push_back({channels_, height_, width_});
        stage_ = "Time embedding";
        const std::int64_t base = config_.base_width, time = 4 * base;
        parts_.push_back({stage_, "Position embedding", "Sines and cosines of t, from fast to slow.",
                          config_.base_width, 0, 0, 0, 0});
        parts_.push_back({stage_, "Two linear layers",
                          "Turn the embedding into what every ResNet block is told of t.",
                          static_cast<int>(time), 0, 0, base * time + time + time * time + time,
                          base * time + time * time});
    }

    void resnet_block(std::int64_t in, std::int64_t out) {
        const std::int64_t time = 4 * std::int64_t{config_.base_width};
        std::int64_t parameters =
            2 * in + 9 * in * out + out + time * out + out + 2 * out + 9 * out * out + out;
        std::int64_t work = (9 * in * out + 9 * out * out) * positions() + time * out;
        if (in != out) {
            parameters += in * out + out;
            work += in * out * positions();
        }
        channels_ = out;
        add("ResNet block",
            "Group norm, SiLU and convolution, twice; t is added between; the input is added at the end.",
            parameters, work);
    }

    void attention() {
        const std::int64_t c = channels_;
        group_norm("Evens out the feature maps before attention.");
        add("Attention", "Every position looks at every other.", 4 * (c * c + c),
            4 * c * c * positions() + 2 * c * positions() * positions());
        add("Residual connection", "Adds what went into the group norm.", 0, 0);
    }

    bool has_attention(int level) const { return std::ranges::count(config_.attention_levels, level) > 0; }
    std::int64_t width_of(int level) const {
        return config_.base_width * config_.multipliers[static_cast<std::size_t>(level)];
    }

    void down(int level, bool last) {
        stage_ = "Down " + std::to_string(level + 1);
        for (int block = 0; block < config_.resnet_blocks; ++block) {
            resnet_block(channels_, width_of(level));
            if (has_attention(level) &&
                (config_.attention_after_each_block || block == config_.resnet_blocks - 1))
                attention();
            skips_.push_back({channels_, height_, width_});
        }
        if (last) return;
        height_ /= 2;
        width_ /= 2;
        convolution("Downsample", "Halves height and width with a convolution of stride 2.", channels_,
                    channels_, 3);
        skips_.push_back({channels_, height_, width_});
    }

    void bottleneck() {
        stage_ = "Bottleneck";
        resnet_block(channels_, channels_);
        attention();
        resnet_block(channels_, channels_);
    }

    void up(int level, bool first) {
        stage_ = "Up " + std::to_string(level + 1);
        if (!first) {
            height_ = skips_.back().height;
            width_ = skips_.back().width;
            convolution("Upsample", "Doubles height and width, then a convolution.", channels_, channels_, 3);
        }
        for (int block = 0; block <= config_.resnet_blocks; ++block) {
            const Skip skip = skips_.back();
            skips_.pop_back();
            resnet_block(channels_ + skip.channels, width_of(level));
            if (has_attention(level) &&
                (config_.attention_after_each_block || block == config_.resnet_blocks))
                attention();
        }
    }

    void output() {
        stage_ = "Output";
        if (config_.final_resnet_block) resnet_block(channels_, config_.base_width);
        group_norm("Evens out the feature maps once more.");
        const int p = config_.patch_size;
        const std::int64_t in = channels_;
        const std::int64_t out = std::int64_t{image_channels_} * p * p;
        convolution("Convolution", "Turns the feature maps into the prediction.", in, out, 3);
        if (p > 1) {
            parts_.back().channels = image_channels_;
            parts_.back().height = height_ * p;
            parts_.back().width = width_ * p;
        }
    }

    const UNetConfig& config_;
    std::int64_t image_channels_;
    int height_, width_;
    std::int64_t channels_ = 0;
    std::string stage_;
    std::vector<Skip> skips_;
    std::vector<UNetPart> parts_;
};

}  // namespace

std::vector<UNetPart> describe_unet(const UNetConfig& config, int channels, int height, int width) {
    check_unet(config, height, width);
    return Describer(config, channels, height, width).run();
}

}  // namespace denoise
