#include "engine/network/stop_check.h"

#include <exception>
#include <utility>

#include "engine/base/cancelled.h"

namespace denoise {
namespace {

thread_local const StopScope* innermost = nullptr;

/// Autograd only passes on exceptions that are derived from std::exception.
struct StoppedInBackward : std::exception {
    const char* what() const noexcept override { return "stopped"; }
};

}  // namespace

StopScope::StopScope(std::function<bool()> stop)
    : stop_(std::move(stop)), around_(std::exchange(innermost, this)) {}

StopScope::~StopScope() {
    innermost = around_;
}

bool StopScope::asked() {
    for (const StopScope* scope = innermost; scope != nullptr; scope = scope->around_)
        if (scope->stop_()) return true;
    return false;
}

void check_stop() {
    if (StopScope::asked()) throw Cancelled{};
}

void check_stop_at(const torch::Tensor& x) {
    check_stop();
    if (innermost == nullptr || !x.requires_grad()) return;
    // On a CPU, autograd runs in the thread that calls backward().
    x.register_hook([](const torch::Tensor&) {
        if (StopScope::asked()) throw StoppedInBackward{};
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
