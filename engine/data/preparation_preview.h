#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/flip_advice.h"

namespace denoise {

/// An image of a dataset, and the picture from which it was made.
struct PreparedExample {
    std::string name;        ///< as in Dataset::names, or a number
    std::string class_name;  ///< empty if there is only one class
    Picture before;          ///< reduced to at most preview_side
    Picture after;
    int width = 0, height = 0;  ///< of the picture in its file
};
inline constexpr int preview_side = 256;

/// What a preparation gives.
struct PreparationPreview {
    DatasetConfig config;
    std::vector<PreparedExample> examples;
    bool complete = false;  ///< all images were read; otherwise only the examples
    // If complete:
    std::string name;
    std::int64_t count = 0;
    std::vector<std::string> class_names;
    std::vector<std::int64_t> class_counts;
    std::vector<SkippedFile> skipped;
    std::vector<std::string> notes;  ///< Dataset::notes
    std::shared_ptr<const LeftOut> left_out = nullptr;
    FlipAdvice flip;
    std::string fingerprint;
};

/// The first examples of a dataset, without reading all of its pictures. If the size or the colours are
/// automatic, they depend only on the examples. Throws Error, and Cancelled.
PreparationPreview preview_examples(const DatasetConfig& config, int count, const LoadProgress& progress = {},
                                    const std::stop_token& stop = {});

/// Reads the whole dataset. Throws Error, and Cancelled.
PreparationPreview preview_preparation(const DatasetConfig& config, int count,
                                       const LoadProgress& progress = {}, const std::stop_token& stop = {});

}  // namespace denoise
