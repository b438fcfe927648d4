#if __has_include(<libheif/heif.h>)

#include <libheif/heif.h>

#include <QImageReader>
#include <random>

#include "engine/formats/image_file.h"
#include "engine/formats/picture_types.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::is_error_about;
using test::pattern;
using test::TemporaryFolder;

/// `picture` as a phone stores it: turned clockwise by 90 degrees when it is shown, if `turned`.
std::string heif_file(const QImage& picture, heif_compression_format compression, bool turned) {
    heif_context* context = heif_context_alloc();
    heif_encoder* encoder = nullptr;
    EXPECT_EQ(heif_context_get_encoder_for_format(context, compression, &encoder).code, heif_error_Ok);
    heif_encoder_set_lossy_quality(encoder, 95);
    heif_encoder_set_parameter_string(encoder, "chroma", "444");
    const bool alpha = picture.hasAlphaChannel();
    const QImage source = picture.convertToFormat(alpha ? QImage::Format_RGBA8888 : QImage::Format_RGB888);
    heif_image* image = nullptr;
    heif_image_create(source.width(), source.height(), heif_colorspace_RGB,
                      alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, &image);
    heif_image_add_plane(image, heif_channel_interleaved, source.width(), source.height(), 8);
    int stride = 0;
    std::uint8_t* rows = heif_image_get_plane(image, heif_channel_interleaved, &stride);
    for (int y = 0; y < source.height(); ++y)
        std::copy_n(source.constScanLine(y), source.width() * (alpha ? 4 : 3), rows + y * stride);
    heif_encoding_options* options = heif_encoding_options_alloc();
    if (turned) options->image_orientation = heif_orientation_rotate_90_cw;
    EXPECT_EQ(heif_context_encode_image(context, image, encoder, options, nullptr).code, heif_error_Ok);
    std::string bytes;
    heif_writer writer{1, [](heif_context*, const void* data, std::size_t size, void* target) {
                           static_cast<std::string*>(target)->append(static_cast<const char*>(data), size);
                           return heif_error{heif_error_Ok, heif_suberror_Unspecified, ""};
                       }};
    heif_context_write(context, &writer, &bytes);
    heif_encoding_options_free(options);
    heif_image_release(image);
    heif_encoder_release(encoder);
    heif_context_free(context);
    return bytes;
}

/// The mean difference of two pictures of the same shape.
double difference(const Picture& a, const Picture& b) {
    if (a.width != b.width || a.height != b.height || a.channels != b.channels) return 255;
    double sum = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
    return sum / static_cast<double>(a.pixels.size());
}

struct Kind {
    const char* extension;
    heif_compression_format compression;
};

class HeifPictures : public testing::TestWithParam<Kind> {
  protected:
    void SetUp() override {
        const heif_compression_format compression = GetParam().compression;
        if (heif_have_encoder_for_format(compression) == 0 || heif_have_decoder_for_format(compression) == 0)
            GTEST_SKIP() << "libheif cannot write or read " << GetParam().extension << " on this computer";
    }
    fs::path file(std::string_view bytes) {
        const fs::path path = folder_ / (std::string("photo.") + GetParam().extension);
        test::write_bytes(path, bytes);
        return path;
    }
    TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Formats, HeifPictures,
                         testing::Values(Kind{"heic", heif_compression_HEVC},
                                         Kind{"avif", heif_compression_AV1}),
                         [](const auto& each) { return std::string(each.param.extension); });

TEST_P(HeifPictures, AreReadWithTheirSize) {
    const Picture stored = pattern(64, 48, 3);
    const fs::path path = file(heif_file(test::qt_image(stored), GetParam().compression, false));
    EXPECT_TRUE(is_picture_file(path));
    EXPECT_EQ(picture_size(path).width, 64);
    EXPECT_EQ(picture_size(path).height, 48);
    EXPECT_LT(difference(read_picture(path), stored), 3.0);
    const Picture small = read_cropped_picture(path, 16, 12, PictureColour::rgb);
    EXPECT_EQ(small.width, 16);
    EXPECT_EQ(small.height, 12);
}

TEST_P(HeifPictures, AreTurnedAsTheFileSays) {
    const Picture stored = pattern(64, 48, 3);
    const fs::path path = file(heif_file(test::qt_image(stored), GetParam().compression, true));
    EXPECT_EQ(picture_size(path).width, 48);
    EXPECT_EQ(picture_size(path).height, 64);
    Picture turned{48, 64, 3, {}};
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 48; ++x)
            for (int c = 0; c < 3; ++c)
                turned.pixels.push_back(stored.pixels[static_cast<std::size_t>(((47 - x) * 64 + y) * 3 + c)]);
    EXPECT_LT(difference(read_picture(path), turned), 3.0);
}

TEST_P(HeifPictures, TransparentPixelsAreWhite) {
    QImage image(64, 64, QImage::Format_ARGB32);
    image.fill(qRgba(200, 30, 30, 255));
    for (int y = 0; y < 64; ++y)
        for (int x = 32; x < 64; ++x) image.setPixel(x, y, qRgba(200, 30, 30, 0));
    const Picture read = read_picture(file(heif_file(image, GetParam().compression, false)));
    ASSERT_EQ(read.channels, 3);
    const auto pixel = [&](int x, int y) { return &read.pixels[static_cast<std::size_t>((y * 64 + x) * 3)]; };
    EXPECT_NEAR(pixel(8, 32)[0], 200, 8);
    EXPECT_NEAR(pixel(8, 32)[1], 30, 8);
    EXPECT_GT(pixel(56, 32)[1], 245);
}

TEST_P(HeifPictures, DamagedFilesAreErrorsOrPictures) {
    const std::string whole = heif_file(test::qt_image(pattern(64, 48, 3)), GetParam().compression, false);
    for (const double share : {0.0, 0.02, 0.1, 0.5, 0.9}) {
        const auto length = static_cast<std::size_t>(static_cast<double>(whole.size()) * share);
        EXPECT_THROW(read_picture(file(whole.substr(0, length))), Error) << share;
    }
    std::mt19937 random(1);
    for (int i = 0; i < 300; ++i) {
        std::string bytes = whole;
        for (int k = 0; k < 3; ++k) bytes[random() % bytes.size()] = static_cast<char>(random());
        try {
            read_picture(file(bytes));
        } catch (const Error&) {
        }
    }
}

TEST_P(HeifPictures, AreOnlyReadUnderTheirOwnName) {
    const std::string bytes = heif_file(test::qt_image(pattern(64, 48, 3)), GetParam().compression, false);
    test::write_bytes(folder_ / "photo.png", bytes);
    EXPECT_THROW(read_picture(folder_ / "photo.png"), Error);
    EXPECT_THAT(error_of([&] { read_picture(file("this is no picture at all")); }),
                is_error_about(file("this is no picture at all"), "it is not a"));
}

}  // namespace
}  // namespace denoise

#endif
