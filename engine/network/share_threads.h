#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/base/worker_threads.h"
#include "engine/network/description/execution.h"

namespace denoise {

/// Consecutive images of a batch.
struct ImageRange {
    std::int64_t first = 0, count = 0;
    bool operator==(const ImageRange&) const = default;
};

/// The images of each share of a batch. The first shares have one image more if they cannot be equal.
std::vector<ImageRange> divide_batch(std::int64_t images, int shares);

/// Into how many shares `execution` divides a batch of `images` images in this thread.
int shares_here(const Execution& execution, std::int64_t images);

/// Threads that compute a network for the shares of a batch at the same time. The threads within an operator
/// wait for each other after each of them, and those of shares only once.
class ShareThreads {
  public:
    ShareThreads();

    /// Computes share s, from 0 to `shares` - 1, with compute(s, execution of a share). Shares other than the
    /// first are computed in other threads, with or without gradients as in the calling thread. If the
    /// StopScope of the calling thread asks for it, or one of the shares fails, all of them end. Throws what
    /// was thrown first. Like an ExecutionScope, it leaves the calling thread with execution.threads threads.
    void compute(const Execution& execution, int shares,
                 const std::function<void(int, const Execution&)>& compute);

  private:
    WorkerThreads threads_;
};

}  // namespace denoise
