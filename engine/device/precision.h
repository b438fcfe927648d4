#pragma once

#include "engine/base/compute_device.h"

namespace denoise {

/// How exactly the calling thread computes on a device.
enum class DevicePrecision {
    exact,    ///< float32 with all digits
    float32,  ///< float32; on a graphics card, products in TF32, with a mantissa of 10 bits, and float32 sums
    bfloat16,  ///< products in bfloat16
};

/// Makes the calling thread compute on `device` with `precision`, during its lifetime. On the processor,
/// exact and float32 are the same. On a graphics card, the fastest algorithm for each convolution is measured
/// at its first use, except with exact.
class PrecisionScope {
  public:
    PrecisionScope(ComputeDevice device, DevicePrecision precision);
    ~PrecisionScope();
    PrecisionScope(const PrecisionScope&) = delete;
    PrecisionScope& operator=(const PrecisionScope&) = delete;

  private:
    ComputeDevice device_;
    bool bfloat16_;
    bool matrices_before_ = false, convolutions_before_ = false, measuring_before_ = false;
};

}  // namespace denoise
