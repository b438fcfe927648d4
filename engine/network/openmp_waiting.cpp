#include "engine/network/openmp_waiting.h"

// Of LLVM's OpenMP runtime; the omp.h of GCC does not declare it.
extern "C" void kmp_set_blocktime(int milliseconds);

namespace denoise {

void limit_active_waiting() {
    kmp_set_blocktime(1);
}

}  // namespace denoise
