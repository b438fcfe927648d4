#pragma once

#include <cstdint>
#include <vector>

#include "engine/data/dataset.h"

namespace denoise {

/// The indices of the images of each class, increasing.
std::vector<std::vector<std::int64_t>> class_members(const Dataset& dataset);

/// The indices of `count` images, distributed evenly over the classes and over the dataset, the first of each
/// class first.
std::vector<std::int64_t> spread_over_classes(const Dataset& dataset, std::int64_t count);

}  // namespace denoise
