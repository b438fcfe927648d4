#pragma once

#include "engine/runs/run_config.h"

namespace denoise {

/// Whether `precision` means bfloat16 on this machine.
bool uses_bfloat16(Precision precision);

}  // namespace denoise
