#include "engine/network/stop_check.h"

#include <exception>
#include <utility>

#include "engine/base/cancelled.h"

namespace denoise {
namespace {

thread_local const std::function<bool()>* stop_condition = nullptr;

bool should_stop() {
    return stop_condition != nullptr && (*stop_condition)();
}

/// Autograd only passes on exceptions that are derived from std::exception.
struct StoppedInBackward : std::exception {
    const char* what() const noexcept override { return "stopped"; }
};

}  // namespace

StopScope::StopScope(std::function<bool()> stop) : stop_(std::move(stop)) {
    before_ = std::exchange(stop_condition, &stop_);
}

StopScope::~StopScope() {
    stop_condition = before_;
}

void check_stop() {
    if (should_stop()) throw Cancelled{};
}

void check_stop_at(const torch::Tensor& x) {
    check_stop();
    if (stop_condition == nullptr || !x.requires_grad()) return;
    // On a CPU, autograd runs in the thread that calls backward().
    x.register_hook([](const torch::Tensor&) {
        if (should_stop()) throw StoppedInBackward{};
    });
}

void stoppable_backward(const torch::Tensor& loss) {
    try {
        loss.backward();
    } catch (const StoppedInBackward&) {
        throw Cancelled{};
    }
}

}  // namespace denoise
