#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace denoise::test {

/// What a program left when it ended.
struct ProgramResult {
    int exit_code = -1;   ///< 128 + n when signal n ended it
    bool killed = false;  ///< ended by a signal, not by itself
    std::string out, err;
};

/// The command line program, running in the background. It is killed when it still runs at the end.
class RunningProgram {
  public:
    explicit RunningProgram(const std::vector<std::string>& arguments);
    /// Another program, such as one that starts it.
    RunningProgram(const std::string& program, const std::vector<std::string>& arguments);
    ~RunningProgram();
    RunningProgram(const RunningProgram&) = delete;
    RunningProgram& operator=(const RunningProgram&) = delete;

    /// Waits until `condition` holds. False when the program ends before that, or takes minutes.
    bool wait_until(const std::function<bool()>& condition);
    /// Waits until `text` is part of its output.
    bool wait_for_output(const std::string& text);
    bool wait_for_errors(const std::string& text);
    /// Waits until it has a handler for the signal.
    bool wait_until_it_catches(int signal);
    bool catches(int signal) const;
    /// Whether it has been sent the signal and has not handled it yet.
    bool has_pending(int signal) const;

    void send(int signal) const;
    pid_t process() const { return process_; }
    /// Waits for its end; kills it after minutes.
    ProgramResult wait();

  private:
    bool ended();
    /// Whether the signal is in a set of /proc/PID/status.
    bool is_in(const char* set, int signal) const;

    TemporaryFolder folder_;  ///< with its output
    pid_t process_ = -1;
    std::optional<int> status_;
};

/// Runs the command line program with `arguments` and waits for it.
ProgramResult cli(const std::vector<std::string>& arguments);

}  // namespace denoise::test
