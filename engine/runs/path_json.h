#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace denoise {

/// Sets `key` of a JSON object to a path. Names of files need not be UTF-8, but JSON must be: if the path is
/// not, the key "<key>_escaped" has its bytes, as percent_escaped() writes them, and `key` is only readable.
void put_path(nlohmann::json& object, const std::string& key, const std::string& path);

/// The path that put_path() has stored. Throws nlohmann::json::exception.
std::string path_in(const nlohmann::json& object, const std::string& key);

}  // namespace denoise
