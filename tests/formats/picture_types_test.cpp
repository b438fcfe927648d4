#include <zlib.h>

#include <QBuffer>
#include <QImageReader>
#include <QImageWriter>
#include <set>

#include "engine/formats/exif_orientation.h"
#include "engine/formats/image_file.h"
#include "engine/formats/picture_types.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::encoded;
using test::error_of;
using test::is_error_about;
using test::pattern;
using test::qt_image;
using test::TemporaryFolder;

std::string little_endian(std::uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
    return text;
}

/// EXIF data with an orientation, in the byte order of Motorola or Intel.
std::string exif(int orientation, bool big_endian) {
    std::string data = big_endian ? std::string("MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19)
                                  : std::string("II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18);
    data += static_cast<char>(orientation);
    return data + std::string(big_endian ? 6 : 7, '\0');
}

std::string png_with(const QImage& image, const std::string& data, bool at_the_end) {
    std::string png = encoded(image, "png");
    const std::string body = "eXIf" + data;
    const auto sum = static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
    const std::string chunk =
        test::big_endian(static_cast<std::uint32_t>(data.size())) + body + test::big_endian(sum);
    return png.insert(at_the_end ? png.size() - 12 : 33, chunk);
}

std::string webp_with(const QImage& image, const std::string& data) {
    const std::string plain = encoded(image, "webp", 100);
    std::string chunks = "VP8X" + little_endian(10, 4) + little_endian(0x08, 4) +
                         little_endian(static_cast<std::uint32_t>(image.width() - 1), 3) +
                         little_endian(static_cast<std::uint32_t>(image.height() - 1), 3) + plain.substr(12) +
                         "EXIF" + little_endian(static_cast<std::uint32_t>(data.size()), 4) + data;
    if (data.size() % 2 == 1) chunks += '\0';
    return "RIFF" + little_endian(static_cast<std::uint32_t>(chunks.size() + 4), 4) + "WEBP" + chunks;
}

/// The picture as it has to be shown: Exif 2.32, section 4.6.4.
Picture upright(const Picture& stored, int orientation) {
    const int w = stored.width, h = stored.height;
    Picture result = stored;
    if (orientation > 4) std::swap(result.width, result.height);
    std::uint8_t* target = result.pixels.data();
    for (int y = 0; y < result.height; ++y)
        for (int x = 0; x < result.width; ++x) {
            const int columns[] = {x, w - 1 - x, w - 1 - x, x, y, y, w - 1 - y, w - 1 - y};
            const int rows[] = {y, y, h - 1 - y, h - 1 - y, x, h - 1 - x, h - 1 - x, x};
            const int pixel = rows[orientation - 1] * w + columns[orientation - 1];
            for (int c = 0; c < stored.channels; ++c)
                *target++ = stored.pixels[static_cast<std::size_t>(pixel * stored.channels + c)];
        }
    return result;
}

class PictureTypes : public testing::Test {
  protected:
    fs::path file(const std::string& name, std::string_view bytes) {
        test::write_bytes(folder_ / name, bytes);
        return folder_ / name;
    }
    TemporaryFolder folder_;
};

TEST_F(PictureTypes, AllOrientationsOfPngAndWebpAreApplied) {
    const Picture stored = pattern(12, 7, 3);
    const QImage image = qt_image(stored);
    for (int orientation = 1; orientation <= 8; ++orientation) {
        const Picture expected = upright(stored, orientation);
        for (const bool big_endian : {true, false}) {
            const std::string data = exif(orientation, big_endian);
            for (const auto& [name, bytes] : {std::pair("a.png", png_with(image, data, false)),
                                              std::pair("b.png", png_with(image, data, true)),
                                              std::pair("c.webp", webp_with(image, data))}) {
                const fs::path path = file(name, bytes);
                EXPECT_EQ(read_picture(path), expected) << name << " with orientation " << orientation;
                EXPECT_EQ(picture_size(path).width, expected.width) << name << " with " << orientation;
                EXPECT_EQ(picture_size(path).height, expected.height) << name << " with " << orientation;
                EXPECT_EQ(read_cropped_picture(path, expected.width, expected.height, PictureColour::as_file),
                          expected);
            }
        }
    }
}

TEST_F(PictureTypes, DamagedExifLeavesThePictureAsItIs) {
    const Picture stored = pattern(12, 7, 3);
    const std::string whole = exif(6, true);
    std::vector<std::string> damaged{"", "MM", std::string(40, '\xff'), exif(0, true), exif(9, false)};
    for (std::size_t length = 0; length + 8 < whole.size(); ++length)
        damaged.push_back(whole.substr(0, length));
    for (const std::string& data : damaged) {
        EXPECT_EQ(read_picture(file("a.png", png_with(qt_image(stored), data, false))), stored);
        EXPECT_EQ(read_picture(file("a.webp", webp_with(qt_image(stored), data))), stored);
    }
    EXPECT_EQ(orientation_in_exif({}), 1);
}

TEST_F(PictureTypes, ChunksThatLeadNowhereDoNotHang) {
    std::string webp = webp_with(qt_image(pattern(12, 7, 3)), exif(6, true));
    for (std::size_t at = 12; at + 8 < webp.size(); at += 3)
        for (const char byte : {'\0', '\xff'}) {
            std::string damaged = webp;
            damaged.replace(at, 4, std::string(4, byte));
            try {
                read_picture(file("a.webp", damaged));
            } catch (const Error&) {
            }
        }
}

TEST(PictureTypeNames, WhatQtReadsIsRead) {
    for (const QByteArray format : {"tiff", "ppm", "tga", "heic", "avif", "jp2"}) {
        const PictureType type = picture_type("a." + format.toStdString());
        EXPECT_TRUE(type.picture) << format.toStdString();
        EXPECT_EQ(type.format.empty(), !QImageReader::supportedImageFormats().contains(format));
        EXPECT_EQ(type.why_not.empty(), !type.format.empty());
    }
    EXPECT_EQ(picture_type("A.TIF").format.empty(), !QImageReader::supportedImageFormats().contains("tiff"));
    for (const char* name : {"a.svg", "a.ico", "a.CR2", "a.psd"}) {
        EXPECT_TRUE(picture_type(name).picture) << name;
        EXPECT_TRUE(picture_type(name).format.empty()) << name;
        EXPECT_FALSE(picture_type(name).why_not.empty()) << name;
    }
    for (const char* name : {"a.txt", "a", "png", ".png", "a.zip", "a.json"})
        EXPECT_FALSE(picture_type(name).picture) << name;
}

TEST(PictureTypeNames, ExtensionsForFileDialogsAreThoseThatAreRead) {
    const std::vector<std::string> extensions = picture_extensions();
    EXPECT_THAT(extensions, testing::IsSupersetOf({"png", "jpg", "jpeg", "bmp", "gif", "webp"}));
    EXPECT_EQ(std::set<std::string>(extensions.begin(), extensions.end()).size(), extensions.size());
    for (const std::string& extension : extensions)
        EXPECT_TRUE(is_picture_file("a." + extension)) << extension;
    for (const char* other : {"svg", "dng", "txt"})
        EXPECT_THAT(extensions, testing::Not(testing::Contains(other)));
}

TEST_F(PictureTypes, ATiffIsReadUprightWhereQtHasThePlugin) {
    if (!QImageWriter::supportedImageFormats().contains("tiff"))
        GTEST_SKIP() << "Qt's plugin for TIFF is missing";
    const Picture stored = pattern(12, 7, 3);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QImageWriter writer(&buffer, "tiff");
    writer.setTransformation(QImageIOHandler::TransformationRotate90);
    ASSERT_TRUE(writer.write(qt_image(stored)));
    const fs::path path = file("a.tif", bytes.toStdString());
    EXPECT_EQ(read_picture(path), upright(stored, 6));
    EXPECT_EQ(picture_size(path).width, 7);
    EXPECT_EQ(read_cropped_picture(path, 7, 12, PictureColour::as_file), upright(stored, 6));
    // Only under its own name, and not if it is damaged.
    EXPECT_THROW(read_picture(file("a.png", bytes.toStdString())), Error);
    EXPECT_THAT(error_of([&] { read_picture(file("text.tif", "this is no picture at all")); }),
                is_error_about(folder_ / "text.tif", "not a TIFF"));
    for (const double share : {0.1, 0.5, 0.9}) {
        const auto length = static_cast<qsizetype>(static_cast<double>(bytes.size()) * share);
        EXPECT_THROW(read_picture(file("cut.tif", bytes.first(length).toStdString())), Error) << share;
    }
}

std::string large_jpeg(bool progressive) {
    QImage image(9000, 8000, QImage::Format_Grayscale8);
    image.fill(10);
    for (int y = 0; y < 4000; ++y) std::fill_n(image.scanLine(y), 9000, std::uint8_t{200});
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QImageWriter writer(&buffer, "jpeg");
    writer.setProgressiveScanWrite(progressive);
    EXPECT_TRUE(writer.write(image));
    return bytes.toStdString();
}

TEST_F(PictureTypes, AJpegOfSeventyTwoMegapixelsIsReducedWhileItIsDecoded) {
    const fs::path path = file("a.jpg", large_jpeg(false));
    EXPECT_EQ(picture_size(path).width, 9000);
    const Picture square = read_square_picture(path, 64, PictureColour::grey);
    EXPECT_NEAR(square.pixels[64 * 10 + 32], 200, 3);
    EXPECT_NEAR(square.pixels[64 * 54 + 32], 10, 3);
    EXPECT_EQ(read_picture(path, 1000).width, 1000);
}

TEST_F(PictureTypes, AProgressiveJpegOfSeventyTwoMegapixelsIsRefused) {
    EXPECT_THAT(
        error_of([&] { read_square_picture(file("a.jpg", large_jpeg(true)), 64, PictureColour::grey); }),
        is_error_about(folder_ / "a.jpg", "72 megapixels"));
}

TEST_F(PictureTypes, BytesInMemoryGiveTheSamePictureAsAFile) {
    const std::string bytes = encoded(qt_image(pattern(20, 12, 3)), "png");
    const fs::path path = file("a.png", bytes);
    EXPECT_EQ(read_cropped_picture(PictureBytes{"x/a.png", bytes}, 8, 8, PictureColour::rgb),
              read_cropped_picture(path, 8, 8, PictureColour::rgb));
    EXPECT_EQ(picture_size(PictureBytes{"x/a.png", bytes}).height, 12);
    EXPECT_THAT(error_of([&] {
                    picture_size(PictureBytes{"x/b.png", ""});
                }),
                is_error_about("x/b.png", "empty"));
}

}  // namespace
}  // namespace denoise
