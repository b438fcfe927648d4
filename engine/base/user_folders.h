#pragma once

#include <filesystem>

namespace denoise {

// This program's folders in the user's home, by the XDG Base Directory Specification. Relative paths in the
// environment variables are ignored, as the specification demands. All functions throw Error when neither
// the variables nor HOME nor the password database name a folder. They do not create the folders.

/// Data to keep, such as runs: $XDG_DATA_HOME/denoise-lab, by default ~/.local/share/denoise-lab.
std::filesystem::path data_folder();

/// Data that can be computed again: $XDG_CACHE_HOME/denoise-lab, by default ~/.cache/denoise-lab.
std::filesystem::path default_cache_folder();

/// What the program has done, such as its log: $XDG_STATE_HOME/denoise-lab, by default
/// ~/.local/state/denoise-lab.
std::filesystem::path state_folder();

}  // namespace denoise
