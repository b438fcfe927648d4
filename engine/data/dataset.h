#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/cancelled.h"
#include "engine/base/enum_names.h"
#include "engine/base/picture.h"
#include "engine/base/setting.h"

namespace denoise {

/// Which images to use and how to convert them.
struct DatasetConfig {
    enum class Colour { automatic, grey, rgb };
    enum class Fit { crop, pad, stretch };
    enum class Duplicates { keep, identical, similar, mirrored };

    std::string dataset = "glyphs";  ///< "glyphs", or the path of a file, folder or archive
    std::int64_t image_limit = 0;    ///< maximum number of images; 0: all (glyphs: 20,000)
    int image_size = 0;              ///< width and height of pictures; 0: chosen automatically
    Colour colour = Colour::automatic;
    Fit fit = Fit::crop;
    std::string background = "#ffffff";  ///< behind transparent pixels, and of the bars of Fit::pad
    std::string exclude_classes = {};    ///< a list of names, see engine/data/name_list.h
    std::string exclude_images = {};     ///< the same, of the names in Dataset::names, or of numbers
    Duplicates duplicates = Duplicates::keep;

    bool operator==(const DatasetConfig&) const = default;
};
template <>
inline constexpr std::array names_of<DatasetConfig::Colour> = {
    NamedValue{DatasetConfig::Colour::automatic, "automatic", "Automatic",
               "grey if all images are grey, otherwise RGB"},
    NamedValue{DatasetConfig::Colour::grey, "grey", "Grey", "one channel; colours are converted to grey"},
    NamedValue{DatasetConfig::Colour::rgb, "rgb", "RGB", "three channels, also for grey images"},
};

template <>
inline constexpr std::array names_of<DatasetConfig::Fit> = {
    NamedValue{DatasetConfig::Fit::crop, "crop", "Crop", "scaled to fill the image and cut at its edges"},
    NamedValue{DatasetConfig::Fit::pad, "pad", "Pad",
               "scaled to fit into the image, with bars of the background"},
    NamedValue{DatasetConfig::Fit::stretch, "stretch", "Stretch",
               "scaled to the width and height of the image, which changes its proportions"},
};
template <>
inline constexpr std::array names_of<DatasetConfig::Duplicates> = {
    NamedValue{DatasetConfig::Duplicates::keep, "keep", "Keep", "all images are used"},
    NamedValue{DatasetConfig::Duplicates::identical, "identical", "Leave out identical images",
               "of images with the same pixels, only the first is used"},
    NamedValue{DatasetConfig::Duplicates::similar, "similar", "Leave out similar images",
               "of images that look the same when they are small, only the first is used"},
    NamedValue{DatasetConfig::Duplicates::mirrored, "mirrored", "Leave out similar and mirrored images",
               "also of images that look the same after one of them is mirrored; for photos, and not for "
               "letters and digits, some of which are mirror images of others"},
};

const SettingsTable<DatasetConfig>& dataset_settings();

/// A file that was not used, and the reason.
struct SkippedFile {
    std::filesystem::path path;
    std::string why;
};

struct LeftOut;  // engine/data/left_out.h

/// A set of images in memory, [N,C,H,W], with one label for each. All labels are 0 if there are no classes.
struct Dataset {
    std::string name;  ///< for users: "MNIST", "Glyphs" or the name of the folder
    ImageBatch images;
    std::vector<std::int64_t> labels;      ///< N values in [0, class_names.size())
    std::vector<std::string> class_names;  ///< at least one
    std::vector<SkippedFile> skipped;
    std::vector<std::string> notes;  ///< on what was chosen or left out as a whole, as sentences
    std::string fingerprint;         ///< hash of shape, pixels and labels, 16 hexadecimal digits
    /// N names of the files, relative to the folder or archive. Empty: the images have only numbers.
    std::vector<std::string> names = {};
    std::vector<std::int64_t> numbers = {};             ///< N numbers in the source from 0; empty: 0 .. N-1
    std::shared_ptr<const LeftOut> left_out = nullptr;  ///< by the settings; null: none
};

/// Called repeatedly by the thread that loads the dataset. `total` is 0 while it is unknown.
using LoadProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Loads the dataset. Throws Error if that is not possible, and Cancelled after a stop request.
Dataset load_dataset(const DatasetConfig& config, const LoadProgress& progress = {},
                     std::stop_token stop = {});

/// The images at `indices`.
ImageBatch images_at(const ImageBatch& batch, const std::vector<std::int64_t>& indices);

/// A selection of the images of a dataset, with their labels.
struct Chosen {
    ImageBatch images;
    std::vector<std::int64_t> labels;
};

/// `count` images, distributed evenly over the classes and over the dataset.
Chosen spread_over(const Dataset& dataset, std::int64_t count);

/// The images of spread_over(), without labels.
inline ImageBatch thumbnails_of(const Dataset& dataset, int count) {
    return spread_over(dataset, count).images;
}

}  // namespace denoise
