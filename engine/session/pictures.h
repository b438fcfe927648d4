#pragma once

// Reading, writing and noising pictures, for the window. None of these headers needs LibTorch.

#include "engine/base/picture.h"             // IWYU pragma: export
#include "engine/formats/animation_file.h"   // IWYU pragma: export
#include "engine/formats/image_file.h"       // IWYU pragma: export
#include "engine/formats/npy_file.h"         // IWYU pragma: export
#include "engine/schedule/noised_picture.h"  // IWYU pragma: export
