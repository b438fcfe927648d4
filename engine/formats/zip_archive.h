#pragma once

#include <map>
#include <string>
#include <string_view>

namespace denoise {

/// Whether `bytes` start like a zip archive with something in it.
bool is_zip(std::string_view bytes);

/// The entries of a zip archive whose bytes are stored and not compressed, as torch.save() writes them: name
/// -> bytes, which are parts of `bytes`. Entries may need zip64. Throws ZipError.
std::map<std::string, std::string_view> zip_entries(std::string_view bytes);

/// What a zip archive may be wrong with: text for an Error's cause.
struct ZipError {
    std::string cause;
};

}  // namespace denoise
