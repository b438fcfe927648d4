#include "engine/formats/image_file.h"

#include <fcntl.h>

#include <QBuffer>
#include <QFile>
#include <QImage>
#include <QImageReader>
#include <QImageWriter>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/formats/picture_integrity.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr qint64 most_pixels = 64'000'000;
constexpr qint64 most_file_bytes = qint64{512} << 20;
constexpr const char* recipe_key = "denoise-lab";

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot read the picture " + path.filename().string(), path.string() + ": " + cause, remedy};
}

[[noreturn]] void fail_writing(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot write the picture " + path.filename().string(), path.string() + ": " + cause, remedy};
}

std::string lower_extension(const fs::path& path) {
    std::string extension = path.extension().string();
    for (char& c : extension)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return extension;
}

/// Determines the format by the first bytes. Other formats that Qt supports are rejected, because every
/// decoder is a target for malicious files.
std::optional<PictureFormat> format_of(const QByteArray& head) {
    if (head.startsWith("\x89PNG\r\n\x1a\n")) return PictureFormat::png;
    if (head.startsWith("\xff\xd8\xff")) return PictureFormat::jpeg;
    if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) return PictureFormat::gif;
    if (head.startsWith("RIFF") && head.mid(8).startsWith("WEBP")) return PictureFormat::webp;
    if (head.startsWith("BM")) return PictureFormat::bmp;
    return std::nullopt;
}

PictureFormat require_format(const QByteArray& head, const fs::path& path) {
    const auto format = format_of(head);
    if (!format)
        fail(path, "it is not a PNG, JPEG, BMP, GIF or WebP picture",
             "Choose a picture in one of these formats");
    return *format;
}

void open(QFile& file, const fs::path& path) {
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (fs::is_directory(status)) fail(path, "it is a folder", "Choose a picture file");
    if (fs::exists(status) && !fs::is_regular_file(status))
        fail(path, "it is not an ordinary file", "Choose a picture file");
    // Opened by descriptor, because a QString cannot represent every file name.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) fail(path, std::strerror(errno), "Check the file name and the permissions");
    file.open(descriptor, QIODevice::ReadOnly, QFileDevice::AutoCloseHandle);
    if (file.size() == 0) fail(path, "the file is empty", "Choose another picture");
    if (file.size() > most_file_bytes)
        fail(path, "it is larger than 512 MiB", "Reduce its size with an image editor");
}

/// The content of the file, after a check for damage.
QByteArray read_whole(const fs::path& path) {
    QFile file;
    open(file, path);
    const QByteArray bytes = file.readAll();
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.constData());
    const std::string damage =
        damage_in(require_format(bytes.first(std::min<qsizetype>(16, bytes.size())), path),
                  {data, static_cast<std::size_t>(bytes.size())});
    if (!damage.empty()) fail(path, damage, "Download or copy the file again");
    return bytes;
}

/// Prepares `reader` for the picture on `device` and checks its header before anything is decoded. Returns
/// the size as stored in the file, without the EXIF orientation.
QSize open_picture(QImageReader& reader, QIODevice& device, const fs::path& path) {
    // Qt's default limit of 128 MiB is not enough for 64 megapixels of 8 bytes.
    [[maybe_unused]] static const bool limit_set = (QImageReader::setAllocationLimit(512), true);

    const QByteArray format = name_of(require_format(device.peek(16), path));
    reader.setAutoDetectImageFormat(false);
    reader.setFormat(format);
    reader.setDevice(&device);
    reader.setAutoTransform(true);
    if (!reader.canRead() && reader.error() == QImageReader::UnsupportedFormatError)
        fail(path, "the Qt plugin for " + format.toUpper().toStdString() + " is not installed",
             "Install the Qt image format plugins");
    const QSize size = reader.size();
    if (size.width() <= 0 || size.height() <= 0)
        fail(path, "its header is damaged", "Download or copy the file again");
    const qint64 pixels = qint64{size.width()} * size.height();
    if (pixels > most_pixels)
        fail(path,
             std::to_string(size.width()) + " x " + std::to_string(size.height()) + " pixels (" +
                 std::to_string(pixels / 1'000'000) + " megapixels) exceed the limit of 64 megapixels",
             "Reduce its size with an image editor");
    return size;
}

QImage decode(QImageReader& reader, const fs::path& path) {
    QImage image;
    if (!reader.read(&image) || image.isNull())
        fail(path, "the picture data is damaged", "Download or copy the file again");
    return image;
}

QImage on_white(const QImage& picture) {
    QImage image = picture.convertToFormat(QImage::Format_ARGB32);
    for (int y = 0; y < image.height(); ++y) {
        auto* row = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < image.width(); ++x) {
            const int alpha = qAlpha(row[x]);
            const auto mix = [alpha](int c) { return (c * alpha + 255 * (255 - alpha) + 127) / 255; };
            row[x] = qRgb(mix(qRed(row[x])), mix(qGreen(row[x])), mix(qBlue(row[x])));
        }
    }
    return image;
}

Picture to_picture(QImage image, PictureColour colour) {
    if (image.hasAlphaChannel()) image = on_white(image);
    image.convertTo(QImage::Format_RGB888);
    const bool grey = colour == PictureColour::grey || (colour == PictureColour::as_file && image.allGray());
    Picture picture{image.width(), image.height(), grey ? 1 : 3, {}};
    const auto width = static_cast<std::size_t>(picture.width);
    picture.pixels.resize(width * static_cast<std::size_t>(picture.height * picture.channels));
    std::uint8_t* target = picture.pixels.data();
    for (int y = 0; y < picture.height; ++y) {
        const std::uint8_t* source = image.constScanLine(y);
        if (grey)  // brightness by Rec. 601, which does not change grey pixels
            for (std::size_t x = 0; x < width; ++x, source += 3)
                *target++ = static_cast<std::uint8_t>(
                    (299 * source[0] + 587 * source[1] + 114 * source[2] + 500) / 1000);
        else
            target = std::copy_n(source, 3 * width, target);
    }
    return picture;
}

/// The picture enlarged by the factor `scale`.
QImage enlarged(const Picture& picture, int scale) {
    const auto channels = static_cast<std::size_t>(picture.channels);
    QImage image(picture.width * scale, picture.height * scale,
                 picture.channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
    if (image.isNull()) return image;
    const std::uint8_t* source = picture.pixels.data();
    for (int y = 0; y < picture.height; ++y) {
        std::uint8_t* first = image.scanLine(y * scale);
        for (int x = 0; x < picture.width; ++x, source += channels)
            for (int i = 0; i < scale; ++i)
                std::copy_n(source, channels, first + static_cast<std::size_t>(x * scale + i) * channels);
        for (int i = 1; i < scale; ++i)
            std::memcpy(image.scanLine(y * scale + i), first,
                        static_cast<std::size_t>(image.width()) * channels);
    }
    return image;
}

}  // namespace

Picture read_picture(const fs::path& path, int max_side, PictureColour colour) {
    QByteArray bytes = read_whole(path);
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    QImageReader reader;
    const QSize size = open_picture(reader, buffer, path);
    if (std::max(size.width(), size.height()) > max_side)
        reader.setScaledSize(size.scaled(max_side, max_side, Qt::KeepAspectRatio).expandedTo(QSize(1, 1)));
    return to_picture(decode(reader, path), colour);
}

Picture read_cropped_picture(const fs::path& path, int width, int height, PictureColour colour) {
    QByteArray bytes = read_whole(path);
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    QImageReader reader;
    const QSize whole = open_picture(reader, buffer, path);
    QSize target(width, height);  // without the EXIF orientation
    if (reader.transformation() & QImageIOHandler::TransformationRotate90) target.transpose();
    // Cropping before scaling gives the same result, but avoids a very wide intermediate image for a picture
    // that is one pixel high.
    const QSize cut = target.scaled(whole, Qt::KeepAspectRatio).expandedTo(QSize(1, 1));
    if (cut != whole)
        reader.setClipRect(
            QRect(QPoint((whole.width() - cut.width()) / 2, (whole.height() - cut.height()) / 2), cut));
    if (cut != target) reader.setScaledSize(target);
    return to_picture(decode(reader, path), colour);
}

Picture read_square_picture(const fs::path& path, int size, PictureColour colour) {
    return read_cropped_picture(path, size, size, colour);
}

PictureSize picture_size(const fs::path& path) {
    QFile file;
    open(file, path);
    QImageReader reader;
    QSize size = open_picture(reader, file, path);
    if (reader.transformation() & QImageIOHandler::TransformationRotate90) size.transpose();
    const QImage::Format format = reader.imageFormat();
    return {size.width(), size.height(),
            format == QImage::Format_Grayscale8 || format == QImage::Format_Grayscale16 ||
                format == QImage::Format_Mono};
}

bool is_picture_file(const fs::path& path) {
    constexpr std::array<std::string_view, 8> known{".png",  ".jpg", ".jpeg", ".jpe",
                                                    ".jfif", ".bmp", ".gif",  ".webp"};
    return std::ranges::find(known, lower_extension(path)) != known.end();
}

void write_picture(const Picture& picture, const fs::path& path, int scale, const std::string& recipe) {
    const std::string extension = lower_extension(path);
    const bool jpeg = extension == ".jpg" || extension == ".jpeg";
    if (!jpeg && extension != ".png" && extension != ".bmp" && extension != ".webp")
        fail_writing(path, "the supported file extensions are .png, .jpg, .bmp and .webp",
                     "Choose one of these extensions");
    if (picture.empty() || scale < 1)
        fail_writing(path, "the picture is empty", "Choose a picture that is not empty");
    if (double{most_pixels} < 1.0 * picture.width * scale * picture.height * scale)
        fail_writing(path, "it would have more than 64 megapixels", "Choose a smaller scale");

    QImage image = enlarged(picture, scale);
    if (!recipe.empty()) image.setText(recipe_key, QString::fromStdString(recipe));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QImageWriter writer(&buffer, jpeg ? "jpeg" : extension.c_str() + 1);
    if (jpeg) writer.setQuality(95);
    if (extension == ".webp") writer.setQuality(100);  // lossless
    if (!writer.write(image))
        fail_writing(path, writer.errorString().toStdString(), "Choose another format or size");
    AtomicFile file(path);
    file.write(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    file.commit();
}

std::string read_recipe(const fs::path& path) {
    QByteArray bytes = read_whole(path);
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    QImageReader reader;
    open_picture(reader, buffer, path);
    if (reader.format() != "png") return {};
    return decode(reader, path).text(recipe_key).toStdString();
}

}  // namespace denoise
