#pragma once

#include <cstdint>
#include <filesystem>

#include "engine/base/picture.h"
#include "engine/formats/image_file.h"

namespace denoise {

/// A colour, white at first.
struct Rgb {
    std::uint8_t red = 255, green = 255, blue = 255;
    bool operator==(const Rgb&) const = default;
};

/// How a picture becomes `width` x `height` pixels.
enum class PictureFit {
    crop,     ///< as in read_cropped_picture()
    pad,      ///< scaled to fit, in the middle of bars of the background
    stretch,  ///< scaled without keeping its proportions
};

/// Reads a picture like read_cropped_picture(), fitted into width x height pixels. Transparent pixels are
/// drawn on `background`.
Picture read_fitted_picture(const PictureBytes& file, int width, int height, PictureColour colour,
                            PictureFit fit, Rgb background = {});
Picture read_fitted_picture(const std::filesystem::path& path, int width, int height, PictureColour colour,
                            PictureFit fit, Rgb background = {});

}  // namespace denoise
