#include "engine/formats/picture_limits.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/lower_case.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

struct Extension {
    std::string_view name;
    PictureFormat format;
};
constexpr std::array written_extensions = {
    Extension{".png", PictureFormat::png},   Extension{".jpg", PictureFormat::jpeg},
    Extension{".jpeg", PictureFormat::jpeg}, Extension{".bmp", PictureFormat::bmp},
    Extension{".webp", PictureFormat::webp},
};

/// The largest width and height that the format, or the library that writes it, supports.
std::int64_t longest_side(PictureFormat format) {
    switch (format) {
        case PictureFormat::gif:
            return 65535;
        case PictureFormat::jpeg:
            return 65500;
        case PictureFormat::webp:
            return 16383;
        case PictureFormat::png:
        case PictureFormat::bmp:
            break;
    }
    return std::numeric_limits<std::int64_t>::max();  // only the number of pixels is limited
}

/// "GIF", "WebP"
std::string title_of(PictureFormat format) {
    if (format == PictureFormat::webp) return "WebP";
    std::string title = name_of(format);
    std::ranges::transform(title, title.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return title;
}

}  // namespace

std::optional<PictureFormat> written_format(const fs::path& path) {
    const std::string extension = lower_case(path.extension().string());
    const auto found = std::ranges::find(written_extensions, extension, &Extension::name);
    if (found == written_extensions.end()) return std::nullopt;
    return found->format;
}

void check_picture_size(const fs::path& path, PictureFormat format, std::int64_t width, std::int64_t height) {
    std::string limit;
    if (std::max(width, height) > longest_side(format))
        limit = "the width and height of a " + title_of(format) + " are limited to " +
                std::to_string(longest_side(format));
    else if (1.0 * static_cast<double>(width) * static_cast<double>(height) > double{most_pixels})
        limit = "the limit is " + std::to_string(most_pixels / 1'000'000) + " megapixels";
    if (!limit.empty())
        throw Error{"Cannot write the picture " + path.filename().string(),
                    path.string() + ": it would have " + std::to_string(width) + " x " +
                        std::to_string(height) + " pixels, and " + limit,
                    "Choose fewer images or a smaller scale"};
}

PictureFormat check_picture(const fs::path& path, std::int64_t width, std::int64_t height) {
    const std::optional<PictureFormat> format = written_format(path);
    if (!format)
        throw Error{"Cannot write the picture " + path.filename().string(),
                    path.string() + ": the supported file extensions are .png, .jpg, .bmp and .webp",
                    "Choose one of these extensions"};
    check_picture_size(path, *format, width, height);
    return *format;
}

}  // namespace denoise
