#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/left_out.h"
#include "engine/formats/fitted_picture.h"

namespace denoise {

/// The setting `background`: "#rrggbb", white, black or grey. Throws Error.
Rgb background_of(const DatasetConfig& config);
PictureFit fit_of(const DatasetConfig& config);

/// Images before any is left out, without their pixels.
struct NamedImages {
    std::int64_t count = 0;
    std::function<std::string(std::int64_t)> name;  ///< as in Dataset::names, or a number
    std::function<std::size_t(std::int64_t)> label;
    const std::vector<std::string>& class_names;
};

/// The indices of the images that exclude_classes and exclude_images leave. What is left out is added to
/// `left_out`. Throws Error if it is all of them.
std::vector<std::int64_t> not_excluded(const NamedImages& images, const DatasetConfig& config,
                                       LeftOut& left_out);

/// The name of image `index` in lists and messages: that of its file, or else its number.
std::string image_name(const Dataset& dataset, std::int64_t index);

/// Leaves only the images at `indices`, with their labels, names and numbers.
void keep_only(Dataset& dataset, const std::vector<std::int64_t>& indices);

/// Applies exclude_classes and exclude_images to a dataset whose images have only numbers.
void exclude(Dataset& dataset, const DatasetConfig& config);

/// Applies the setting `duplicates`.
void leave_out_duplicates(Dataset& dataset, DatasetConfig::Duplicates kind, const LoadProgress& progress,
                          const std::stop_token& stop);

}  // namespace denoise
