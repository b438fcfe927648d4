#include "engine/formats/picture_types.h"

#include <QByteArray>
#include <QImageReader>
#include <QList>
#include <QtPlugin>
#include <algorithm>
#include <array>
#include <string_view>

#include "engine/base/lower_case.h"

// Linked with this file, because it decides which pictures can be read.
#ifdef DENOISE_LAB_HEIF
Q_IMPORT_PLUGIN(HeifPlugin)
#endif
#ifdef DENOISE_LAB_JPEG2000
Q_IMPORT_PLUGIN(Jpeg2000Plugin)
#endif

namespace denoise {
namespace {

/// An extension that is not also Qt's name of the format.
struct Alias {
    std::string_view extension;
    std::string_view format;
};

/// The formats of image_file.h, whose files are also checked for damage.
constexpr std::array own_formats{
    Alias{"png", "png"},   Alias{"jpg", "jpeg"}, Alias{"jpeg", "jpeg"}, Alias{"jpe", "jpeg"},
    Alias{"jfif", "jpeg"}, Alias{"bmp", "bmp"},  Alias{"gif", "gif"},   Alias{"webp", "webp"},
};

constexpr std::array other_names{
    Alias{"tif", "tiff"},   Alias{"j2k", "jp2"}, Alias{"jpf", "jp2"},    Alias{"jpx", "jp2"},
    Alias{"j2c", "jp2"},    Alias{"jpc", "jp2"}, Alias{"heics", "heic"}, Alias{"hif", "heif"},
    Alias{"avifs", "avif"}, Alias{"pnm", "ppm"}, Alias{"apng", "png"},
};

/// Formats of pictures that are counted even if Qt does not know them.
constexpr std::array<std::string_view, 14> known_formats{"tiff", "jp2", "heic", "heif", "avif", "jxl", "ppm",
                                                         "pgm",  "pbm", "tga",  "exr",  "hdr",  "psd", "xcf"};

constexpr std::array<std::string_view, 12> raw_photos{"dng", "cr2", "cr3", "nef", "arw", "orf",
                                                      "rw2", "raf", "pef", "srw", "raw", "sr2"};

/// Decoders of these formats read more than pixels, or draw what has no size of its own.
constexpr std::array<std::string_view, 11> not_photos{"svg", "svgz", "pdf",  "eps", "ico", "icns",
                                                      "cur", "mng",  "wbmp", "xbm", "xpm"};

std::string lower_extension(const std::filesystem::path& name) {
    const std::string extension = lower_case(name.extension().string());
    return extension.empty() ? extension : extension.substr(1);
}

template <class List>
bool contains(const List& list, std::string_view word) {
    return std::ranges::find(list, word) != std::end(list);
}

bool qt_reads(const std::string& format) {
    static const QList<QByteArray> formats = QImageReader::supportedImageFormats();
    return formats.contains(QByteArray(format.c_str()));
}

}  // namespace

PictureType picture_type(const std::filesystem::path& name) {
    const std::string extension = lower_extension(name);
    if (extension.empty()) return {};
    for (const Alias& alias : own_formats)
        if (alias.extension == extension) return {true, std::string(alias.format), {}};
    if (contains(not_photos, extension)) return {true, {}, "icons and vector graphics are not loaded"};
    if (contains(raw_photos, extension)) return {true, {}, "raw photos of cameras are not loaded"};
    std::string format = extension;
    for (const Alias& alias : other_names)
        if (alias.extension == extension) format = alias.format;
    if (qt_reads(format)) return {true, format, {}};
    if (!contains(known_formats, format)) return {};
    std::ranges::transform(format, format.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return {true, {}, "there is no Qt plugin for " + format + " on this computer"};
}

std::vector<std::string> picture_extensions() {
    std::vector<std::string> extensions;
    const auto add = [&extensions](std::string_view extension) {
        std::string text(extension);
        if (!picture_type("a." + text).format.empty() && !contains(extensions, extension))
            extensions.push_back(std::move(text));
    };
    for (const Alias& alias : own_formats) add(alias.extension);
    for (const std::string_view format : known_formats) add(format);
    for (const Alias& alias : other_names) add(alias.extension);
    return extensions;
}

}  // namespace denoise
