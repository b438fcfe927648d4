#pragma once

#include <filesystem>

namespace denoise {

/// Whether writing to `path` would change a run: it is one of the files of a run folder, or is in one of its
/// folders. Symbolic links and all spellings of a path are resolved.
bool belongs_to_run(const std::filesystem::path& path);

/// Throws Error if belongs_to_run(), for outputs of commands, after which the run would no longer be
/// complete.
void require_outside_runs(const std::filesystem::path& path);

}  // namespace denoise
