#pragma once

#include <cstdint>
#include <vector>

namespace denoise {

/// The division of a dataset into images to train on and images that the model never sees. Indices into the
/// dataset, increasing.
struct DatasetSplit {
    std::vector<std::int64_t> training;
    std::vector<std::int64_t> held_out;  ///< empty: none

    bool operator==(const DatasetSplit&) const = default;
};

/// With fewer held-out images than this, their loss says little, and a small dataset needs all its images.
inline constexpr std::int64_t fewest_held_out = 8;

/// Holds out `fraction` of the images of each class at random, but never all of a class. No images are held
/// out if this would be fewer than fewest_held_out. The same arguments give the same split on all machines.
DatasetSplit split_dataset(const std::vector<std::int64_t>& labels, double fraction, std::int64_t seed);

/// `count` pairs of images to compare.
struct ComparedImages {
    std::vector<std::int64_t> training, held_out;
};
/// `count` held-out images of all classes in turn, and as many training images of the same classes. Images
/// are repeated if there are fewer. Empty if the split holds out no images.
ComparedImages images_to_compare(const DatasetSplit& split, const std::vector<std::int64_t>& labels,
                                 std::int64_t count);

}  // namespace denoise
