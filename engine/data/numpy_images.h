#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/file_tree.h"
#include "engine/formats/fitted_picture.h"

namespace denoise {

/// The arrays in a folder or archive (a .npz file is a zip archive of .npy files) if one of them may contain
/// images.
std::vector<std::filesystem::path> find_numpy_arrays(const FileTree& tree);

/// Whether the content begins like a .npy file, compressed with gzip or not. Never throws.
bool is_npy_file(const std::filesystem::path& path);

/// Loads images from an array of uint8 with the shape [N,H,W], [N,H,W,C] or [N,C,H,W], where C is 1, 3 or 4
/// (with transparency, drawn on `background`). Of several arrays, it is the one called "x_train",
/// "train_images", "images", "x", "data" or "arr_0", and arrays with "test" or "val" in their names are left
/// out. The labels are whole numbers [N] or [N,1] in the array "y_train", "train_labels", "labels", "y",
/// "targets" or "arr_1". Throws Error, also if it is ambiguous which array or axis is meant, and Cancelled
/// after a stop request.
Dataset load_numpy(const std::vector<std::filesystem::path>& files, const LoadProgress& progress = {},
                   const std::stop_token& stop = {}, Rgb background = {});

}  // namespace denoise
