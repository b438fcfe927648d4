#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/picture.h"

namespace denoise {

/// What the settings of a dataset leave out. Images have the names in Dataset::names, or else numbers.
struct LeftOut {
    struct Class {
        std::string name;
        std::int64_t images = 0;
    };
    struct Duplicate {
        std::string image;
        std::string kept;          ///< the image that stays
        bool is_mirrored = false;  ///< `image` is like the mirror image of it
    };

    std::vector<Class> classes;          ///< by exclude_classes
    std::vector<std::string> images;     ///< by exclude_images
    std::vector<Duplicate> duplicates;   ///< by duplicates
    ImageBatch pairs;                    ///< of the first duplicates: the image, then the one that stays
    std::vector<std::string> not_found;  ///< names in exclude_classes and exclude_images that do not occur

    bool empty() const {
        return classes.empty() && images.empty() && duplicates.empty() && not_found.empty();
    }
    std::int64_t total() const;
};

/// What is left out, in sentences without full stops: "The class cat with 120 images is left out".
std::vector<std::string> describe(const LeftOut& left_out);

/// "a.png is like b.png", or "a.png is like b.png, mirrored".
std::string describe(const LeftOut::Duplicate& duplicate);

}  // namespace denoise
