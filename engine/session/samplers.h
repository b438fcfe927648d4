#pragma once

// The table of samplers, for the window and the command line. It does not need LibTorch.

#include "engine/sampling/solver.h"  // IWYU pragma: export
