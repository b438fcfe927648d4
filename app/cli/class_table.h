#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace denoise::cli {

/// One line for each class with its number of images and a bar, and a sentence on classes with very few
/// images. Empty if there is only one class. Of more than 20 classes, only the largest and smallest.
std::vector<std::string> class_table(const std::vector<std::string>& names,
                                     const std::vector<std::int64_t>& counts);

/// [{"name", "images"}, ...]; empty if there is only one class.
nlohmann::json json_of_classes(const std::vector<std::string>& names,
                               const std::vector<std::int64_t>& counts);

}  // namespace denoise::cli
