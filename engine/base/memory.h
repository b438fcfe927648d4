#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace denoise {

/// Resident memory of this process in bytes; 0: unknown.
std::int64_t resident_bytes();

/// The memory in bytes that this process can still allocate without swapping: what the system has available,
/// and what the limits of its control groups allow. Nothing: unknown.
std::optional<std::int64_t> available_bytes();

/// The memory that control groups (version 2) still allow, at least 0: the smallest value of the group at the
/// path `group`, such as "/user.slice", and of those that contain it, in the file system `root`. Caches that
/// the system can drop count as free. Nothing: there is no limit.
std::optional<std::int64_t> allowed_by_groups(const std::filesystem::path& root, const std::string& group);

/// For example "850 MB" or "2.4 GB".
std::string memory_text(std::int64_t bytes);

}  // namespace denoise
