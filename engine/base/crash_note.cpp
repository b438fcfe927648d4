#include "engine/base/crash_note.h"

#include <execinfo.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <mutex>

#include "engine/base/error.h"
#include "engine/base/local_time.h"
#include "engine/base/log.h"

namespace denoise {
namespace {

// Signal handlers use these, so they are plain memory.
std::atomic<int> descriptor = -1;
char path_of_note[PATH_MAX];
std::atomic<std::int64_t> last_step = -1;
std::array<std::array<char, 256>, 12> log_lines;
std::atomic<unsigned> log_lines_seen = 0;
char exception_text[512];
std::atomic<pid_t> crashing_thread = 0;  ///< which writes the note; 0: none
std::terminate_handler terminate_before = nullptr;

struct CrashSignal {
    int number;
    const char* name;
};
constexpr std::array crash_signals = {
    CrashSignal{SIGSEGV, "segmentation fault"},
    CrashSignal{SIGBUS, "bus error"},
    CrashSignal{SIGFPE, "arithmetic error"},
    CrashSignal{SIGILL, "illegal instruction"},
    CrashSignal{SIGABRT, "the program gave up (abort)"},
};

// ------------------------------------------------------------------ only what a signal handler may do

void put(const char* text, std::size_t size) {
    while (size > 0) {
        const ssize_t written = ::write(descriptor, text, size);
        if (written <= 0) return;
        text += written;
        size -= static_cast<std::size_t>(written);
    }
}

void put(const char* text) {
    put(text, std::strlen(text));
}

void put_number(std::int64_t number) {
    char digits[24];
    char* end = digits + sizeof digits;
    char* at = end;
    const bool negative = number < 0;
    auto left = static_cast<std::uint64_t>(negative ? -number : number);
    do *--at = static_cast<char>('0' + left % 10);
    while ((left /= 10) > 0);
    if (negative) *--at = '-';
    put(at, static_cast<std::size_t>(end - at));
}

void put_line(const char* key, const char* value) {
    put(key);
    put(" ");
    put(value);
    put("\n");
}

void put_details() {
    if (last_step >= 0) {
        put("step ");
        put_number(last_step);
        put("\n");
    }
    const unsigned seen = log_lines_seen, count = std::min<unsigned>(seen, log_lines.size());
    for (unsigned i = seen - count; i < seen; ++i) put_line("log", log_lines[i % log_lines.size()].data());
}

void on_crash(int number) {
    pid_t writer = 0;
    const bool is_first = crashing_thread.compare_exchange_strong(writer, ::gettid());
    if (!is_first && writer != ::gettid())
        for (;;) ::pause();  // the other thread writes the note, and ends the process
    // Not again if writing the note has crashed, too.
    if (is_first && descriptor >= 0) {
        for (const CrashSignal& signal : crash_signals)
            if (signal.number == number) put_line("reason", signal.name);
        if (exception_text[0] != '\0') put_line("exception", exception_text);
        put_details();
        put("calls\n");
        std::array<void*, 64> calls;
        ::backtrace_symbols_fd(calls.data(), ::backtrace(calls.data(), static_cast<int>(calls.size())),
                               descriptor);
    }
    std::signal(number, SIG_DFL);
    std::raise(number);  // ends the process when this handler returns, with a core dump if it is wanted
}

// ------------------------------------------------------------------ the rest

void copy_text(char* target, std::size_t size, std::string_view text) {
    const std::size_t length = std::min(size - 1, text.size());
    std::memcpy(target, text.data(), length);
    target[length] = '\0';
}

void on_terminate() {
    try {
        if (std::current_exception()) std::rethrow_exception(std::current_exception());
    } catch (const Error& error) {
        copy_text(exception_text, sizeof exception_text, on_one_line(one_line(error)));
    } catch (const std::exception& error) {
        copy_text(exception_text, sizeof exception_text, on_one_line(error.what()));
    } catch (...) {
        copy_text(exception_text, sizeof exception_text, "of an unknown kind");
    }
    std::abort();
}

/// A stack overflow leaves no room on the stack for a handler.
void use_own_stack() {
    static std::array<char, 64 * 1024> memory;
    stack_t stack{};
    stack.ss_sp = memory.data();
    stack.ss_size = memory.size();
    ::sigaltstack(&stack, nullptr);
}

void set_handlers() {
    std::array<void*, 1> first;
    ::backtrace(first.data(), 1);  // loads what it needs, which a handler must not do
    use_own_stack();
    for (const CrashSignal& signal : crash_signals) {
        struct sigaction before {};
        // A sanitizer or a debugger keeps its handlers.
        if (::sigaction(signal.number, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) continue;
        struct sigaction action {};
        action.sa_handler = on_crash;
        action.sa_flags = SA_ONSTACK;
        ::sigemptyset(&action.sa_mask);
        ::sigaction(signal.number, &action, nullptr);
    }
    terminate_before = std::set_terminate(on_terminate);
}

void restore_handlers() {
    for (const CrashSignal& signal : crash_signals) {
        struct sigaction now {};
        if (::sigaction(signal.number, nullptr, &now) == 0 && now.sa_handler == on_crash)
            std::signal(signal.number, SIG_DFL);
    }
    if (terminate_before != nullptr) std::set_terminate(terminate_before);
    terminate_before = nullptr;
}

}  // namespace

void begin_crash_note(const std::string& program, const std::string& about,
                      const std::filesystem::path& folder) {
    end_crash_note();
    set_handlers();
    if (folder.empty()) return;
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    const std::time_t now = std::time(nullptr);
    const std::string path =
        (folder / (local_time("%Y%m%d-%H%M%S", now) + "-" + std::to_string(::getpid()) + ".running"))
            .string();
    if (path.size() >= sizeof path_of_note) return;
    const int file =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return;
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {  // without a lock, nobody could tell that it has ended
        ::unlink(path.c_str());
        ::close(file);
        return;
    }
    copy_text(path_of_note, sizeof path_of_note, path);
    descriptor = file;
    put_line("program", on_one_line(program).c_str());
    put_line("started", local_time("%Y-%m-%d %H:%M:%S", now).c_str());
    put_line("about", on_one_line(about).c_str());
}

void end_crash_note() {
    if (const int file = descriptor.exchange(-1); file >= 0) {
        ::unlink(path_of_note);
        ::close(file);
    }
    restore_handlers();
    last_step = -1;
    log_lines_seen = 0;
}

void keep_crash_note(std::string_view reason) {
    if (descriptor < 0) return;
    put_line("reason", on_one_line(reason).c_str());
    put_details();
    ::close(descriptor.exchange(-1));
}

void note_run(const std::filesystem::path& run) {
    last_step = -1;
    if (descriptor >= 0) put_line("run", on_one_line(run.string()).c_str());
}

void note_step(std::int64_t step) {
    last_step = step;
}

void note_log_line(std::string_view line) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    copy_text(log_lines[log_lines_seen % log_lines.size()].data(), log_lines[0].size(), line);
    ++log_lines_seen;
}

}  // namespace denoise
