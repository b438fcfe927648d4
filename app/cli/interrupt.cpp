#include "app/cli/interrupt.h"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

#include "engine/base/crash_note.h"

namespace denoise::cli {
namespace {

// Signal handlers may use them.
std::atomic<bool> signalled = false;
std::atomic<std::int64_t> first_signal = 0;  ///< in milliseconds of the monotonic clock; 0: none yet
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);

/// Terminals and init systems send several signals at once when they end a program.
constexpr std::int64_t one_request = 1000;

std::int64_t milliseconds_now() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

void on_signal(int number) {
    signalled = true;
    std::int64_t first = 0;
    const std::int64_t now = milliseconds_now();
    if (first_signal.compare_exchange_strong(first, now)) return;
    if (number == SIGHUP || now - first < one_request) return;
    end_crash_note();  // the end is wanted
    std::signal(number, SIG_DFL);
    std::raise(number);  // ends the program when this handler returns
}

void on_closed_pipe(int) {
    signalled = true;  // later writes fail without a signal, so that a run in training can be saved
}

}  // namespace

void catch_interrupts() {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    if (std::signal(SIGHUP, on_signal) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
    std::signal(SIGPIPE, on_closed_pipe);
}

bool interrupted() {
    return signalled;
}

}  // namespace denoise::cli
