#pragma once

#include <torch/torch.h>

#include "engine/network/description/unet_config.h"

namespace denoise {

/// Sinusoidal position embedding [B,dimension] of t int64 [B], with the frequencies
/// 10000^(-i/(half-freq_shift)). The defaults, sines first and freq_shift 1, are those of Ho et al.'s code.
/// `dimension` must be even.
torch::Tensor sinusoidal_embedding(const torch::Tensor& t, std::int64_t dimension, bool cosine_first = false,
                                   int freq_shift = 1);

/// Embeds t int64 [B] as [B,time_input_width()] according to the config's TimeEmbeddingKind. The parameter
/// "weight" is the learned table, or the random frequencies, which are not trained.
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

/// t as a positive real number. Index 0, which has no logarithm, is replaced by 1/2.
torch::Tensor positive_time(const torch::Tensor& t);

}  // namespace denoise
