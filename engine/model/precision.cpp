#include "engine/model/precision.h"

namespace denoise {

bool uses_bfloat16(Precision precision) {
    if (precision != Precision::automatic) return precision == Precision::bfloat16;
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

}  // namespace denoise
