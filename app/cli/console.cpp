#include "app/cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace denoise::cli {
namespace {

int first_output_error = 0;

std::size_t terminal_width() {
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

/// In which a line cannot be overwritten. So do scripts call what mpirun gives to its processes although its
/// own output goes to a file.
bool is_dumb_terminal() {
    const char* name = std::getenv("TERM");
    return name != nullptr && std::string_view(name) == "dumb";
}

void print(const char* kind, const Error& error) {
    std::fprintf(stderr, "%s: %s\n", kind, printable(error.what).c_str());
    if (!error.why.empty()) std::fprintf(stderr, "  why: %s\n", printable(error.why).c_str());
    if (!error.remedy.empty()) std::fprintf(stderr, "  do:  %s\n", printable(error.remedy).c_str());
}

/// A character of UTF-8 text; `bytes` 0: the text does not begin with one.
struct Character {
    std::size_t bytes = 0;
    std::uint32_t code = 0;
};

Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::uint32_t head = byte(0);
    if (head < 0x80) return {1, head};
    const std::size_t bytes = head >= 0xf0 ? 4 : head >= 0xe0 ? 3 : 2;
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};  // longer forms are not valid
    if (head < 0xc2 || head > 0xf4 || text.size() < bytes) return {};
    std::uint32_t code = head & (0x7fu >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {};
        code = code << 6 | (byte(i) & 0x3f);
    }
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < least[bytes] || code > 0x10ffff || surrogate) return {};
    return {bytes, code};
}

/// Whether a terminal would do something else than show the character in its place.
bool is_control(std::uint32_t code) {
    const auto between = [code](std::uint32_t first, std::uint32_t last) {
        return code >= first && code <= last;
    };
    return code < 0x20 || between(0x7f, 0x9f) || between(0x200e, 0x200f) || between(0x2028, 0x202e) ||
           between(0x2066, 0x2069) || code == 0xfeff;
}

std::string escaped(std::string_view bytes) {
    if (bytes == "\n") return "\\n";
    if (bytes == "\t") return "\\t";
    if (bytes == "\r") return "\\r";
    std::string text;
    for (const char byte : bytes) {
        char code[8];
        std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned char>(byte));
        text += code;
    }
    return text;
}

/// The beginning of `text` with at most `columns` characters.
std::string shortened(const std::string& text, std::size_t columns) {
    std::size_t end = 0;
    for (; end < text.size() && columns > 0; --columns)
        end += std::max<std::size_t>(first_character(std::string_view(text).substr(end)).bytes, 1);
    return text.substr(0, end);
}

std::size_t columns_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

/// "######..................  "
std::string bar(double fraction) {
    constexpr int cells = 24;
    const int full = static_cast<int>(std::lround(std::clamp(fraction, 0.0, 1.0) * cells));
    return std::string(static_cast<std::size_t>(full), '#') +
           std::string(static_cast<std::size_t>(cells - full), '.') + "  ";
}

}  // namespace

std::string printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const Character character = first_character(text);
        const std::string_view bytes = text.substr(0, std::max<std::size_t>(character.bytes, 1));
        const bool shown = character.bytes > 0 && !is_control(character.code);
        result += shown ? std::string(bytes) : escaped(bytes);
        text.remove_prefix(bytes.size());
    }
    return result;
}

void flush_output() {
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
    if (first_output_error == 0) first_output_error = errno != 0 ? errno : EIO;
}

int output_error() {
    return first_output_error;
}

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

ProgressLine::ProgressLine() : terminal_(::isatty(STDOUT_FILENO) != 0 && !is_dumb_terminal()) {}

ProgressLine::~ProgressLine() {
    clear();
}

void ProgressLine::clear() {
    if (terminal_ && shown_ > 0) std::printf("\r%*s\r", static_cast<int>(shown_), "");
    shown_ = 0;
    flush_output();
}

void ProgressLine::show(double fraction, const std::string& operation, const std::string& detail) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_ && operation == operation_) return;
    next_ = now + std::chrono::milliseconds(terminal_ ? 100 : 5000);
    operation_ = operation;
    const std::string text = printable(operation + (detail.empty() ? "" : " " + detail));
    if (!terminal_) {
        if (fraction >= 0) std::printf("%3.0f %%  ", 100 * fraction);
        std::printf("%s\n", text.c_str());
        flush_output();
        return;
    }
    const std::string line = shortened((fraction >= 0 ? bar(fraction) : "") + text, terminal_width() - 1);
    const std::size_t columns = columns_of(line);
    const std::size_t leftover = shown_ > columns ? shown_ - columns : 0;
    std::printf("\r%s%*s", line.c_str(), static_cast<int>(leftover), "");
    shown_ = columns;
    flush_output();
}

void ProgressLine::say(const std::string& text) {
    clear();
    std::printf("%s\n", printable(text).c_str());
    flush_output();
}

}  // namespace denoise::cli
