#include "engine/base/memory.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>

namespace denoise {
namespace {

/// The number in the first line of a file; nothing if there is none, such as "max".
std::optional<std::int64_t> number_in(const std::string& path) {
    std::ifstream file(path);
    std::int64_t number = 0;
    if (file >> number) return number;
    return {};
}

std::int64_t available_in_system() {
    std::ifstream file("/proc/meminfo");
    for (std::string name; file >> name;) {
        std::int64_t kilobytes = 0;
        if (name == "MemAvailable:" && file >> kilobytes) return kilobytes * 1024;
        file.ignore(1000, '\n');
    }
    return 0;
}

/// The path of the process's control group (version 2) in /sys/fs/cgroup.
std::string control_group() {
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("0::")) return "/sys/fs/cgroup" + line.substr(3);
    return "/sys/fs/cgroup";
}

}  // namespace

std::int64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::int64_t total = 0, resident = 0;
    statm >> total >> resident;
    return statm ? resident * ::sysconf(_SC_PAGESIZE) : 0;
}

std::int64_t available_bytes() {
    std::int64_t available = available_in_system();
    const std::string group = control_group();
    const auto limit = number_in(group + "/memory.max"), used = number_in(group + "/memory.current");
    if (limit && used) available = std::min(available, std::max<std::int64_t>(*limit - *used, 0));
    return available;
}

std::string memory_text(std::int64_t bytes) {
    const double megabytes = static_cast<double>(bytes) / 1e6;
    char text[32];
    if (megabytes < 999.5)
        std::snprintf(text, sizeof text, "%.0f MB", megabytes);
    else
        std::snprintf(text, sizeof text, "%.1f GB", megabytes / 1e3);
    return text;
}

}  // namespace denoise
