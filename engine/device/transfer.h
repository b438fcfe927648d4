#pragma once

#include <torch/torch.h>

#include <vector>

#include "engine/base/compute_device.h"

namespace denoise {

// Tensors on their way between the memory of the processor and that of a graphics card. On the processor, all
// of these functions return their argument.

/// A definite device as LibTorch names it.
torch::Device torch_device(ComputeDevice device);

/// `tensor` on `device`; undefined stays undefined. The program does not wait until a copy to a graphics card
/// has arrived.
torch::Tensor sent_to(const torch::Device& device, const torch::Tensor& tensor);

/// The float32 tensors in the memory of the processor. The program waits for the graphics card, of which
/// there may be one, once for all of them.
std::vector<torch::Tensor> read_together(const std::vector<torch::Tensor>& tensors);

}  // namespace denoise
