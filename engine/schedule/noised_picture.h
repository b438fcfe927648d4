#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/picture.h"

namespace denoise {

/// The forward process on one picture: x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps with a fixed eps
/// (Ho et al. 2020, eq. 4). Pixels are scaled to [-1, 1] and back, clamped and rounded. Does not need
/// LibTorch.
class NoisedPicture {
  public:
    NoisedPicture() = default;
    NoisedPicture(Picture x0, std::uint64_t seed);

    Picture x_t(double alpha_bar) const;  ///< alpha_bar in [0, 1]
    Picture eps() const;                  ///< the noise as a picture
    const Picture& x0() const { return x0_; }

  private:
    Picture x0_;
    std::vector<float> eps_;
};

}  // namespace denoise
