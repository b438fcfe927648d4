#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace denoise::style {

/// One #include line of our code.
struct Include {
    std::string file;  ///< the including file, relative to the root: "ui/train/train_page.cpp"
    int line = 0;
    std::string target;   ///< as written between the quotes or angle brackets
    bool quoted = false;  ///< "..." rather than <...>
};

/// The includes of one file's text, in order. What stands in comments does not count.
std::vector<Include> includes_of(const std::string& file, std::string_view text);

/// The includes of all .h and .cpp files under engine/, ui/ and app/ of a source tree, and the files' paths.
struct SourceTree {
    std::vector<std::string> files;
    std::vector<Include> includes;
};
SourceTree read_source_tree(const std::filesystem::path& root);

/// Each include that points in a forbidden direction, as "file:line: includes X: rule".
std::vector<std::string> forbidden_includes(const std::vector<Include>& includes);

/// Each quoted include of ours that names no file of the tree: paths are relative to the root.
std::vector<std::string> unknown_includes(const SourceTree& tree);

/// The first circle among folders, one line for each of its steps with the include that makes it; empty when
/// there is none. The files right in ui/ and app/ stand each for themselves: the window there knows the
/// pages, and the pages know the interface there.
std::vector<std::string> circle_among_folders(const std::vector<Include>& includes);

}  // namespace denoise::style
