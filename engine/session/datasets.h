#pragma once

// Datasets, for the window and the command line. None of these headers needs LibTorch.

#include "engine/data/catalog.h"          // IWYU pragma: export
#include "engine/data/dataset.h"          // IWYU pragma: export
#include "engine/data/dataset_formats.h"  // IWYU pragma: export
