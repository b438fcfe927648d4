#include "engine/network/description/unet_config.h"

namespace denoise {
namespace {

/// Lists the parts of the network in the order of UNet::forward(). A test compares the number of parameters
/// with that of the network.
class Describer {
  public:
    Describer(const UNetConfig& config, int channels, int height, int width)
        : config_(config),
          image_channels_(channels),
          height_(height / config.patch_size),
          width_(width / config.patch_size) {}

    std::vector<UNetPart> run() {
        input();
        const int levels = level_count(config_);
        for (int level = 0; level < levels; ++level) down(level, level == levels - 1);
        if (config_.bottleneck) bottleneck();
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
                    p == 1 ? "Turns the noisy image into feature maps."
                           : "Turns patches of the noisy image into feature maps.",
                    image_channels_, first_width(config_), p == 1 ? 3 : p);
        skips_.push_back({channels_, height_, width_});
        embeddings();
    }

    /// Adds a part whose output is one vector per image.
    void vector_part(const char* part, const char* note, std::int64_t width, std::int64_t parameters,
                     std::int64_t multiply_adds) {
        parts_.push_back({stage_, part, note, static_cast<int>(width), 0, 0, parameters, multiply_adds});
    }

    void two_linear_layers(const char* part, const char* note) {
        const std::int64_t in = time_input_width(config_), out = time_width(config_);
        vector_part(part, note, out, in * out + out + out * out + out, in * out + out * out);
    }

    void embeddings() {
        stage_ = "Time embedding";
        const std::int64_t first = first_width(config_);
        switch (config_.time_embedding) {
            case TimeEmbeddingKind::positional:
                vector_part("Position embedding", "Computes sines and cosines of t at fixed frequencies.",
                            first, 0, 0);
                break;
            case TimeEmbeddingKind::fourier:
                vector_part("Position embedding",
                            "Computes sines and cosines of log t at random frequencies.", 2 * first, first,
                            first);
                break;
            case TimeEmbeddingKind::learned:
                vector_part("Position embedding", "Looks up a learned vector for each t.", first,
                            config_.learned_timesteps * first, 0);
                break;
        }
        two_linear_layers("Two linear layers",
                          "Compute the time embedding that every ResNet block receives.");
        if (config_.classes == 0) return;
        stage_ = "Class embedding";
        if (config_.class_embedding == ClassEmbeddingKind::timestep)
            two_linear_layers(
                "Two linear layers",
                "Embed the number of the class like t. The result is added to the time embedding.");
        else
            vector_part("Class embedding",
                        "Looks up a learned vector for each class and adds it to the time embedding.",
                        time_width(config_), class_rows(config_) * time_width(config_), 0);
    }

    void resnet_block(std::int64_t in, std::int64_t out, const char* part = "ResNet block",
                      const char* note =
                          "Applies group norm, activation and convolution twice, adds the time embedding in "
                          "between, and adds its input to the result.") {
        const std::int64_t time = time_width(config_);
        const std::int64_t told = config_.time_scale_shift == TimeScaleShift::scale_shift ? 2 * out : out;
        std::int64_t parameters =
            2 * in + 9 * in * out + out + time * told + told + 2 * out + 9 * out * out + out;
        std::int64_t work = (9 * in * out + 9 * out * out) * positions() + time * told;
        if (in != out) {
            parameters += in * out + out;
            work += in * out * positions();
        }
        channels_ = out;
        add(part, note, parameters, work);
    }

    void attention(bool norm = true) {
        const std::int64_t c = channels_;
        if (norm) group_norm("Normalizes the feature maps before attention.");
        add("Attention", "Computes a weighted sum over all positions for each position.", 4 * (c * c + c),
            4 * c * c * positions() + 2 * c * positions() * positions());
        add("Residual connection", "Adds the input of the attention to its output.", 0, 0);
    }

    bool attention_follows(int block, int blocks) const {
        return config_.attention_after_each_block || block == blocks - 1;
    }

    void down(int level, bool last) {
        stage_ = "Down " + std::to_string(level + 1);
        const int blocks = config_.resnet_blocks;
        for (int block = 0; block < blocks; ++block) {
            resnet_block(channels_, level_width(config_, level));
            if (has_down_attention(config_, level) && attention_follows(block, blocks)) attention();
            skips_.push_back({channels_, height_, width_});
        }
        if (last) return;
        const bool resnet = has_resnet_downsample(config_, level);
        const int round_up = resnet ? 0 : config_.downsample_padding;
        height_ = (height_ + round_up) / 2;
        width_ = (width_ + round_up) / 2;
        if (resnet)
            resnet_block(
                channels_, channels_, "Downsample",
                "Halves height and width with a ResNet block that averages squares of four positions.");
        else
            convolution("Downsample", "Halves height and width with a convolution of stride 2.", channels_,
                        channels_, 3);
        skips_.push_back({channels_, height_, width_});
    }

    void bottleneck() {
        stage_ = "Bottleneck";
        resnet_block(channels_, channels_);
        if (config_.bottleneck_attention) attention(bottleneck_norm_groups(config_) > 0);
        resnet_block(channels_, channels_);
    }

    void up(int level, bool first) {
        stage_ = "Up " + std::to_string(level + 1);
        if (!first) {
            height_ = skips_.back().height;
            width_ = skips_.back().width;
            if (has_resnet_upsample(config_, level + 1))
                resnet_block(channels_, channels_, "Upsample",
                             "Doubles height and width with a ResNet block that repeats each position.");
            else
                convolution("Upsample",
                            "Doubles height and width by repeating each position, followed by a convolution.",
                            channels_, channels_, 3);
        }
        const int blocks = config_.resnet_blocks + 1;
        for (int block = 0; block < blocks; ++block) {
            const Skip skip = skips_.back();
            skips_.pop_back();
            resnet_block(channels_ + skip.channels, level_width(config_, level));
            if (has_up_attention(config_, level) && attention_follows(block, blocks)) attention();
        }
    }

    void output() {
        stage_ = "Output";
        if (config_.final_resnet_block) resnet_block(channels_, first_width(config_));
        group_norm("Normalizes the feature maps.");
        const int p = config_.patch_size;
        const std::int64_t in = channels_;
        const std::int64_t image_channels = output_channels(config_, image_channels_);
        const std::int64_t out = image_channels * p * p;
        convolution("Convolution", "Turns the feature maps into the prediction.", in, out, 3);
        if (p > 1) {
            parts_.back().channels = static_cast<int>(image_channels);
            parts_.back().height = height_ * p;
            parts_.back().width = width_ * p;
        }
    }

    const UNetConfig& config_;
    int image_channels_;
    int height_, width_;
    std::int64_t channels_ = 0;
    std::string stage_;
    std::vector<Skip> skips_;
    std::vector<UNetPart> parts_;
};

}  // namespace

std::vector<UNetPart> describe_unet(const UNetConfig& config, int channels, int height, int width) {
    if (config.architecture == Architecture::annotated)
        return describe_annotated_unet(config, channels, height, width);
    check_unet(config, height, width);
    return Describer(config, channels, height, width).run();
}

}  // namespace denoise
