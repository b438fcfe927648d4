#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace denoise::style {

/// An #include line of this project.
struct Include {
    std::string file;  ///< the including file, relative to the root: "ui/pages/train/train_page.cpp"
    int line = 0;
    std::string target;   ///< as written between the quotes or angle brackets
    bool quoted = false;  ///< "..." rather than <...>
};

/// The includes of one file's text, in order. Comments are ignored.
std::vector<Include> includes_of(const std::string& file, std::string_view text);

/// The includes of all .h and .cpp files under engine/, ui/ and app/ of a source tree, and the files' paths.
struct SourceTree {
    std::vector<std::string> files;
    std::vector<Include> includes;
};
SourceTree read_source_tree(const std::filesystem::path& root);

/// The includes that break a rule, as "file:line: includes X: rule".
std::vector<std::string> forbidden_includes(const std::vector<Include>& includes);

/// The quoted includes that are not a path of a file in the tree, relative to the root.
std::vector<std::string> unknown_includes(const SourceTree& tree);

/// The first cycle of includes between folders, with a line for each of its includes; empty: none. Files
/// directly in ui/ and app/ count as folders of their own, because the window there includes the pages, and
/// the pages include the interface there.
std::vector<std::string> circle_among_folders(const std::vector<Include>& includes);

}  // namespace denoise::style
