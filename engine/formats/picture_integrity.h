#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/base/enum_names.h"

namespace denoise {

enum class PictureFormat { png, jpeg, bmp, gif, webp };
/// The names that Qt uses.
template <>
inline constexpr std::array names_of<PictureFormat> = {
    NamedValue{PictureFormat::png, "png"},   NamedValue{PictureFormat::jpeg, "jpeg"},
    NamedValue{PictureFormat::bmp, "bmp"},   NamedValue{PictureFormat::gif, "gif"},
    NamedValue{PictureFormat::webp, "webp"},
};

/// Checks whether a picture file is complete. Returns a description of the damage, or an empty string.
/// Decoders do not report all truncated files: some fill the missing part with grey or black, some only print
/// a warning.
std::string damage_in(PictureFormat format, std::span<const std::uint8_t> bytes);

}  // namespace denoise
