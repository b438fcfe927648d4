#pragma once

#include <filesystem>
#include <string>

#include "engine/base/picture.h"

namespace denoise {

enum class PictureColour { as_file, grey, rgb };

/// Reads a PNG, JPEG, BMP, GIF (first frame) or WebP file. Applies the EXIF orientation. Scales the picture
/// down, but never up, so that width and height are at most `max_side`. With `as_file`, grey files give grey
/// pictures. Transparent pixels are drawn on white. Throws Error with the path and the cause (missing, not a
/// picture, cut short, more than 64 megapixels, ...).
Picture read_picture(const std::filesystem::path& path, int max_side = 1024,
                     PictureColour colour = PictureColour::as_file);

/// Like read_picture(), but scales the picture to cover width x height and crops it at the centre.
Picture read_cropped_picture(const std::filesystem::path& path, int width, int height, PictureColour colour);

/// Like read_cropped_picture(), with width and height `size`.
Picture read_square_picture(const std::filesystem::path& path, int size, PictureColour colour);

/// Reads width and height from the header of a picture file. Applies the EXIF orientation. Throws Error.
struct PictureSize {
    int width = 0, height = 0;
    bool grey = false;
};
PictureSize picture_size(const std::filesystem::path& path);

/// Whether the file name has an extension of a format that read_picture() supports.
bool is_picture_file(const std::filesystem::path& path);

/// Writes a PNG, JPEG, BMP or WebP file, according to the extension, completely or not at all. `scale`
/// enlarges the picture by an integer factor without smoothing. `recipe` is stored in the text entry
/// "denoise-lab" of a PNG. Throws Error.
void write_picture(const Picture& picture, const std::filesystem::path& path, int scale = 1,
                   const std::string& recipe = {});

/// The `recipe` that write_picture() stored in a PNG, or an empty string. Throws Error if the file cannot be
/// read.
std::string read_recipe(const std::filesystem::path& path);

}  // namespace denoise
