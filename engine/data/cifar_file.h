#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/file_tree.h"

namespace denoise {

/// The files of CIFAR's binary version in a folder or archive, or in the subfolder of its archive. They are
/// the training images ("data_batch_1.bin" ... or "train.bin"), or the test images ("test_batch.bin" or
/// "test.bin") if there are no training images. Each file may be compressed with gzip.
std::vector<std::filesystem::path> find_cifar_files(const FileTree& tree);

/// Whether the file has a name like those of CIFAR's binary version, "*.bin" or "*.bin.gz".
bool is_cifar_name(const std::filesystem::path& path);

/// Loads files of CIFAR's binary version as one dataset. Each record consists of a label (CIFAR-10), or of a
/// coarse and a fine label (CIFAR-100, where the fine labels are the classes), and of 3 x 32 x 32 pixels. The
/// names of the classes come from the text file in the same folder. Throws Error, and Cancelled after a stop
/// request.
Dataset load_cifar(const std::vector<std::filesystem::path>& files, const LoadProgress& progress = {},
                   const std::stop_token& stop = {});

}  // namespace denoise
