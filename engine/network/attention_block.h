#pragma once

#include <torch/torch.h>

namespace denoise {

/// Group norm -> self-attention over the H*W positions -> + input (residual connection). The output
/// projection starts at 0.
class AttentionBlockImpl : public torch::nn::Module {
  public:
    AttentionBlockImpl(std::int64_t channels, std::int64_t heads, std::int64_t groups);
    torch::Tensor forward(const torch::Tensor& x);  ///< [B,C,H,W] -> [B,C,H,W]

  private:
    std::int64_t heads_;
    torch::nn::GroupNorm norm_;
    torch::nn::Linear to_qkv_, to_out_;
};
TORCH_MODULE(AttentionBlock);

}  // namespace denoise
