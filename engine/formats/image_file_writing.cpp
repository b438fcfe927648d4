// The writing part of image_file.h.

#include <QBuffer>
#include <QImage>
#include <QImageWriter>
#include <algorithm>
#include <cstring>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/formats/image_file.h"
#include "engine/formats/picture_limits.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_writing(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot write the picture " + path.filename().string(), path.string() + ": " + cause, remedy};
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

void write_picture(const Picture& picture, const fs::path& path, int scale, const std::string& recipe) {
    if (picture.empty() || scale < 1)
        fail_writing(path, "the picture is empty", "Choose a picture that is not empty");
    const PictureFormat format =
        check_picture(path, std::int64_t{picture.width} * scale, std::int64_t{picture.height} * scale);

    QImage image = enlarged(picture, scale);
    if (!recipe.empty()) image.setText(picture_recipe_key, QString::fromStdString(recipe));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QImageWriter writer(&buffer, name_of(format));
    if (format == PictureFormat::jpeg) writer.setQuality(95);
    if (format == PictureFormat::webp) writer.setQuality(100);  // lossless
    if (!writer.write(image))
        fail_writing(path, writer.errorString().toStdString(), "Choose another format or size");
    AtomicFile file(path);
    file.write(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    file.commit();
}

}  // namespace denoise
