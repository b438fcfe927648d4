#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/session/events.h"

namespace denoise {

/// A queue between two threads. put() does not block; take_all() and wait_for_any() empty the queue.
template <class Item>
class Mailbox {
  public:
    void put(Item item) {
        {
            const std::lock_guard lock(mutex_);
            if (!items_.empty() && merge(items_.back(), item)) return;
            items_.push_back(std::move(item));
        }
        arrived_.notify_all();
    }

    std::deque<Item> take_all() {
        const std::lock_guard lock(mutex_);
        return std::exchange(items_, {});
    }

    template <class Duration>
    std::deque<Item> wait_for_any(Duration timeout) {
        std::unique_lock lock(mutex_);
        arrived_.wait_for(lock, timeout, [this] { return !items_.empty(); });
        return std::exchange(items_, {});
    }

  private:
    /// Whether `item` was merged into `last`, so that a slow reader does not receive thousands of single
    /// steps.
    template <class Other>
    static bool merge(Other&, Other&) {
        return false;
    }
    static bool merge(Event& last, Event& item) {
        auto* before = std::get_if<MetricsBatch>(&last);
        auto* now = std::get_if<MetricsBatch>(&item);
        if (before == nullptr || now == nullptr) return false;
        before->steps.insert(before->steps.end(), now->steps.begin(), now->steps.end());
        return true;
    }

    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<Item> items_;
};

}  // namespace denoise
