#include "engine/formats/image_file.h"

#include <fcntl.h>

#include <QBuffer>
#include <QFile>
#include <QImage>
#include <QImageReader>
#include <QTransform>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "engine/base/error.h"
#include "engine/formats/exif_orientation.h"
#include "engine/formats/fitted_picture.h"
#include "engine/formats/picture_integrity.h"
#include "engine/formats/picture_limits.h"
#include "engine/formats/picture_types.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr qint64 most_jpeg_pixels = 1'000'000'000;
constexpr qint64 most_file_bytes = qint64{512} << 20;

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot read the picture " + path.filename().string(), path.string() + ": " + cause, remedy};
}

/// Determines the format by the first bytes.
std::optional<PictureFormat> format_of(const QByteArray& head) {
    if (head.startsWith("\x89PNG\r\n\x1a\n")) return PictureFormat::png;
    if (head.startsWith("\xff\xd8\xff")) return PictureFormat::jpeg;
    if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) return PictureFormat::gif;
    if (head.startsWith("RIFF") && head.mid(8).startsWith("WEBP")) return PictureFormat::webp;
    if (head.startsWith("BM")) return PictureFormat::bmp;
    return std::nullopt;
}

/// Qt's name of another format, which the file must have in its name, too: every decoder is a target for
/// malicious files, and a person who chooses "a.png" does not expect that of another format to run.
QByteArray other_format(const fs::path& path) {
    const PictureType type = picture_type(path);
    for (const auto& own : names_of<PictureFormat>)
        if (type.format == own.name) return {};
    return QByteArray::fromStdString(type.format);
}

void check_size(qint64 bytes, const fs::path& path) {
    if (bytes == 0) fail(path, "the file is empty", "Choose another picture");
    if (bytes > most_file_bytes)
        fail(path, "it is larger than 512 MiB", "Reduce its size with an image editor");
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
    check_size(file.size(), path);
}

QByteArray read_whole(const fs::path& path) {
    QFile file;
    open(file, path);
    return file.readAll();
}

QByteArray bytes_of(const PictureBytes& file) {
    check_size(static_cast<qint64>(file.bytes.size()), file.name);
    return QByteArray::fromRawData(file.bytes.data(), static_cast<qsizetype>(file.bytes.size()));
}

/// `image` turned and mirrored as its EXIF orientation says.
QImage upright(const QImage& image, int orientation) {
    const bool left_right = orientation == 2 || orientation == 3 || orientation == 7;
    const bool top_bottom = orientation == 3 || orientation == 4 || orientation == 5;
    QImage result = left_right || top_bottom ? image.mirrored(left_right, top_bottom) : image;
    if (orientation == 8) return result.transformed(QTransform().rotate(270));
    return orientation > 4 ? result.transformed(QTransform().rotate(90)) : result;
}

/// A picture whose header has been read.
class OpenPicture {
  public:
    /// Checks the header before anything is decoded.
    OpenPicture(QIODevice& device, const fs::path& path) : path_(path) {
        // Qt's default limit of 128 MiB is not enough for 64 megapixels of 8 bytes.
        [[maybe_unused]] static const bool limit_set = (QImageReader::setAllocationLimit(512), true);

        format_ = format_of(device.peek(16));
        const QByteArray name = format_ ? QByteArray(name_of(*format_)) : other_format(path);
        if (name.isEmpty())
            fail(path, "it is not a PNG, JPEG, BMP, GIF or WebP picture",
                 "Choose a picture in one of these formats");
        const ReadAt read = [&device](std::uint64_t offset, std::span<std::uint8_t> target) -> std::size_t {
            if (offset >= static_cast<std::uint64_t>(device.size())) return 0;  // Qt would print a warning
            if (!device.seek(static_cast<qint64>(offset))) return 0;
            const qint64 got =
                device.read(reinterpret_cast<char*>(target.data()), static_cast<qint64>(target.size()));
            return static_cast<std::size_t>(std::max<qint64>(got, 0));
        };
        if (format_ == PictureFormat::png &&
            !has_whole_png_chunks(read, static_cast<std::uint64_t>(device.size())))
            fail(path, "the file is cut short", "Download or copy the file again");
        if (format_) orientation_ = exif_orientation(*format_, read);
        baseline_jpeg_ = format_ == PictureFormat::jpeg && is_baseline_jpeg(read);
        device.seek(0);
        reader_.setAutoDetectImageFormat(false);
        reader_.setFormat(name);
        reader_.setDevice(&device);
        reader_.setAutoTransform(orientation_ == 1);
        if (!reader_.canRead() && (!format_ || reader_.error() == QImageReader::UnsupportedFormatError))
            fail(path,
                 format_ ? "the Qt plugin for " + name.toUpper().toStdString() + " is not installed"
                         : "it is not a " + name.toUpper().toStdString() + " picture",
                 format_ ? "Install the Qt image format plugins" : "Choose another picture");
        size_ = reader_.size();
        if (size_.width() <= 0 || size_.height() <= 0)
            fail(path, "its header is damaged", "Download or copy the file again");
        const qint64 limit = baseline_jpeg_ ? most_jpeg_pixels : most_pixels;
        if (pixels_of(size_) > limit)
            fail(path,
                 std::to_string(size_.width()) + " x " + std::to_string(size_.height()) + " pixels (" +
                     std::to_string(pixels_of(size_) / 1'000'000) + " megapixels) exceed the limit of " +
                     std::to_string(limit / 1'000'000) + " megapixels",
                 "Reduce its size with an image editor");
    }

    QImageReader& reader() { return reader_; }
    std::optional<PictureFormat> format() const { return format_; }
    /// As stored in the file, without the orientation.
    QSize size() const { return size_; }
    bool is_large() const { return pixels_of(size_) > most_pixels; }
    bool is_turned() const {
        return orientation_ > 4 ||
               (orientation_ == 1 && (reader_.transformation() & QImageIOHandler::TransformationRotate90));
    }

    QImage decode() {
        QImage image;
        if (!reader_.read(&image) || image.isNull())
            fail(path_, "the picture data is damaged", "Download or copy the file again");
        // A GIF has two sizes, which may contradict each other.
        const QSize scaled = reader_.scaledSize(), clipped = reader_.clipRect().size();
        const QSize expected = !scaled.isEmpty() ? scaled : !clipped.isEmpty() ? clipped : size_;
        if (image.size() != expected && image.size() != expected.transposed())
            fail(path_, "its size is not that in its header", "Download or copy the file again");
        return upright(image, orientation_);
    }

  private:
    static qint64 pixels_of(QSize size) { return qint64{size.width()} * size.height(); }

    const fs::path& path_;
    std::optional<PictureFormat> format_;
    int orientation_ = 1;  ///< where Qt does not apply it
    bool baseline_jpeg_ = false;
    QImageReader reader_;
    QSize size_;
};

QImage on_background(const QImage& picture, Rgb background) {
    QImage image = picture.convertToFormat(QImage::Format_ARGB32);
    for (int y = 0; y < image.height(); ++y) {
        auto* row = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < image.width(); ++x) {
            const int alpha = qAlpha(row[x]);
            const auto mix = [alpha](int c, int b) { return (c * alpha + b * (255 - alpha) + 127) / 255; };
            row[x] = qRgb(mix(qRed(row[x]), background.red), mix(qGreen(row[x]), background.green),
                          mix(qBlue(row[x]), background.blue));
        }
    }
    return image;
}

Picture to_picture(QImage image, PictureColour colour, Rgb background = {}) {
    if (image.hasAlphaChannel()) image = on_background(image, background);
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

std::string_view view_of(const QByteArray& bytes) {
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

void check_damage(const OpenPicture& picture, const QByteArray& bytes, const fs::path& path) {
    if (!picture.format()) return;  // the decoders of other formats report it
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.constData());
    const std::string damage = damage_in(*picture.format(), {data, static_cast<std::size_t>(bytes.size())});
    if (!damage.empty()) fail(path, damage, "Download or copy the file again");
}

/// libjpeg reduces a part of a picture while decoding only if all its edges are at multiples of eight.
QRect aligned(const QRect& clip) {
    const auto down = [](int value) { return value / 8 * 8; };
    return {down(clip.x()), down(clip.y()), std::max(down(clip.width()), 8),
            std::max(down(clip.height()), 8)};
}

/// `image` in the middle of a picture of `size`.
QImage with_bars(const QImage& image, QSize size, Rgb background) {
    if (image.size() == size) return image;
    QImage whole(size, QImage::Format_ARGB32);
    whole.fill(qRgb(background.red, background.green, background.blue));
    const QImage source = image.convertToFormat(QImage::Format_ARGB32);
    const int left = (size.width() - image.width()) / 2, top = (size.height() - image.height()) / 2;
    for (int y = 0; y < source.height(); ++y)
        std::copy_n(reinterpret_cast<const QRgb*>(source.constScanLine(y)), source.width(),
                    reinterpret_cast<QRgb*>(whole.scanLine(top + y)) + left);
    return whole;
}

PictureSize size_of(QIODevice& device, const fs::path& path) {
    OpenPicture picture(device, path);
    QSize size = picture.size();
    if (picture.is_turned()) size.transpose();
    const QImage::Format format = picture.reader().imageFormat();
    return {size.width(), size.height(),
            format == QImage::Format_Grayscale8 || format == QImage::Format_Grayscale16 ||
                format == QImage::Format_Mono};
}

}  // namespace

Picture read_picture(const PictureBytes& file, int max_side, PictureColour colour) {
    QByteArray bytes = bytes_of(file);
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    OpenPicture picture(buffer, file.name);
    check_damage(picture, bytes, file.name);
    const QSize size = picture.size();
    if (std::max(size.width(), size.height()) > max_side)
        picture.reader().setScaledSize(
            size.scaled(max_side, max_side, Qt::KeepAspectRatio).expandedTo(QSize(1, 1)));
    return to_picture(picture.decode(), colour);
}

Picture read_picture(const fs::path& path, int max_side, PictureColour colour) {
    const QByteArray bytes = read_whole(path);
    return read_picture(PictureBytes{path, view_of(bytes)}, max_side, colour);
}

Picture read_fitted_picture(const PictureBytes& file, int width, int height, PictureColour colour,
                            PictureFit fit, Rgb background) {
    QByteArray bytes = bytes_of(file);
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    OpenPicture picture(buffer, file.name);
    check_damage(picture, bytes, file.name);
    const QSize whole = picture.size();
    QSize target(width, height);  // without the orientation
    if (picture.is_turned()) target.transpose();
    // Cropping before scaling gives the same result, but avoids a very wide intermediate image for a picture
    // that is one pixel high.
    const QSize cut =
        fit == PictureFit::crop ? target.scaled(whole, Qt::KeepAspectRatio).expandedTo(QSize(1, 1)) : whole;
    if (fit == PictureFit::pad) target = whole.scaled(target, Qt::KeepAspectRatio).expandedTo(QSize(1, 1));
    QRect clip(QPoint((whole.width() - cut.width()) / 2, (whole.height() - cut.height()) / 2), cut);
    if (picture.is_large()) clip = aligned(clip);
    if (cut != whole || picture.is_large()) picture.reader().setClipRect(clip);
    if (cut != target) picture.reader().setScaledSize(target);
    QImage image = picture.decode();
    if (fit == PictureFit::pad) image = with_bars(image, QSize(width, height), background);
    return to_picture(std::move(image), colour, background);
}

Picture read_fitted_picture(const fs::path& path, int width, int height, PictureColour colour, PictureFit fit,
                            Rgb background) {
    const QByteArray bytes = read_whole(path);
    return read_fitted_picture(PictureBytes{path, view_of(bytes)}, width, height, colour, fit, background);
}

Picture read_cropped_picture(const PictureBytes& file, int width, int height, PictureColour colour) {
    return read_fitted_picture(file, width, height, colour, PictureFit::crop);
}

Picture read_cropped_picture(const fs::path& path, int width, int height, PictureColour colour) {
    const QByteArray bytes = read_whole(path);
    return read_cropped_picture(PictureBytes{path, view_of(bytes)}, width, height, colour);
}

Picture read_square_picture(const fs::path& path, int size, PictureColour colour) {
    return read_cropped_picture(path, size, size, colour);
}

PictureSize picture_size(const fs::path& path) {
    QFile file;
    open(file, path);
    return size_of(file, path);
}

PictureSize picture_size(const PictureBytes& file) {
    QByteArray bytes = bytes_of(file);
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    return size_of(buffer, file.name);
}

bool is_picture_file(const fs::path& path) {
    return !picture_type(path).format.empty();
}

std::string read_recipe(const fs::path& path) {
    QByteArray bytes = read_whole(path);
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    OpenPicture picture(buffer, path);
    check_damage(picture, bytes, path);
    if (picture.format() != PictureFormat::png) return {};
    return picture.decode().text(picture_recipe_key).toStdString();
}

}  // namespace denoise
