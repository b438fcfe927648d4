#pragma once

#include <torch/torch.h>

#include <vector>

namespace denoise {

/// A contiguous part of a flat buffer.
struct BufferRange {
    std::int64_t offset = 0, size = 0;
    bool operator==(const BufferRange&) const = default;
};

/// AdamW (Loshchilov & Hutter 2019) on one flat buffer.
class AdamW {
  public:
    /// For buffers like `values`. beta_1 = .9, eps = 1e-8.
    explicit AdamW(const torch::Tensor& values, double beta2 = 0.99);

    /// Updates `values`, or only the elements in `parts`.
    void step(const torch::Tensor& values, const torch::Tensor& gradients, double learning_rate,
              double weight_decay);
    void step(const torch::Tensor& values, const torch::Tensor& gradients, double learning_rate,
              double weight_decay, const std::vector<BufferRange>& parts);

    const torch::Tensor& first_moment() const { return first_moment_; }
    const torch::Tensor& second_moment() const { return second_moment_; }
    void restore(const torch::Tensor& first_moment, const torch::Tensor& second_moment, std::int64_t steps);

  private:
    double beta2_;
    torch::Tensor first_moment_, second_moment_, steps_;
};

/// Scales `gradients` so that their norm is at most `limit` (0: no limit). Returns the norm before scaling.
double clip_gradients(torch::Tensor gradients, double limit);
/// The same, if their norm is known to be `length`.
void limit_gradients(torch::Tensor gradients, double length, double limit);

/// Learning rate at `fraction` (0..1) of the budget: increases linearly over the fraction `warmup`, then
/// stays constant or, with `anneal`, decreases to 0 along half a cosine.
double learning_rate_at(double fraction, double peak, double warmup, bool anneal);

/// Decay of an EMA whose length is the fraction `share` of the `step` steps done: 1 - 1/(share * step), at
/// least 0.
double ema_decay(std::int64_t step, double share);

}  // namespace denoise
