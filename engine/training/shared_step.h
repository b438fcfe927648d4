#pragma once

#include <torch/torch.h>

#include "engine/diffusion/loss.h"
#include "engine/distributed/communicator.h"

namespace denoise {

// The steps of a trainer that several processes do together: each computes the gradient for its own images,
// the sum of the gradients is the gradient for all of them, and every process changes its weights in the same
// way.

/// The images of process `rank` in a batch to which each of the processes contributes `count`.
ProcessShare process_share(const Communicator& group, std::int64_t count);

/// Throws what `error`, of LibTorch, means for a person, without where in LibTorch it was thrown.
[[noreturn]] void throw_in_words(const c10::Error& error);

/// Replaces the float32 tensor by its sum over all processes.
void sum_over_all(Communicator& group, const torch::Tensor& values);

/// Replaces the tensor by that of process 0.
void take_from_first(Communicator& group, const torch::Tensor& values);

/// The losses of all images of the batch, without gradients, from those of each process.
ImageLosses losses_of_all(Communicator& group, const ImageLosses& own);

}  // namespace denoise
