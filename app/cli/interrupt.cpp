#include "app/cli/interrupt.h"

#include <atomic>
#include <csignal>

namespace denoise::cli {
namespace {

std::atomic<bool> signalled = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // a signal handler may set it

void on_signal(int) {
    signalled = true;
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
}

bool interrupted() {
    return signalled;
}

}  // namespace denoise::cli
