#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace denoise {

/// Three convolutions and two linear layers, for images of 8x8 or more. Larger images than 64x64 are averaged
/// down to that size first.
class ClassifierNetwork : public torch::nn::Module {
  public:
    /// The weights are initialized from `seed`; the global generator is not used.
    ClassifierNetwork(std::int64_t channels, std::int64_t features, std::int64_t classes, std::uint64_t seed);

    /// float32 [B,C,H,W] in [-1, 1] -> [B,features], not negative.
    torch::Tensor features(const torch::Tensor& x);
    /// [B,classes], before the softmax.
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
