#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "engine/data/dataset.h"

namespace denoise {

/// The files of CIFAR's binary version in `folder`, or in the folder that its archive unpacks to inside it:
/// the training images ("data_batch_1.bin" ..., "train.bin") before any others ("test_batch.bin",
/// "test.bin"). Empty when there are none. Each may be packed with gzip.
std::vector<std::filesystem::path> find_cifar_files(const std::filesystem::path& folder);

/// Whether the file is called as those of CIFAR's binary version are: "*.bin", packed with gzip or not.
bool is_cifar_name(const std::filesystem::path& path);

/// Loads files of CIFAR's binary version, one after the other: records of one label (CIFAR-10) or a coarse
/// and a fine one (CIFAR-100, whose fine labels become the classes) and 3 x 32 x 32 pixels. The classes get
/// the names in the text file beside them. Throws Error, and Cancelled after a stop.
Dataset load_cifar(const std::vector<std::filesystem::path>& files, const LoadProgress& progress = {},
                   const std::stop_token& stop = {});

}  // namespace denoise
