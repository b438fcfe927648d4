#pragma once

namespace denoise {

/// Makes OpenMP's threads sleep soon when they have nothing to do instead of spinning for milliseconds. With
/// a core taken by another program the default brings training almost to a stop. The runtime reads this from
/// the environment before main() begins, so the program starts itself again once; it returns where it need
/// not (the person has set OMP_WAIT_POLICY or GOMP_SPINCOUNT) or cannot. To be called first in main().
void restart_with_short_waits(char** argv);

}  // namespace denoise
