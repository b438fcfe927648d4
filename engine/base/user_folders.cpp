#include "engine/base/user_folders.h"

#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <vector>

#include "engine/base/error.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr const char* program_folder = "denoise-lab";

std::optional<fs::path> absolute_path(const char* text) {
    if (text == nullptr || *text != '/') return std::nullopt;
    return fs::path(text);
}

std::optional<fs::path> home_in_password_database() {
    std::vector<char> buffer(1024);
    passwd entry{};
    passwd* found = nullptr;
    while (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == ERANGE)
        buffer.resize(2 * buffer.size());
    return found == nullptr ? std::nullopt : absolute_path(found->pw_dir);
}

/// The folder that `variable` names, or else `fallback` in the home folder.
fs::path user_folder(const char* variable, const char* fallback) {
    if (const auto folder = absolute_path(std::getenv(variable))) return *folder / program_folder;
    auto home = absolute_path(std::getenv("HOME"));
    if (!home) home = home_in_password_database();
    if (!home)
        throw Error{"Cannot find your home folder",
                    "HOME is not set to an absolute path, and the system knows no home folder for this user",
                    std::string("Set HOME or ") + variable + " to an absolute path"};
    return *home / fallback / program_folder;
}

}  // namespace

fs::path data_folder() {
    return user_folder("XDG_DATA_HOME", ".local/share");
}

fs::path default_cache_folder() {
    return user_folder("XDG_CACHE_HOME", ".cache");
}

fs::path state_folder() {
    return user_folder("XDG_STATE_HOME", ".local/state");
}

}  // namespace denoise
