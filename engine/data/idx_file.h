#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>

#include "engine/data/dataset.h"

namespace denoise {

/// The IDX images file in `folder` that a person means: the training images before any others. Both
/// "train-images-idx3-ubyte" and "train-images.idx3-ubyte" are known, packed with gzip or not.
std::optional<std::filesystem::path> find_idx_images(const std::filesystem::path& folder);

/// The labels file that belongs to an images file by name, if it is there.
std::optional<std::filesystem::path> find_idx_labels(const std::filesystem::path& images_file);

/// Whether the content begins like an IDX file, packed with gzip or not. Never throws.
bool is_idx_file(const std::filesystem::path& path);

/// Loads an IDX images file (MNIST's format, with or without gzip) and the labels file beside it. Without
/// one, all images are of one class. Throws Error, and Cancelled after a stop.
Dataset load_idx(const std::filesystem::path& images_file, const LoadProgress& progress = {},
                 const std::stop_token& stop = {});

}  // namespace denoise
