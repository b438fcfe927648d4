#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>

#include "engine/data/dataset.h"
#include "engine/data/file_tree.h"

namespace denoise {

/// The IDX file with images in a folder or archive. If there are several, it is the one with the training
/// images. It may be named like "train-images-idx3-ubyte" or "train-images.idx3-ubyte", and may be compressed
/// with gzip.
std::optional<std::filesystem::path> find_idx_images(const FileTree& tree);

/// The file with the labels for an images file, determined by its name, if it exists.
std::optional<std::filesystem::path> find_idx_labels(const std::filesystem::path& images_file);

/// Whether the content begins like an IDX file, compressed with gzip or not. Never throws.
bool is_idx_file(const std::filesystem::path& path);

/// Loads an IDX images file (the format of MNIST, with or without gzip) and the labels file in the same
/// folder. Without labels, all images are in the same class. Throws Error, and Cancelled after a stop
/// request.
Dataset load_idx(const std::filesystem::path& images_file, const LoadProgress& progress = {},
                 const std::stop_token& stop = {});

}  // namespace denoise
