#pragma once

#include <map>
#include <string>

#include "engine/jobs/requests.h"
#include "engine/model/sampling_calibration.h"

namespace denoise {

/// How samples are computed, and what was measured for this choice; no timings: nothing was.
struct SamplingChoice {
    Execution execution;
    Timings timings = {};
};

/// Chooses the execution for samples. The first time that a network samples enough on a machine, the
/// executions that its settings allow are timed for a few seconds, and the fastest is used from then on for
/// batches of about this size: it is kept in the cache folder. Before, samples are computed as in the run's
/// training. So the same request gives the same picture as long as nothing new is measured; a request with an
/// execution always does.
class SamplingExecutions {
  public:
    /// `threads` > 0 is the number of threads for settings without one, and `device` that of execution_of().
    explicit SamplingExecutions(int threads, ComputeDevice device = ComputeDevice::automatic)
        : threads_(threads), device_(device) {}

    ComputeDevice device() const { return device_; }

    /// The execution for evaluating the network of `model` with batches of `batch` images, for `images`
    /// images altogether: that of the request, a known one, or one that is measured now. Throws Error if that
    /// of the request is not possible here.
    Work<SamplingChoice> choose(Model model, SampleRequest request, std::int64_t batch, double images);

  private:
    int threads_;
    ComputeDevice device_;
    std::map<std::string, Timings> known_;  ///< by sampling_key(): those that were used in this session
};

/// The number of times that a network is evaluated for each image of `request`, about.
double calls_per_image(const Model& model, const SampleRequest& request);
/// The number of images that a network evaluates for a request of `count` images, about: for a share of many
/// images (see SampleRequest::total_images), that for all of them.
double evaluated_images(const Model& model, const SampleRequest& request, std::int64_t count);

}  // namespace denoise
