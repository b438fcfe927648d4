#pragma once

#include <torch/torch.h>

#include <functional>

namespace denoise {

/// During its lifetime, networks that the calling thread evaluates throw Cancelled as soon as `stop` returns
/// true, or that of a scope around it. It is asked between the parts of a network, because a single step of a
/// large one can take minutes.
class StopScope {
  public:
    explicit StopScope(std::function<bool()> stop);
    ~StopScope();
    StopScope(const StopScope&) = delete;
    StopScope& operator=(const StopScope&) = delete;

    /// Whether one of the scopes of the calling thread asks for the end.
    static bool asked();

  private:
    std::function<bool()> stop_;
    const StopScope* around_;
};

/// Throws Cancelled if the StopScope of this thread asks for it.
void check_stop();

/// Calls check_stop() now, and again when the gradient of `x` is computed; backward() of a loss must then be
/// called with stoppable_backward().
void check_stop_at(const torch::Tensor& x);

/// loss.backward(). Throws Cancelled if it was stopped; the gradients are then incomplete.
void stoppable_backward(const torch::Tensor& loss);

}  // namespace denoise
