#pragma once

#include <string>
#include <vector>

namespace denoise {

/// A kind of dataset that a person can choose, as a card or a line of a list shows it.
struct CatalogEntry {
    std::string name;       ///< short and fixed, for scripts: "glyphs"
    std::string title;      ///< "Glyphs"
    std::string sentence;   ///< what is in it
    std::string how;        ///< how to get and name it
    bool built_in = false;  ///< `name` itself is a value of the setting `dataset`
};

/// The built-in set first.
const std::vector<CatalogEntry>& dataset_catalog();

}  // namespace denoise
