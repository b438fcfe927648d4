#include "engine/network/description/unet_config.h"

namespace denoise {
namespace {

constexpr std::int64_t heads = 4, head_width = 32, inner = heads * head_width;

/// Lists the parts of AnnotatedUNet in the order of its forward().
class Describer {
  public:
    Describer(const UNetConfig& config, int channels, int height, int width)
        : config_(config),
          image_channels_(channels),
          height_(height),
          width_(width),
          base_(first_width(config)) {}

    std::vector<UNetPart> run() {
        stage_ = "Input";
        convolution("Convolution", "Turns each pixel of the noisy image into features.", image_channels_,
                    base_, 1);
        embeddings();
        const int levels = level_count(config_);
        for (int level = 0; level < levels; ++level) down(level, level == levels - 1);
        bottleneck();
        for (int level = levels - 1; level >= 0; --level) up(level);
        stage_ = "Output";
        resnet_block(2 * base_, base_);
        convolution("Convolution", "Turns the feature maps into the prediction.", base_,
                    output_channels(config_, image_channels_), 1);
        return std::move(parts_);
    }

  private:
    std::int64_t positions() const { return std::int64_t{height_} * width_; }
    std::int64_t width_before(int level) const {
        return level == 0 ? base_ : level_width(config_, level - 1);
    }

    void add(const char* part, const char* note, std::int64_t parameters, std::int64_t work) {
        parts_.push_back(
            {stage_, part, note, static_cast<int>(channels_), height_, width_, parameters, work});
    }
    void convolution(const char* part, const char* note, std::int64_t in, std::int64_t out,
                     std::int64_t kernel) {
        channels_ = out;
        add(part, note, in * out * kernel * kernel + out, in * out * kernel * kernel * positions());
    }

    void embeddings() {
        const std::int64_t time = 4 * base_;
        const int wide = static_cast<int>(time);
        stage_ = "Time embedding";
        parts_.push_back({stage_, "Position embedding",
                          "Computes sines and cosines of t at fixed frequencies.", static_cast<int>(base_), 0,
                          0, 0, 0});
        parts_.push_back({stage_, "Two linear layers",
                          "Compute the time embedding that every ResNet block receives.", wide, 0, 0,
                          base_ * time + time + time * time + time, base_ * time + time * time});
        if (config_.classes == 0) return;
        stage_ = "Class embedding";
        parts_.push_back({stage_, "Class embedding",
                          "Looks up a learned vector for each class and adds it to the time embedding.", wide,
                          0, 0, class_rows(config_) * time, 0});
    }

    void resnet_block(std::int64_t in, std::int64_t out) {
        const std::int64_t time = 4 * base_;
        std::int64_t parameters = 2 * (time * out + out) + 9 * in * out + out + 9 * out * out + out + 4 * out;
        std::int64_t work = (9 * in * out + 9 * out * out) * positions() + 2 * time * out;
        if (in != out) {
            parameters += in * out + out;
            work += in * out * positions();
        }
        channels_ = out;
        add("ResNet block",
            "Applies a convolution with standardized weights, group norm and SiLU twice, scales and shifts "
            "the first result by the time embedding, and adds its input to the second.",
            parameters, work);
    }

    void attention(bool linear) {
        const std::int64_t c = channels_, n = positions();
        add("Group norm", "Normalizes the feature maps before attention.", 2 * c, 0);
        const std::int64_t projections = c * 3 * inner + inner * c;
        if (linear)
            add("Linear attention",
                "Computes attention at a cost that grows linearly with the number of positions.",
                projections + c + 2 * c, projections * n + 2 * inner * head_width * n);
        else
            add("Attention", "Computes a weighted sum over all positions for each position.", projections + c,
                projections * n + 2 * inner * n * n);
        add("Residual connection", "Adds the input of the attention to its output.", 0, 0);
    }

    void down(int level, bool last) {
        stage_ = "Down " + std::to_string(level + 1);
        const std::int64_t in = width_before(level), out = level_width(config_, level);
        resnet_block(in, in);
        resnet_block(in, in);
        attention(true);
        if (last) return convolution("Convolution", "Increases the number of channels.", in, out, 3);
        height_ /= 2;
        width_ /= 2;
        convolution("Downsample",
                    "Halves height and width by moving squares of four positions into the channels, followed "
                    "by a 1x1 convolution.",
                    4 * in, out, 1);
    }

    void bottleneck() {
        stage_ = "Bottleneck";
        resnet_block(channels_, channels_);
        attention(false);
        resnet_block(channels_, channels_);
    }

    void up(int level) {
        stage_ = "Up " + std::to_string(level + 1);
        const std::int64_t in = width_before(level), out = level_width(config_, level);
        resnet_block(out + in, out);
        resnet_block(out + in, out);
        attention(true);
        if (level == 0) return convolution("Convolution", "Reduces the number of channels.", out, in, 3);
        height_ *= 2;
        width_ *= 2;
        convolution("Upsample",
                    "Doubles height and width by repeating each position, followed by a convolution.", out,
                    in, 3);
    }

    const UNetConfig& config_;
    int image_channels_, height_, width_;
    std::int64_t base_, channels_ = 0;
    std::string stage_;
    std::vector<UNetPart> parts_;
};

}  // namespace

std::vector<UNetPart> describe_annotated_unet(const UNetConfig& config, int channels, int height, int width) {
    check_unet(config, height, width);
    return Describer(config, channels, height, width).run();
}

}  // namespace denoise
