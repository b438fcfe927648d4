#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace denoise::test {

/// What a program left when it ended.
struct Outcome {
    int exit_code = -1;  ///< 128 + n when signal n ended it
    std::string out, err;
};

/// Runs the command line program with `arguments` and waits for it.
Outcome cli(const std::vector<std::string>& arguments);

/// Starts it in the background, its output thrown away. wait_for() gives its exit code as in Outcome.
pid_t start_cli(const std::vector<std::string>& arguments);
int wait_for(pid_t process);

}  // namespace denoise::test
