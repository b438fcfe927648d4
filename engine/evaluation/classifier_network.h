#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace denoise {

/// Three convolutions and two linear layers for images of any size from 8x8 on. Images over 64 pixels are
/// first averaged down to 64.
class ClassifierNetwork : public torch::nn::Module {
  public:
    /// All weights come from `seed`; the global generator is left alone.
    ClassifierNetwork(std::int64_t channels, std::int64_t features, std::int64_t classes, std::uint64_t seed);

    /// float32 [B,C,H,W] in [-1, 1] -> [B,features], not negative.
    torch::Tensor features(const torch::Tensor& x);
    /// The features' [B,classes] logarithms of odds.
    torch::Tensor logits(const torch::Tensor& features) { return last_(features); }

    static constexpr std::int64_t largest_side = 64;

  private:
    torch::nn::Conv2d conv1_{nullptr}, conv2_{nullptr}, conv3_{nullptr};
    torch::nn::GroupNorm norm1_{nullptr}, norm2_{nullptr}, norm3_{nullptr};
    torch::nn::Linear features_{nullptr}, last_{nullptr};
};

/// uint8 [B,C,H,W] -> float32 in [-1, 1].
torch::Tensor classifier_input(const torch::Tensor& images);

}  // namespace denoise
