#pragma once

#include <filesystem>
#include <string>

#include "engine/base/picture.h"

namespace denoise {

enum class PictureColour { as_file, grey, rgb };

/// Reads a PNG, JPEG, BMP, GIF (first frame) or WebP file, upright (EXIF orientation), scaled down, never up,
/// so that neither side is longer than `max_side`. as_file gives grey for grey files. Transparency is laid on
/// white. Throws Error naming the file and the cause (missing, not an image, cut short, more than 64
/// megapixels ...).
Picture read_picture(const std::filesystem::path& path, int max_side = 1024,
                     PictureColour colour = PictureColour::as_file);

/// Reads as read_picture() does, scales the picture to cover width x height and crops the centre.
Picture read_cropped_picture(const std::filesystem::path& path, int width, int height, PictureColour colour);

/// The same with both sides `size`.
Picture read_square_picture(const std::filesystem::path& path, int size, PictureColour colour);

/// Width and height of an upright image file from its header alone. Throws Error.
struct PictureSize {
    int width = 0, height = 0;
    bool grey = false;
};
PictureSize picture_size(const std::filesystem::path& path);

/// Whether the extension is one that read_picture() knows.
bool is_picture_file(const std::filesystem::path& path);

/// Writes a PNG, JPEG, BMP or WebP by the extension, whole or not at all. `scale` enlarges by a whole
/// multiple, nearest neighbour. `recipe` goes into the text entry "denoise-lab" of a PNG. Throws Error.
void write_picture(const Picture& picture, const std::filesystem::path& path, int scale = 1,
                   const std::string& recipe = {});

/// The text entry that write_picture() left in a PNG, or an empty string. Throws Error when it cannot be
/// read.
std::string read_recipe(const std::filesystem::path& path);

}  // namespace denoise
