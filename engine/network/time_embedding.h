#pragma once

#include <torch/torch.h>

#include "engine/network/unet_config.h"

namespace denoise {

/// Sinusoidal position embedding of t int64 [B]: [B,dimension], frequencies 10000^(-i/(half-freq_shift)); the
/// sine half first and freq_shift 1 as in Ho et al.'s code, unless told otherwise. dimension is even.
torch::Tensor sinusoidal_embedding(const torch::Tensor& t, std::int64_t dimension, bool cosine_first = false,
                                   int freq_shift = 1);

/// t int64 [B] as numbers that a linear layer can read, [B, time_input_width()], in the config's way. The
/// learned table, or the random frequencies (which no training moves), are its parameter "weight".
class TimeProjectionImpl : public torch::nn::Module {
  public:
    explicit TimeProjectionImpl(const UNetConfig& config);
    torch::Tensor forward(const torch::Tensor& t);

  private:
    TimeEmbeddingKind kind_;
    std::int64_t dimension_;
    bool cosine_first_;
    int freq_shift_;
    torch::Tensor weight_;
};
TORCH_MODULE(TimeProjection);

/// Linear -> SiLU -> Linear: [B,in] -> [B,out].
class EmbeddingLayersImpl : public torch::nn::Module {
  public:
    EmbeddingLayersImpl(std::int64_t in, std::int64_t out);
    torch::Tensor forward(const torch::Tensor& embedding);

  private:
    torch::nn::Linear linear_1_, linear_2_;
};
TORCH_MODULE(EmbeddingLayers);

/// t as a positive real number: the logarithm of index 0 does not exist, so it counts as 1/2.
torch::Tensor positive_time(const torch::Tensor& t);

}  // namespace denoise
