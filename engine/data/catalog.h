#pragma once

#include <string>
#include <vector>

namespace denoise {

/// A dataset, or a kind of dataset, to choose from.
struct CatalogEntry {
    std::string name;       ///< short name for scripts: "glyphs"
    std::string title;      ///< "Glyphs"
    std::string sentence;   ///< what it contains
    std::string how;        ///< how to install and select it
    bool built_in = false;  ///< `name` is a valid value of the setting `dataset`
};

/// The first entry is the built-in dataset.
const std::vector<CatalogEntry>& dataset_catalog();

}  // namespace denoise
