#pragma once

// What the window and the command line need to know of datasets before one is loaded. None of it needs
// LibTorch.

#include "engine/data/catalog.h"  // IWYU pragma: export
#include "engine/data/dataset.h"  // IWYU pragma: export
