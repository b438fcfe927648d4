#pragma once

namespace denoise {

/// Whether the environment of this process is that of a launcher of MPI programs.
bool was_launched();

/// The number of processes that the launcher has started, as far as its environment tells it; at least 1.
int launched_processes();

}  // namespace denoise
