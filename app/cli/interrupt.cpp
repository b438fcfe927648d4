#include "app/cli/interrupt.h"

#include <atomic>
#include <csignal>

namespace denoise::cli {
namespace {

std::atomic<bool> signalled = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // a signal handler may set it

void on_signal(int) {
    signalled = true;
    for (const int deadly : {SIGINT, SIGTERM, SIGHUP}) std::signal(deadly, SIG_DFL);
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
