#pragma once

#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace denoise {

class FileTree;

/// A file format of datasets. Pictures in a folder, and the built-in dataset, have none.
struct DatasetFormat {
    const char* title;        ///< "IDX"
    const char* description;  ///< "the IDX format of MNIST"
    const char* patterns;     ///< of its file names, for file dialogs: "*.idx *.idx.gz"
    /// The files of the dataset in a folder or an archive; empty: there are none.
    std::vector<std::filesystem::path> (*find)(const FileTree& tree);
    /// Whether this is a file of the format. Never throws.
    bool (*recognises)(const std::filesystem::path& file);
    Dataset (*load)(const std::vector<std::filesystem::path>& files, const DatasetConfig& config,
                    const LoadProgress& progress, const std::stop_token& stop);
};

/// In the order in which they are tried.
std::span<const DatasetFormat> dataset_formats();

/// Loads the files of the first format that finds some in a folder or archive, or else the pictures in it.
Dataset load_tree(const FileTree& tree, const DatasetConfig& config, const LoadProgress& progress,
                  const std::stop_token& stop);

/// One of the texts of all formats as a list: "IDX or CIFAR".
std::string list_of_formats(const char* DatasetFormat::*text, const char* between = ", ",
                            const char* before_last = " or ");

}  // namespace denoise
