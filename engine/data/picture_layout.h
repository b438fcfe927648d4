#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/data/file_tree.h"

namespace denoise {

/// The pictures to load, and their classes.
struct PictureLayout {
    std::vector<TreeFile> files;
    std::vector<std::size_t> labels;  ///< for each file, an index of class_names
    std::vector<std::string> class_names;
    std::vector<SkippedFile> left_out;
    std::vector<std::string> notes;
};

/// Finds the pictures in a folder or archive and their classes:
///
/// A folder around all pictures is passed over. If there is train/ beside val/, valid/ or test/, only train/
/// is used.
///
/// The classes come from dataset.json (see parse_dataset_json) or a table (see parse_label_table) in the
/// folder of the pictures or of train/. Pictures that it does not name are left out. Otherwise, the
/// subfolders of the first level are the classes. Pictures outside of subfolders are in a class with the name
/// of the folder.
///
/// Throws Error if there are no pictures that can be read or if the classes are ambiguous, and Cancelled.
PictureLayout lay_out_pictures(const FileTree& tree, const LoadProgress& progress,
                               const std::stop_token& stop);

}  // namespace denoise
