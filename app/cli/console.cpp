#include "app/cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>

namespace denoise::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int number) {
    interrupted = 1;
    std::signal(number, SIG_DFL);
}

std::size_t terminal_width() {
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

}  // namespace

void print_error(const Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what.c_str());
    if (!error.why.empty()) std::fprintf(stderr, "  why: %s\n", error.why.c_str());
    if (!error.remedy.empty()) std::fprintf(stderr, "  do:  %s\n", error.remedy.c_str());
}

std::string clock_text(double seconds) {
    const long total = std::lround(std::max(0.0, seconds));
    char text[40];
    if (total >= 3600)
        std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", total / 3600, total / 60 % 60, total % 60);
    else
        std::snprintf(text, sizeof text, "%ld:%02ld", total / 60, total % 60);
    return text;
}

ProgressLine::ProgressLine() : terminal_(::isatty(STDOUT_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
    clear();
}

void ProgressLine::clear() {
    if (terminal_ && shown_ > 0) std::printf("\r%*s\r", static_cast<int>(shown_), "");
    shown_ = 0;
    std::fflush(stdout);
}

void ProgressLine::show(double fraction, const std::string& text) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::milliseconds(terminal_ ? 100 : 5000);
    if (!terminal_) {
        if (fraction >= 0) std::printf("%3.0f %%  ", 100 * fraction);
        std::printf("%s\n", text.c_str());
        std::fflush(stdout);
        return;
    }
    std::string line;
    if (fraction >= 0) {
        constexpr int cells = 24;
        const int full = static_cast<int>(std::lround(std::clamp(fraction, 0.0, 1.0) * cells));
        for (int i = 0; i < cells; ++i) line += i < full ? '#' : '.';
        line += "  ";
    }
    line += text;
    line.resize(std::min(line.size(), terminal_width() - 1));
    std::printf("\r%s%*s", line.c_str(), static_cast<int>(shown_ > line.size() ? shown_ - line.size() : 0),
                "");
    shown_ = line.size();
    std::fflush(stdout);
}

void ProgressLine::say(const std::string& text) {
    clear();
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
}

InterruptFlag::InterruptFlag() {
    interrupted = 0;
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
}

InterruptFlag::~InterruptFlag() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

bool InterruptFlag::raised() const {
    return interrupted != 0;
}

}  // namespace denoise::cli
