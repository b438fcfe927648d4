#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace denoise {

/// Threads that do the parts of a work at the same time, and sleep in between. They are started when they are
/// first needed, with the priority that the calling thread then has.
class WorkerThreads {
  public:
    /// Each thread calls `at_start` first, which must not throw.
    explicit WorkerThreads(std::function<void()> at_start = {}) : at_start_(std::move(at_start)) {}
    ~WorkerThreads();
    WorkerThreads(const WorkerThreads&) = delete;
    WorkerThreads& operator=(const WorkerThreads&) = delete;

    /// Calls part(0) in the calling thread, and at the same time part(1) to part(count - 1), each in a thread
    /// of its own, which is always the same for the same number. Returns when all have ended. Then throws the
    /// exception that was thrown first, if there is one. Only one thread may call it.
    void run(int count, const std::function<void(int)>& part);
    /// Whether a part of this call of run() has thrown. The other parts may ask it, to end early.
    bool has_failed() const { return has_failed_; }

  private:
    void serve(int number, std::uint64_t rounds_before);
    void do_part(int number) noexcept;

    std::function<void()> at_start_;
    std::mutex mutex_;
    std::condition_variable begin_, end_;
    // Protected by mutex_:
    const std::function<void(int)>* part_ = nullptr;
    std::uint64_t rounds_ = 0;  ///< calls of run()
    int count_ = 0;             ///< parts of this round
    int running_ = 0;           ///< parts that other threads have not ended yet
    bool closing_ = false;
    std::exception_ptr error_;

    std::atomic<bool> has_failed_ = false;  ///< from when error_ is set
    std::vector<std::thread> threads_;
};

}  // namespace denoise
