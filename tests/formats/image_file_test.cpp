#include "engine/formats/image_file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QColor>
#include <QImage>
#include <cmath>
#include <thread>

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

/// A JPEG with an EXIF orientation: 6 says that the stored picture is to be turned right by 90 degrees.
std::string jpeg_with_orientation(const QImage& image, int orientation) {
    std::string exif("Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 25);
    exif += static_cast<char>(orientation);
    exif += std::string(7, '\0');
    std::string jpeg = encoded(image, "jpeg", 100);
    std::string segment = "\xff\xe1";
    segment += static_cast<char>(0);
    segment += static_cast<char>(exif.size() + 2);
    return jpeg.insert(2, segment + exif);
}

/// The largest memory of this process so far.
std::int64_t peak_bytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return std::int64_t{usage.ru_maxrss} * 1024;
}

double mean_difference(const Picture& a, const Picture& b) {
    EXPECT_EQ(a.pixels.size(), b.pixels.size());
    double sum = 0;
    for (std::size_t i = 0; i < std::min(a.pixels.size(), b.pixels.size()); ++i)
        sum += std::abs(a.pixels[i] - b.pixels[i]);
    return sum / static_cast<double>(a.pixels.size());
}

class ImageFile : public testing::Test {
  protected:
    fs::path file(const std::string& name, std::string_view bytes) {
        test::write_bytes(folder_ / name, bytes);
        return folder_ / name;
    }
    TemporaryFolder folder_;
};

TEST_F(ImageFile, LosslessFormatsGiveBackEveryPixel) {
    for (const char* name : {"a.png", "a.bmp", "a.webp", "A.PNG"})
        for (const int channels : {1, 3}) {
            const Picture picture = pattern(37, 21, channels);
            write_picture(picture, folder_ / name);
            EXPECT_EQ(read_picture(folder_ / name), picture) << name << " with " << channels << " channels";
        }
}

TEST_F(ImageFile, AJpegIsClose) {
    const Picture picture = read_picture(file("smooth.png", encoded(qt_image(pattern(16, 16, 1)), "png")));
    write_picture(picture, folder_ / "a.jpg");
    EXPECT_LT(mean_difference(read_picture(folder_ / "a.jpg"), picture), 4);
}

TEST_F(ImageFile, ScaleRepeatsPixels) {
    write_picture({2, 1, 3, {1, 2, 3, 4, 5, 6}}, folder_ / "a.png", 2);
    EXPECT_EQ(read_picture(folder_ / "a.png"),
              (Picture{4, 2, 3, {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}}));
}

TEST_F(ImageFile, ARecipeComesBackToTheLetter) {
    const std::string recipe = "{\"seed\":  7,\n \"name\": \"été → x₀\"}";
    write_picture(pattern(8, 8, 1), folder_ / "a.png", 1, recipe);
    EXPECT_EQ(read_recipe(folder_ / "a.png"), recipe);
    write_picture(pattern(8, 8, 1), folder_ / "b.png");
    EXPECT_EQ(read_recipe(folder_ / "b.png"), "");
    write_picture(pattern(8, 8, 1), folder_ / "c.jpg", 1, recipe);
    EXPECT_EQ(read_recipe(folder_ / "c.jpg"), "");
    EXPECT_THROW(read_recipe(folder_ / "none.png"), Error);
}

TEST_F(ImageFile, TheContentDecidesAndNotTheName) {
    const Picture picture = pattern(9, 9, 3);
    EXPECT_EQ(read_picture(file("a.jpg", encoded(qt_image(picture), "png"))), picture);
    EXPECT_EQ(read_picture(file("a.gif", encoded(qt_image(picture), "bmp"))), picture);
}

TEST_F(ImageFile, AGreyFileIsGreyAndCanBeAskedForInRgb) {
    const Picture grey = pattern(5, 4, 1);
    QImage image = qt_image(grey);
    image.convertTo(QImage::Format_Grayscale8);
    const fs::path path = file("grey.png", encoded(image, "png"));
    EXPECT_EQ(read_picture(path), grey);
    EXPECT_TRUE(picture_size(path).grey);
    const Picture rgb = read_picture(path, 1024, PictureColour::rgb);
    ASSERT_EQ(rgb.channels, 3);
    for (std::size_t i = 0; i < grey.pixels.size(); ++i)
        for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(rgb.pixels[3 * i + c], grey.pixels[i]);
}

TEST_F(ImageFile, ColoursBecomeTheirBrightness) {
    write_picture({4, 1, 3, {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255}}, folder_ / "a.png");
    EXPECT_EQ(read_picture(folder_ / "a.png", 1024, PictureColour::grey).pixels,
              (std::vector<std::uint8_t>{76, 150, 29, 255}));
}

TEST_F(ImageFile, SixteenBitsAreRoundedToEight) {
    std::string rows(1, '\0');
    for (const int value : {0, 0x0100, 0x8080, 0xffff})
        rows += {static_cast<char>(value >> 8), static_cast<char>(value)};
    const fs::path path = file("a.png", test::png_file(4, 1, 16, 0, test::deflate(rows)));
    EXPECT_EQ(read_picture(path), (Picture{4, 1, 1, {0, 1, 128, 255}}));
}

TEST_F(ImageFile, ThePaletteIsLookedUp) {
    const std::string palette("\x0a\x14\x1e\xc8\x96\x64", 6);
    const fs::path path =
        file("a.png", test::png_file(2, 1, 8, 3, test::deflate(std::string("\0\1\0", 3)), palette));
    EXPECT_EQ(read_picture(path), (Picture{2, 1, 3, {200, 150, 100, 10, 20, 30}}));
}

TEST_F(ImageFile, TransparencyLiesOnWhite) {
    QImage image(3, 1, QImage::Format_ARGB32);
    image.setPixel(0, 0, qRgba(255, 0, 0, 0));
    image.setPixel(1, 0, qRgba(0, 0, 0, 128));
    image.setPixel(2, 0, qRgba(10, 20, 30, 255));
    EXPECT_EQ(read_picture(file("a.png", encoded(image, "png"))),
              (Picture{3, 1, 3, {255, 255, 255, 127, 127, 127, 10, 20, 30}}));
}

TEST_F(ImageFile, LargePicturesAreScaledDownAndSmallOnesLeftAlone) {
    for (const char* format : {"png", "jpeg"}) {
        const fs::path path = file("a", encoded(qt_image(pattern(200, 100, 3)), format));
        const Picture small = read_picture(path, 50);
        EXPECT_EQ(small.width, 50) << format;
        EXPECT_EQ(small.height, 25) << format;
        EXPECT_EQ(read_picture(path, 200).width, 200) << format;
        EXPECT_EQ(read_picture(path, 1000).width, 200) << format;
    }
    const Picture line = read_picture(file("line.png", encoded(qt_image(pattern(3000, 1, 1)), "png")), 100);
    EXPECT_EQ(line.width, 100);
    EXPECT_EQ(line.height, 1);
}

/// Left half black, right half white, with a grey square in the middle.
QImage landmarks(int width, int height) {
    QImage image(width, height, QImage::Format_RGB888);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) image.setPixelColor(x, y, x < width / 2 ? Qt::black : Qt::white);
    return image;
}

TEST_F(ImageFile, TheMiddleSquareIsCutOut) {
    for (const char* format : {"png", "jpeg", "bmp", "webp"}) {
        const fs::path path = file("a", encoded(landmarks(160, 80), format, 100));
        for (const int size : {80, 40, 16, 120}) {
            const Picture square = read_square_picture(path, size, PictureColour::grey);
            ASSERT_EQ(square.width, size);
            ASSERT_EQ(square.height, size);
            const auto at = [&](int x, int y) {
                return square.pixels[static_cast<std::size_t>(y * size + x)];
            };
            for (const int y : {0, size / 2, size - 1}) {
                EXPECT_LT(at(size / 4, y), 16) << format << " " << size;
                EXPECT_GT(at(size - 1 - size / 4, y), 239) << format << " " << size;
            }
        }
    }
}

TEST_F(ImageFile, AStripOnePixelHighCannotBlowUp) {
    const fs::path path = file("a.png", encoded(qt_image(pattern(30'000, 1, 1)), "png"));
    const Picture square = read_square_picture(path, 64, PictureColour::grey);
    EXPECT_EQ(square.pixels.size(), 64u * 64u);
}

TEST_F(ImageFile, ExifOrientationTurnsThePictureUpright) {
    // Stored: black on the left, white on the right. Turned right by 90 degrees: black on top.
    const fs::path path = file("a.jpg", jpeg_with_orientation(landmarks(64, 32), 6));
    const PictureSize size = picture_size(path);
    EXPECT_EQ(size.width, 32);
    EXPECT_EQ(size.height, 64);
    for (const Picture& picture : {read_picture(path), read_picture(path, 32),
                                   read_square_picture(path, 16, PictureColour::as_file)}) {
        const auto middle = static_cast<std::size_t>(picture.width / 2);
        const std::size_t row = static_cast<std::size_t>(picture.width) * picture.channels;
        EXPECT_LT(picture.pixels[middle * picture.channels], 30);
        EXPECT_GT(picture.pixels[(picture.height - 1) * row + middle * picture.channels], 225);
    }
    EXPECT_EQ(read_picture(path, 32).height, 32);
    EXPECT_EQ(read_picture(path, 32).width, 16);
}

TEST_F(ImageFile, TheHeaderAloneGivesTheSize) {
    for (const char* format : {"png", "jpeg", "bmp", "webp"}) {
        const PictureSize size = picture_size(file("a", encoded(qt_image(pattern(31, 17, 3)), format)));
        EXPECT_EQ(size.width, 31) << format;
        EXPECT_EQ(size.height, 17) << format;
        EXPECT_FALSE(size.grey) << format;
    }
}

TEST_F(ImageFile, ABombOf200MegapixelsIsRefusedByItsHeader) {
    // 200 megapixels of zeros: a few hundred kilobytes of file, 600 megabytes of picture.
    const std::string rows = test::deflate(std::string(1'000'000, '\0'));
    const fs::path path = file("bomb.png", test::png_file(20'000, 10'000, 8, 2, rows));
    const auto refusal = is_error_about(path, "20000 x 10000 pixels (200 megapixels)");
    EXPECT_THAT(error_of([&] { read_picture(path, 64); }), refusal);
    EXPECT_THAT(error_of([&] { read_square_picture(path, 64, PictureColour::rgb); }), refusal);
    EXPECT_THAT(error_of([&] { picture_size(path); }), refusal);
}

TEST_F(ImageFile, SixtyFourMegapixelsAreNotTooMany) {
    const fs::path path = file("a.png", test::png_file(8000, 8000, 1, 0, ""));
    EXPECT_EQ(picture_size(path).width, 8000);
    EXPECT_THROW(picture_size(file("b.png", test::png_file(8001, 8000, 1, 0, ""))), Error);
}

TEST_F(ImageFile, AMissingAnEmptyAndAWrongFileAreNamed) {
    EXPECT_THAT(error_of([&] { read_picture(folder_ / "none.png"); }),
                is_error_about(folder_ / "none.png", "No such file"));
    EXPECT_THAT(error_of([&] { read_picture(folder_.path()); }), is_error_about(folder_.path(), "folder"));
    EXPECT_THAT(error_of([&] { read_picture(file("a.png", "")); }),
                is_error_about(folder_ / "a.png", "empty"));
    EXPECT_THAT(error_of([&] { read_picture(file("a.png", "hello, this is text")); }),
                is_error_about(folder_ / "a.png", "not a PNG, JPEG, BMP, GIF or WebP"));
}

TEST_F(ImageFile, AFormatThatNobodyAskedForIsNotDecoded) {
    EXPECT_THROW(
        read_picture(file("a.png", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\"/>")),
        Error);
    EXPECT_THROW(read_picture(file("a.png", encoded(landmarks(4, 4), "ppm"))), Error);
}

TEST_F(ImageFile, ANameThatIsNoUnicodeIsStillAFile) {
    const Picture picture = pattern(4, 4, 3);
    const fs::path path = file("caf\xe9.png", encoded(qt_image(picture), "png"));
    EXPECT_EQ(read_picture(path), picture);
    EXPECT_EQ(picture_size(path).width, 4);
    write_picture(picture, path);
    EXPECT_EQ(read_picture(path), picture);
}

TEST_F(ImageFile, APipeIsNotWaitedFor) {
    ASSERT_EQ(::mkfifo((folder_ / "pipe.png").c_str(), 0600), 0);
    EXPECT_THROW(read_picture(folder_ / "pipe.png"), Error);
}

TEST_F(ImageFile, AFileWithoutPermissionIsAnError) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    const fs::path path = file("a.png", encoded(landmarks(4, 4), "png"));
    fs::permissions(path, fs::perms::none);
    EXPECT_THAT(error_of([&] { read_picture(path); }), is_error_about(path, "Permission denied"));
}

class CutPicture : public testing::TestWithParam<const char*> {};

TEST_P(CutPicture, IsAnErrorWhereverItIsCut) {
    const TemporaryFolder folder;
    const fs::path path = folder / "a";
    const std::string whole = encoded(qt_image(pattern(64, 48, 3)), GetParam());
    test::write_bytes(path, whole);
    EXPECT_NO_THROW(read_picture(path));
    for (const double share : {0.05, 0.3, 0.5, 0.8, 0.95, 0.99}) {
        const auto length = static_cast<std::size_t>(static_cast<double>(whole.size()) * share);
        test::write_bytes(path, std::string_view(whole).substr(0, length));
        EXPECT_THAT(error_of([&] { read_picture(path); }), is_error_about(path, "")) << share;
    }
}

TEST_P(CutPicture, NoiseInTheMiddleNeverCrashes) {
    const TemporaryFolder folder;
    std::string bytes = encoded(qt_image(pattern(64, 48, 3)), GetParam());
    for (std::size_t i = 0; i < 100; ++i) {
        std::string damaged = bytes;
        for (std::size_t k = 0; k < 8; ++k)
            damaged[(i * 7919 + k * 104729) % bytes.size()] ^= static_cast<char>(i + k + 1);
        test::write_bytes(folder / "a", damaged);
        try {
            read_picture(folder / "a", 32);
        } catch (const Error&) {
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Formats, CutPicture, testing::Values("png", "jpeg", "bmp", "webp"),
                         [](const auto& param) { return std::string(param.param); });

TEST_F(ImageFile, ACutGifIsAnError) {
    // Qt writes no GIF: one of 2 x 1 pixels by hand, white and red.
    const std::string gif("GIF89a\2\0\1\0\x80\0\0\xff\xff\xff\xff\0\0,\0\0\0\0\2\0\1\0\0\2\2\x44\x0a\0;", 36);
    EXPECT_EQ(read_picture(file("a.gif", gif)), (Picture{2, 1, 3, {255, 255, 255, 255, 0, 0}}));
    EXPECT_THROW(read_picture(file("b.gif", gif.substr(0, 30))), Error);
}

TEST_F(ImageFile, AGifWhoseSizesContradictEachOtherIsAnErrorOrHasTheWantedSize) {
    for (const char* width : {"\x01\x20", "\x08\x00", "\xff\xff"}) {
        std::string gif("GIF89aww\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;",
                        35);
        gif.replace(6, 2, std::string(width, 2));
        test::write_bytes(folder_ / "a.gif", gif);
        for (const int side : {1, 4, 64}) try {
                const Picture picture = read_picture(folder_ / "a.gif", side);
                EXPECT_LE(picture.width, side);
                const Picture square = read_square_picture(folder_ / "a.gif", side, PictureColour::rgb);
                EXPECT_EQ(square.pixels.size(), static_cast<std::size_t>(3 * side * side));
            } catch (const Error& error) {
                EXPECT_THAT(error, is_error_about(folder_ / "a.gif", "header"));
            }
    }
}

TEST_F(ImageFile, AChunkThatSaysItIsHugeTakesNoMemory) {
    write_picture(pattern(6, 4, 3), folder_ / "a.png", 1, "a recipe");
    std::string png = test::read_bytes(folder_ / "a.png");
    png.replace(png.find("tEXt") - 4, 4, test::big_endian(0x7fff0000));
    test::write_bytes(folder_ / "a.png", png);
    const std::int64_t before = peak_bytes();
    EXPECT_THAT(error_of([&] { read_picture(folder_ / "a.png"); }),
                is_error_about(folder_ / "a.png", "cut short"));
    EXPECT_THAT(error_of([&] { picture_size(folder_ / "a.png"); }),
                is_error_about(folder_ / "a.png", "cut short"));
    EXPECT_LT(peak_bytes() - before, 100 << 20);
}

TEST_F(ImageFile, KnowsExtensionsInAnyCase) {
    for (const char* name : {"a.png", "a.PNG", "a.jpg", "a.JPeG", "a.bmp", "a.gif", "a.webp"})
        EXPECT_TRUE(is_picture_file(name)) << name;
    for (const char* name : {"a", "png", "a.txt", "a.svg", "a.png.gz", ""})
        EXPECT_FALSE(is_picture_file(name)) << name;
}

TEST_F(ImageFile, WhatCannotBeWrittenSaysWhy) {
    const Picture picture = pattern(4, 4, 1);
    EXPECT_THAT(error_of([&] { write_picture(picture, folder_ / "a.tiff"); }),
                is_error_about(folder_ / "a.tiff", ".png, .jpg"));
    EXPECT_THROW(write_picture({}, folder_ / "a.png"), Error);
    EXPECT_THROW(write_picture(picture, folder_ / "a.png", 0), Error);
    EXPECT_THAT(error_of([&] { write_picture(picture, folder_ / "a.png", 100'000); }),
                is_error_about(folder_ / "a.png", "64 megapixels"));
    EXPECT_THAT(error_of([&] { write_picture(picture, folder_ / "no/a.png"); }),
                is_error_about(folder_ / "no/a.png", "No such file"));
    EXPECT_TRUE(folder_.names().empty());
}

TEST_F(ImageFile, ManyThreadsReadAtOnceWithoutAnApplication) {
    const Picture picture = pattern(40, 30, 3);
    write_picture(picture, folder_ / "a.png");
    write_picture(picture, folder_ / "a.webp");
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int k = 0; k < 20; ++k) {
                EXPECT_EQ(read_picture(folder_ / "a.png"), picture);
                EXPECT_EQ(read_picture(folder_ / "a.webp"), picture);
            }
        });
}

}  // namespace
}  // namespace denoise
