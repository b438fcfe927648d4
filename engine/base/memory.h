#pragma once

#include <cstdint>
#include <string>

namespace denoise {

/// Resident memory of this process in bytes; 0: unknown.
std::int64_t resident_bytes();

/// The memory in bytes that this process can still allocate without swapping: what the system has available,
/// and what the limit of its control group allows. 0: unknown.
std::int64_t available_bytes();

/// For example "850 MB" or "2.4 GB".
std::string memory_text(std::int64_t bytes);

}  // namespace denoise
