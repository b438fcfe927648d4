#pragma once

#include <torch/torch.h>

namespace denoise {

/// Sinusoidal position embedding of t int64 [B]: [B,dimension], the sine half first, frequencies
/// 10000^(-i/(half-1)) as in Ho et al.'s code. dimension is even.
torch::Tensor sinusoidal_embedding(const torch::Tensor& t, std::int64_t dimension);

/// The embedding and its MLP: t [B] -> [B,4*dimension].
class TimeEmbeddingImpl : public torch::nn::Module {
  public:
    explicit TimeEmbeddingImpl(std::int64_t dimension);
    torch::Tensor forward(const torch::Tensor& t);

  private:
    std::int64_t dimension_;
    torch::nn::Linear linear_1_, linear_2_;
};
TORCH_MODULE(TimeEmbedding);

}  // namespace denoise
