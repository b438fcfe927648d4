#pragma once

// Pictures for the window: reading, writing and noising them. None of it needs LibTorch.

#include "engine/base/picture.h"              // IWYU pragma: export
#include "engine/diffusion/noised_picture.h"  // IWYU pragma: export
#include "engine/formats/animation_file.h"    // IWYU pragma: export
#include "engine/formats/image_file.h"        // IWYU pragma: export
#include "engine/formats/npy_file.h"          // IWYU pragma: export
