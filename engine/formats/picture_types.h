#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace denoise {

/// What the name of a file says about it as a picture.
struct PictureType {
    bool picture = false;  ///< its extension is that of a picture format
    std::string format;    ///< Qt's name of the format, if it can be read; otherwise empty
    std::string why_not;   ///< why pictures of this format cannot be read; otherwise empty
};

/// PNG, JPEG, BMP, GIF and WebP can always be read. HEIC, AVIF and JPEG 2000 can be read if the program was
/// built with their libraries, and others, such as TIFF, if Qt has a plugin for them on this computer. Vector
/// graphics and raw photos cannot.
PictureType picture_type(const std::filesystem::path& name);

/// The extensions of pictures that can be read on this computer, such as "jpg", for file dialogs.
std::vector<std::string> picture_extensions();

}  // namespace denoise
