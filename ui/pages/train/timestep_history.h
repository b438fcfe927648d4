#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace denoise::ui {

/// The loss by timestep as it changed during the training, for a map of both. At most `most` moments are
/// kept; when there are more, every second one is dropped, so that they stay evenly spread.
class TimestepHistory {
  public:
    explicit TimestepHistory(std::size_t most = 480) : most_(most) {}

    struct Moment {
        double step = 0;
        std::vector<double> losses;  ///< over equal bins of the timesteps; NaN: no loss yet
    };

    void clear();
    /// Moments from `step` on are replaced: a resumed run repeats them.
    void add(std::int64_t step, const std::vector<double>& losses);
    const std::vector<Moment>& moments() const { return moments_; }

  private:
    std::size_t most_;
    std::vector<Moment> moments_;
};

}  // namespace denoise::ui
