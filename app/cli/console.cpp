#include "app/cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace denoise::cli {
namespace {

std::size_t terminal_width() {
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

void print(const char* kind, const Error& error) {
    std::fprintf(stderr, "%s: %s\n", kind, error.what.c_str());
    if (!error.why.empty()) std::fprintf(stderr, "  why: %s\n", error.why.c_str());
    if (!error.remedy.empty()) std::fprintf(stderr, "  do:  %s\n", error.remedy.c_str());
}

/// "######..................  "
std::string bar(double fraction) {
    constexpr int cells = 24;
    const int full = static_cast<int>(std::lround(std::clamp(fraction, 0.0, 1.0) * cells));
    return std::string(static_cast<std::size_t>(full), '#') +
           std::string(static_cast<std::size_t>(cells - full), '.') + "  ";
}

}  // namespace

void print_error(const Error& error) {
    print("error", error);
}

void print_warning(const Error& error) {
    print("warning", error);
}

std::string count_text(std::int64_t done, std::int64_t total) {
    if (total > 0) return std::to_string(done) + " of " + std::to_string(total);
    return done > 0 ? std::to_string(done) : "";
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

void ProgressLine::show(double fraction, const std::string& operation, const std::string& detail) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_ && operation == operation_) return;
    next_ = now + std::chrono::milliseconds(terminal_ ? 100 : 5000);
    operation_ = operation;
    const std::string text = operation + (detail.empty() ? "" : " " + detail);
    if (!terminal_) {
        if (fraction >= 0) std::printf("%3.0f %%  ", 100 * fraction);
        std::printf("%s\n", text.c_str());
        std::fflush(stdout);
        return;
    }
    std::string line = (fraction >= 0 ? bar(fraction) : "") + text;
    line.resize(std::min(line.size(), terminal_width() - 1));
    const std::size_t leftover = shown_ > line.size() ? shown_ - line.size() : 0;
    std::printf("\r%s%*s", line.c_str(), static_cast<int>(leftover), "");
    shown_ = line.size();
    std::fflush(stdout);
}

void ProgressLine::say(const std::string& text) {
    clear();
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
}

}  // namespace denoise::cli
