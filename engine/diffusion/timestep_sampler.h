#pragma once

#include <torch/torch.h>

namespace denoise {

/// The probability of each timestep, float64 [T], with which log SNR has a normal distribution with mean 0
/// and standard deviation log_snr_deviation, within the values of a schedule with the signal-to-noise ratios
/// `snr` [T], T > 1.
torch::Tensor log_snr_probabilities(const torch::Tensor& snr);

inline constexpr double log_snr_deviation = 2;

/// Timesteps, int64 [B], for u [B] in [0, 1) by the inverse distribution function, so stratified u give
/// stratified t. `cumulative` is P(t' <= t), float64 [T].
torch::Tensor timesteps_at(const torch::Tensor& cumulative, const torch::Tensor& u);

/// Draws timesteps in proportion to the root of the second moment of their recent losses (Nichol & Dhariwal
/// 2021, sec. 3.3), mixed with a uniform distribution. Draws uniformly until every timestep has a full
/// history.
class LossSecondMomentSampler {
  public:
    static constexpr int history_length = 10;
    static constexpr double uniform_share = 0.001;

    explicit LossSecondMomentSampler(int timesteps);

    /// Timesteps for u [B] in [0, 1), see timesteps_at(). The expected value of weight * loss is the mean of
    /// the loss over all timesteps.
    struct Draw {
        torch::Tensor t;       ///< int64 [B]
        torch::Tensor weight;  ///< float32 [B], 1 / (T p(t))
    };
    Draw draw(const torch::Tensor& u) const;

    /// Records the unweighted losses [B] at t [B].
    void note(const torch::Tensor& t, const torch::Tensor& losses);

    bool warmed_up() const;
    /// p(t), float64 [T]; sums to 1.
    torch::Tensor probabilities() const;

    /// The state, for checkpoints: the last losses float32 [T, history_length] and the number of losses in
    /// each row, float32 [T].
    const torch::Tensor& history() const { return history_; }
    const torch::Tensor& filled() const { return filled_; }
    void restore(const torch::Tensor& history, const torch::Tensor& filled);

  private:
    torch::Tensor history_, filled_;
};

}  // namespace denoise
