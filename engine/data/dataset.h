#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/cancelled.h"
#include "engine/base/picture.h"
#include "engine/base/setting.h"

namespace denoise {

/// Which images to learn from and what to make of them.
struct DatasetConfig {
    std::string dataset = "glyphs";  ///< "glyphs", an IDX or CIFAR file, a folder with such, an image folder
    std::int64_t image_limit = 0;    ///< at most so many images, spread over the set; 0: all (glyphs: 20,000)
    int image_size = 0;  ///< side of the square that folder images are resized to; 0: chosen from the set
    enum class Colour { automatic, grey, rgb } colour = Colour::automatic;

    bool operator==(const DatasetConfig&) const = default;
};

const SettingsTable<DatasetConfig>& dataset_settings();

/// A file that could not be used, and why.
struct SkippedFile {
    std::filesystem::path path;
    std::string why;
};

/// A set of images, resident in memory: `images` [N,C,H,W] with one label each (all 0 when there are no
/// classes).
struct Dataset {
    std::string name;  ///< what a person calls it: "MNIST", "Glyphs", the folder's name
    ImageBatch images;
    std::vector<std::int64_t> labels;      ///< N values in [0, class_names.size())
    std::vector<std::string> class_names;  ///< at least one
    std::vector<SkippedFile> skipped;
    std::string fingerprint;  ///< 16 hex digits over shape, pixels and labels
};

/// Called from the loading thread now and then; `total` is 0 while it is unknown.
using LoadProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Loads what `config` names. Throws Error for what cannot be used, and Cancelled after a stop was requested.
Dataset load_dataset(const DatasetConfig& config, const LoadProgress& progress = {},
                     std::stop_token stop = {});

/// The images at `indices`.
ImageBatch images_at(const ImageBatch& batch, const std::vector<std::int64_t>& indices);

/// Some of a dataset's images with their labels.
struct Chosen {
    ImageBatch images;
    std::vector<std::int64_t> labels;
};

/// `count` images spread evenly over the classes and over the set.
Chosen spread_over(const Dataset& dataset, std::int64_t count);

/// The same for cards and previews, where nobody asks for the labels.
inline ImageBatch thumbnails_of(const Dataset& dataset, int count) {
    return spread_over(dataset, count).images;
}

}  // namespace denoise
