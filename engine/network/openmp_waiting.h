#pragma once

namespace denoise {

/// Limits how long the OpenMP threads of the calling thread wait actively for the next parallel region: long
/// enough for the pause between two operations of a network, and short enough to leave the cores to other
/// programs. Sleeping at once makes training a fifth slower, and waiting for long makes it several times
/// slower as soon as another program needs a core.
void limit_active_waiting();

}  // namespace denoise
