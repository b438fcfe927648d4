#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace denoise {

/// The number of images of each class.
std::vector<std::int64_t> class_counts(const Dataset& dataset);

/// A sentence without a full stop on the classes from which a model can hardly learn: those with fewer than
/// fewest_images_of_class images, or less than a tenth of the average. Empty if there are no such classes, or
/// only one class.
inline constexpr std::int64_t fewest_images_of_class = 10;
std::string describe_small_classes(const std::vector<std::string>& names,
                                   const std::vector<std::int64_t>& counts);

/// Whether the class with `count` images is one of these.
bool is_small_class(std::int64_t count, const std::vector<std::int64_t>& counts);

}  // namespace denoise
