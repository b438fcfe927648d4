#pragma once

// How many images a request gives, for the command line. It does not need LibTorch.

#include "engine/jobs/sample_count.h"  // IWYU pragma: export
