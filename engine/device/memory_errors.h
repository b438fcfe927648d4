#pragma once

#include <c10/util/Exception.h>

namespace denoise {

/// Whether LibTorch threw `error` because memory ran out, and where.
enum class MemoryError { none, processor, graphics_card };
MemoryError memory_error(const c10::Error& error);

/// Gives back the memory of graphics cards that LibTorch keeps for later tensors, so that other programs, and
/// tensors of other sizes, can use it.
void release_kept_memory();

}  // namespace denoise
