#include "engine/base/memory.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// The number in the first line of a file; nothing if there is none, such as "max".
std::optional<std::int64_t> number_in(const fs::path& path) {
    std::ifstream file(path);
    std::int64_t number = 0;
    if (file >> number) return number;
    return {};
}

/// The number after `name` at the beginning of a line.
std::optional<std::int64_t> number_after(const std::string& name, const fs::path& path) {
    std::ifstream file(path);
    std::int64_t number = 0;
    for (std::string word; file >> word; file.ignore(1000, '\n'))
        if (word == name && file >> number) return number;
    return {};
}

std::optional<std::int64_t> allowed_by_group(const fs::path& folder) {
    const auto limit = number_in(folder / "memory.max"), used = number_in(folder / "memory.current");
    if (!limit || !used) return {};
    std::int64_t free = *limit - *used;
    for (const char* cache : {"inactive_file", "active_file", "slab_reclaimable"})
        free += number_after(cache, folder / "memory.stat").value_or(0);
    return std::max<std::int64_t>(free, 0);
}

std::optional<std::int64_t> smaller(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
    return a && b ? std::min(*a, *b) : a ? a : b;
}

/// The path of the process's control group (version 2); empty: none.
std::string control_group() {
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("0::")) return line.substr(3);
    return {};
}

}  // namespace

std::int64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::int64_t total = 0, resident = 0;
    statm >> total >> resident;
    return statm ? resident * ::sysconf(_SC_PAGESIZE) : 0;
}

std::optional<std::int64_t> allowed_by_groups(const fs::path& root, const std::string& group) {
    std::optional<std::int64_t> allowed = allowed_by_group(root);
    fs::path folder = root;
    for (const fs::path& part : fs::path(group).relative_path())
        allowed = smaller(allowed, allowed_by_group(folder /= part));
    return allowed;
}

std::optional<std::int64_t> available_bytes() {
    std::optional<std::int64_t> system = number_after("MemAvailable:", "/proc/meminfo");
    if (system) *system *= 1024;
    return smaller(system, allowed_by_groups("/sys/fs/cgroup", control_group()));
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
