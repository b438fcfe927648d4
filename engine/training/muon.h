#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <vector>

#include "engine/network/flat_parameters.h"
#include "engine/training/optimizer.h"

namespace denoise {

/// Muon (Jordan et al. 2024): the update of a matrix is its momentum, made orthogonal, so that all its
/// directions change by the same amount. The weights of a convolution are a matrix with one row per output
/// channel. Muon is for the convolutions and the attention inside a network; AdamW trains the rest: the first
/// and the last convolution, what embeds the timestep and the class, biases and norms.
class Muon {
  public:
    explicit Muon(const std::vector<FlatParameters::Slice>& slices);

    /// Updates the matrices in `values`. `momentum` has the same layout and is kept from step to step. The
    /// root mean square of an update is 0.2 learning_rate, about that of AdamW, so that both can use the same
    /// learning rate (Liu et al. 2025, eq. 4).
    void step(const torch::Tensor& values, const torch::Tensor& gradients, const torch::Tensor& momentum,
              double learning_rate, double weight_decay) const;

    /// The parts of the buffers that are left to AdamW.
    const std::vector<BufferRange>& rest() const { return rest_; }

  private:
    struct Matrix {
        std::int64_t offset, rows, columns;
        torch::Tensor in(const torch::Tensor& flat) const {
            return flat.narrow(0, offset, rows * columns).view({rows, columns});
        }
        bool tall() const { return rows > columns; }
        std::int64_t shorter() const { return std::min(rows, columns); }
    };
    std::vector<std::vector<Matrix>> groups_;  ///< with the same shorter side, for batched products
    std::vector<BufferRange> rest_;
};

/// Matrices Q [N,R,R] for which Q X is X with all singular values moved to between 0.7 and 1.2 (except those
/// that are almost 0): five steps of the Newton-Schulz iteration of Jordan et al. 2024. It only needs
/// X X^T = `gram` [N,R,R], so its cost does not depend on the longer side of X.
torch::Tensor orthogonalizers(const torch::Tensor& gram);

}  // namespace denoise
