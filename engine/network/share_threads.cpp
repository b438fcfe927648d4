#include "engine/network/share_threads.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "engine/network/openmp_waiting.h"
#include "engine/network/stop_check.h"

namespace denoise {
namespace {

int threads_here(const Execution& execution) {
    return execution.threads > 0 ? execution.threads : at::get_num_threads();
}

Execution execution_of_share(Execution execution, int shares) {
    execution.threads = std::max(threads_here(execution) / shares, 1);
    execution.batch_shares = 1;
    return execution;
}

/// Sets a number of threads for operators, and at the end of its lifetime another.
class OperatorThreads {
  public:
    OperatorThreads(int during, int afterwards) : afterwards_(afterwards) { set(during); }
    ~OperatorThreads() { set(afterwards_); }
    OperatorThreads(const OperatorThreads&) = delete;
    OperatorThreads& operator=(const OperatorThreads&) = delete;

  private:
    static void set(int threads) {
        if (threads != at::get_num_threads()) at::set_num_threads(threads);
    }
    int afterwards_;
};

}  // namespace

std::vector<ImageRange> divide_batch(std::int64_t images, int shares) {
    std::vector<ImageRange> ranges;
    std::int64_t first = 0;
    for (int share = 0; share < shares; ++share) {
        const std::int64_t count = images / shares + (share < images % shares ? 1 : 0);
        ranges.push_back({first, count});
        first += count;
    }
    return ranges;
}

int shares_here(const Execution& execution, std::int64_t images) {
    return shares_of_batch(execution, images, threads_here(execution));
}

ShareThreads::ShareThreads() : threads_(limit_active_waiting) {}

void ShareThreads::compute(const Execution& execution, int shares,
                           const std::function<void(int, const Execution&)>& compute) {
    const bool gradients = at::GradMode::is_enabled();
    const Execution of_share = execution_of_share(execution, shares);
    // Before the others begin, because a part of the setting is for all threads of the program.
    const OperatorThreads threads(of_share.threads, threads_here(execution));
    threads_.run(shares, [&](int share) {
        const at::AutoGradMode mode(gradients);
        const StopScope stop([this] { return threads_.has_failed(); });
        compute(share, of_share);
    });
}

}  // namespace denoise
