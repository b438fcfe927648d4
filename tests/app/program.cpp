#include "tests/app/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

namespace denoise::test {
namespace {

using Clock = std::chrono::steady_clock;

/// Far more than anything takes, so that a program that hangs fails its test before CTest's limit.
constexpr std::chrono::seconds longest_wait{200};

pid_t start(const std::string& program, const std::vector<std::string>& arguments, const std::string& out,
            const std::string& err) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    for (const int number : {SIGINT, SIGTERM}) std::signal(number, SIG_DFL);  // a shell's & ignores SIGINT
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
}

}  // namespace

RunningProgram::RunningProgram(const std::vector<std::string>& arguments)
    : RunningProgram(DENOISE_LAB_CLI, arguments) {}

RunningProgram::RunningProgram(const std::string& program, const std::vector<std::string>& arguments)
    : process_(start(program, arguments, folder_ / "out", folder_ / "err")) {}

RunningProgram::~RunningProgram() {
    if (ended()) return;
    send(SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

bool RunningProgram::ended() {
    int status = 0;
    if (!status_ && ::waitpid(process_, &status, WNOHANG) == process_) status_ = status;
    return status_.has_value();
}

bool RunningProgram::wait_until(const std::function<bool()>& condition) {
    const Clock::time_point latest = Clock::now() + longest_wait;
    while (!condition()) {
        if (ended() || Clock::now() > latest) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

bool RunningProgram::wait_for_output(const std::string& text) {
    return wait_until([&] { return read_bytes(folder_ / "out").find(text) != std::string::npos; });
}

bool RunningProgram::wait_for_errors(const std::string& text) {
    return wait_until([&] { return read_bytes(folder_ / "err").find(text) != std::string::npos; });
}

bool RunningProgram::wait_until_it_catches(int signal) {
    return wait_until([&] { return catches(signal); });
}

bool RunningProgram::catches(int signal) const {
    return is_in("SigCgt:", signal);
}

bool RunningProgram::has_pending(int signal) const {
    return is_in("ShdPnd:", signal) || is_in("SigPnd:", signal);
}

bool RunningProgram::is_in(const char* set, int signal) const {
    std::ifstream status("/proc/" + std::to_string(process_) + "/status");
    std::string key;
    while (status >> key && key != set) {
    }
    unsigned long long mask = 0;
    status >> std::hex >> mask;
    return (mask >> (signal - 1) & 1) != 0;
}

void RunningProgram::send(int signal) const {
    ::kill(process_, signal);
}

ProgramResult RunningProgram::wait() {
    if (wait_until([&] { return ended(); }); !ended()) {
        send(SIGKILL);
        wait_until([&] { return ended(); });
    }
    const int status = status_.value();
    return {WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), WIFSIGNALED(status),
            read_bytes(folder_ / "out"), read_bytes(folder_ / "err")};
}

ProgramResult cli(const std::vector<std::string>& arguments) {
    return RunningProgram(arguments).wait();
}

}  // namespace denoise::test
