#include "tests/app/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/base/helpers.h"

namespace denoise::test {
namespace {

pid_t start(const std::vector<std::string>& arguments, const std::string& out, const std::string& err) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    std::vector<char*> argv{const_cast<char*>(DENOISE_LAB_CLI)};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execv(DENOISE_LAB_CLI, argv.data());
    ::_exit(127);
}

}  // namespace

int wait_for(pid_t process) {
    int status = 0;
    ::waitpid(process, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

pid_t start_cli(const std::vector<std::string>& arguments) {
    return start(arguments, "/dev/null", "/dev/null");
}

Outcome cli(const std::vector<std::string>& arguments) {
    const TemporaryFolder folder;
    const int code = wait_for(start(arguments, folder / "out", folder / "err"));
    return {code, read_bytes(folder / "out"), read_bytes(folder / "err")};
}

}  // namespace denoise::test
