#pragma once

// How a dataset is prepared, for the window and the command line. None of these headers needs LibTorch.

#include "engine/data/class_balance.h"        // IWYU pragma: export
#include "engine/data/flip_advice.h"          // IWYU pragma: export
#include "engine/data/left_out.h"             // IWYU pragma: export
#include "engine/data/name_list.h"            // IWYU pragma: export
#include "engine/data/preparation_preview.h"  // IWYU pragma: export
