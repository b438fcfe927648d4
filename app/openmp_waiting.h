#pragma once

namespace denoise {

/// Makes idle OpenMP threads sleep soon instead of spinning for milliseconds; with the default, training
/// almost stops when another program takes a core. OpenMP reads the setting from the environment before
/// main() begins, so that the program is restarted once. Does nothing if OMP_WAIT_POLICY or GOMP_SPINCOUNT is
/// set. Must be called first in main().
void restart_with_short_waits(char** argv);

}  // namespace denoise
