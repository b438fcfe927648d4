#include "engine/base/worker_threads.h"

#include <utility>

namespace denoise {

WorkerThreads::~WorkerThreads() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    begin_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void WorkerThreads::run(int count, const std::function<void(int)>& part) {
    while (static_cast<int>(threads_.size()) < count - 1)
        threads_.emplace_back(&WorkerThreads::serve, this, static_cast<int>(threads_.size()) + 1, rounds_);
    has_failed_ = false;
    {
        const std::lock_guard lock(mutex_);
        part_ = &part;
        count_ = count;
        running_ = count - 1;
        ++rounds_;
    }
    begin_.notify_all();
    do_part(0);
    std::unique_lock lock(mutex_);
    end_.wait(lock, [this] { return running_ == 0; });
    part_ = nullptr;
    if (const std::exception_ptr error = std::exchange(error_, nullptr)) std::rethrow_exception(error);
}

void WorkerThreads::serve(int number, std::uint64_t rounds_before) {
    if (at_start_) at_start_();
    std::unique_lock lock(mutex_);
    for (std::uint64_t rounds = rounds_before;;) {
        begin_.wait(lock, [&] { return closing_ || rounds_ != rounds; });
        if (closing_) return;
        rounds = rounds_;
        if (number >= count_) continue;
        lock.unlock();
        do_part(number);
        lock.lock();
        if (--running_ == 0) end_.notify_one();
    }
}

void WorkerThreads::do_part(int number) noexcept {
    try {
        (*part_)(number);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = std::current_exception();
        has_failed_ = true;
    }
}

}  // namespace denoise
