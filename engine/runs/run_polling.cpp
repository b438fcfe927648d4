#include "engine/runs/run_polling.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace denoise {

using Clock = std::chrono::steady_clock;

struct RunPolling::Shared {
    std::mutex mutex;
    std::condition_variable changed;
    bool stop = false, ended = false;
    std::vector<RunNews> news;
    std::optional<Clock::time_point> looking_since;

    void run(const Look& look, std::chrono::milliseconds interval) {
        std::unique_lock lock(mutex);
        while (!stop) {
            looking_since = Clock::now();
            lock.unlock();
            RunNews found = look();
            lock.lock();
            looking_since.reset();
            const bool more = found.more;
            news.push_back(std::move(found));
            if (!more) changed.wait_for(lock, interval, [this] { return stop; });
        }
        ended = true;
        changed.notify_all();
    }
};

RunPolling::RunPolling(const std::filesystem::path& folder, std::chrono::milliseconds interval)
    : RunPolling([follower = std::make_shared<RunFollower>(folder)] { return follower->poll(); }, interval) {}

RunPolling::RunPolling(Look look, std::chrono::milliseconds interval) : shared_(std::make_shared<Shared>()) {
    // Detached, because a call into a drive that hangs cannot be ended, and joining it would wait for it.
    std::thread([shared = shared_, look = std::move(look), interval] {
        shared->run(look, interval);
    }).detach();
}

RunPolling::~RunPolling() {
    constexpr std::chrono::milliseconds patience{300};
    std::unique_lock lock(shared_->mutex);
    shared_->stop = true;
    shared_->changed.notify_all();
    shared_->changed.wait_for(lock, patience, [this] { return shared_->ended; });
}

std::vector<RunNews> RunPolling::take() {
    const std::lock_guard lock(shared_->mutex);
    return std::exchange(shared_->news, {});
}

std::chrono::milliseconds RunPolling::waiting() const {
    const std::lock_guard lock(shared_->mutex);
    if (!shared_->looking_since) return std::chrono::milliseconds(0);
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - *shared_->looking_since);
}

}  // namespace denoise
