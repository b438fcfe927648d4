#pragma once

#include <string>

namespace denoise::cli {

/// The path of the dataset of --dataset: of the name of a downloaded set ("mnist") its path, otherwise `text`
/// itself. Throws Error for a set that was not downloaded. A path that exists comes before a name.
std::string dataset_path(const std::string& text);

}  // namespace denoise::cli
