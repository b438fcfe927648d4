#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/work.h"
#include "engine/model/model.h"
#include "engine/model/timing_cache.h"

namespace denoise {

/// The fastest way to sample from a model on this machine is measured like that of training (see
/// engine/training/calibration.h), but separately: without gradients, other executions are the fastest.

/// The executions for samples of `model` that its settings allow: both precisions and layouts, different
/// numbers of threads, the batch divided among them (see Execution), and with Winograd's algorithm or without
/// it. Models of other programs and of versions before measured executions keep their precision and are
/// computed without Winograd's algorithm (see execution_of()). `threads` > 0 is the number of threads for
/// settings without one. The first one is execution_of(). `device` is that of execution_of().
Timings sampling_candidates(const Model& model, int threads, ComputeDevice device = ComputeDevice::automatic);

/// Whether evaluating the network for so many images altogether takes so long, about 15 seconds and more,
/// that a few seconds of measuring are worth it.
bool worth_calibrating(const Model& model, double images);

/// The number of images that stands for batches of about `batch` images in measurements: 1, 4, 16, 64 or 256.
std::int64_t batch_class(std::int64_t batch);

/// What all measurements for this network, these settings and this batch class on this machine have in common
/// with this version of the program.
std::string sampling_key(const Model& model, std::int64_t batch, int threads,
                         ComputeDevice device = ComputeDevice::automatic);

/// Times calls of the model's network with batches of batch_class(batch) images, or fewer if a call would
/// take more than half a second. Returns the candidates in the order of race_threads(). Takes about four
/// seconds at most; candidates for which there was no time have a speed of 0.
Work<Timings> time_sampling(Model model, std::int64_t batch, int threads,
                            ComputeDevice device = ComputeDevice::automatic);

}  // namespace denoise
