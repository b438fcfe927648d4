#pragma once

#include <torch/torch.h>

namespace denoise {

struct AttentionOptions {
    std::int64_t channels = 0, heads = 1;
    std::int64_t groups = 1;  ///< 0: no norm
    double norm_eps = 1e-6;
    double output_scale = 1.0;  ///< divides the sum with the input
};

/// Group norm -> self-attention over the H*W positions -> + input (residual connection). The output
/// projection is initialized to 0.
class AttentionBlockImpl : public torch::nn::Module {
  public:
    explicit AttentionBlockImpl(const AttentionOptions& options);
    torch::Tensor forward(const torch::Tensor& x);  ///< [B,C,H,W] -> [B,C,H,W]

  private:
    AttentionOptions options_;
    torch::nn::GroupNorm norm_{nullptr};
    torch::nn::Linear to_qkv_{nullptr}, to_out_{nullptr};
};
TORCH_MODULE(AttentionBlock);

}  // namespace denoise
