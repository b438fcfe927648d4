#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/picture.h"

namespace denoise {

enum class PictureColour { as_file, grey, rgb };

/// The content of a picture file that is not on disk, and the name of the file for errors.
struct PictureBytes {
    std::filesystem::path name;
    std::string_view bytes;
};

/// Reads a PNG, JPEG, BMP, GIF (first frame) or WebP file, or a file of another format for which Qt has a
/// plugin, see picture_types.h. Applies the EXIF orientation. Scales the picture down, but never up, so that
/// width and height are at most `max_side`. With `as_file`, grey files give grey pictures. Transparent pixels
/// are drawn on white. Throws Error with the path and the cause (missing, not a picture, cut short, ...).
/// Pictures may have 64 megapixels; baseline JPEGs, which are reduced while they are decoded, 1000.
Picture read_picture(const std::filesystem::path& path, int max_side = 1024,
                     PictureColour colour = PictureColour::as_file);
Picture read_picture(const PictureBytes& file, int max_side, PictureColour colour);

/// Like read_picture(), but scales the picture to cover width x height and crops it at the centre.
Picture read_cropped_picture(const std::filesystem::path& path, int width, int height, PictureColour colour);
Picture read_cropped_picture(const PictureBytes& file, int width, int height, PictureColour colour);

/// Like read_cropped_picture(), with width and height `size`.
Picture read_square_picture(const std::filesystem::path& path, int size, PictureColour colour);

/// Reads width and height from the header of a picture file. Applies the EXIF orientation. Throws Error.
struct PictureSize {
    int width = 0, height = 0;
    bool grey = false;
};
PictureSize picture_size(const std::filesystem::path& path);
PictureSize picture_size(const PictureBytes& file);

/// Whether the file name has an extension of a format that read_picture() supports on this computer.
bool is_picture_file(const std::filesystem::path& path);

/// The text entry of a PNG in which write_picture() stores the recipe.
inline constexpr const char* picture_recipe_key = "denoise-lab";

/// Writes a PNG, JPEG, BMP or WebP file, according to the extension, completely or not at all. `scale`
/// enlarges the picture by an integer factor without smoothing. `recipe` is stored in a text
/// entry of a PNG. Throws Error.
void write_picture(const Picture& picture, const std::filesystem::path& path, int scale = 1,
                   const std::string& recipe = {});

/// The `recipe` that write_picture() stored in a PNG, or an empty string. Throws Error if the file cannot be
/// read.
std::string read_recipe(const std::filesystem::path& path);

}  // namespace denoise
