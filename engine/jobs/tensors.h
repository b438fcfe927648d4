#pragma once

#include <torch/torch.h>

#include "engine/base/picture.h"
#include "engine/formats/npy_file.h"

namespace denoise {

/// [B,C,H,W] in [-1, 1], on any device -> 8-bit, rounded.
ImageBatch to_images(const torch::Tensor& x);

/// 8-bit images -> float32 [N,C,H,W] in [-1, 1].
torch::Tensor to_tensor(const ImageBatch& images);

/// Converts between numbers and a float32 tensor of the same shape, which may be on any device.
torch::Tensor to_tensor(const FloatArray& numbers);
FloatArray to_numbers(const torch::Tensor& x);

}  // namespace denoise
