#pragma once

#include <filesystem>
#include <string>

namespace denoise {

/// What the name of a file says about it as a picture.
struct PictureType {
    bool picture = false;  ///< its extension is that of a picture format
    std::string format;    ///< Qt's name of the format, if it can be read; otherwise empty
    std::string why_not;   ///< why pictures of this format cannot be read; otherwise empty
};

/// PNG, JPEG, BMP, GIF and WebP can always be read. Other formats, such as TIFF, can be read if Qt has a
/// plugin for them on this computer. Vector graphics and raw photos cannot.
PictureType picture_type(const std::filesystem::path& name);

}  // namespace denoise
