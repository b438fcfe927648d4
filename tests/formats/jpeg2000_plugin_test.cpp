#if __has_include(<openjpeg.h>)

#include <openjpeg.h>

#include <random>

#include "engine/formats/image_file.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::is_error_about;
using test::pattern;
using test::TemporaryFolder;

/// Values of one channel of a picture, with `bits` bits, at every `step`-th pixel of rows and columns.
struct Channel {
    std::vector<int> values;
    unsigned step = 1;
};

/// A lossless JPEG 2000 file.
void write_jpeg2000(const fs::path& path, int width, int height, const std::vector<Channel>& channels,
                    unsigned bits, OPJ_CODEC_FORMAT format = OPJ_CODEC_JP2,
                    OPJ_COLOR_SPACE space = OPJ_CLRSPC_SRGB) {
    std::vector<opj_image_cmptparm_t> shapes;
    for (const Channel& channel : channels) {
        opj_image_cmptparm_t shape{};
        shape.dx = shape.dy = channel.step;
        shape.w = (static_cast<unsigned>(width) + channel.step - 1) / channel.step;
        shape.h = (static_cast<unsigned>(height) + channel.step - 1) / channel.step;
        shape.prec = bits;
        shapes.push_back(shape);
    }
    opj_image_t* image = opj_image_create(static_cast<OPJ_UINT32>(shapes.size()), shapes.data(), space);
    image->x1 = static_cast<OPJ_UINT32>(width);
    image->y1 = static_cast<OPJ_UINT32>(height);
    for (std::size_t c = 0; c < channels.size(); ++c)
        std::ranges::copy(channels[c].values, image->comps[c].data);
    if (channels.size() % 2 == 0) image->comps[channels.size() - 1].alpha = 1;
    opj_cparameters_t parameters;
    opj_set_default_encoder_parameters(&parameters);
    parameters.tcp_numlayers = 1;
    parameters.cp_disto_alloc = 1;
    parameters.numresolution = 3;
    opj_codec_t* codec = opj_create_compress(format);
    opj_stream_t* stream = opj_stream_create_default_file_stream(path.c_str(), OPJ_FALSE);
    EXPECT_TRUE(opj_setup_encoder(codec, &parameters, image));
    EXPECT_TRUE(opj_start_compress(codec, image, stream));
    EXPECT_TRUE(opj_encode(codec, stream));
    EXPECT_TRUE(opj_end_compress(codec, stream));
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    opj_image_destroy(image);
}

/// The channels of a picture; values are multiplied by `factor`.
std::vector<Channel> channels_of(const Picture& picture, int factor = 1) {
    std::vector<Channel> channels(static_cast<std::size_t>(picture.channels));
    for (std::size_t i = 0; i < picture.pixels.size(); ++i)
        channels[i % channels.size()].values.push_back(picture.pixels[i] * factor);
    return channels;
}

class Jpeg2000Pictures : public testing::Test {
  protected:
    TemporaryFolder folder_;
    const fs::path path_ = folder_ / "scan.jp2";
};

TEST_F(Jpeg2000Pictures, AreReadExactly) {
    for (const int channels : {1, 3}) {
        const Picture stored = pattern(37, 22, channels);
        write_jpeg2000(path_, 37, 22, channels_of(stored), 8);
        EXPECT_EQ(read_picture(path_), stored) << channels;
        EXPECT_EQ(picture_size(path_).width, 37);
        EXPECT_EQ(picture_size(path_).height, 22);
    }
}

TEST_F(Jpeg2000Pictures, CodestreamsAndSixteenBitsAreRead) {
    const Picture stored = pattern(37, 22, 3);
    write_jpeg2000(folder_ / "scan.j2k", 37, 22, channels_of(stored), 8, OPJ_CODEC_J2K);
    EXPECT_EQ(read_picture(folder_ / "scan.j2k"), stored);
    write_jpeg2000(path_, 37, 22, channels_of(stored, 257), 16);  // 255 becomes 65535
    EXPECT_EQ(read_picture(path_), stored);
}

TEST_F(Jpeg2000Pictures, TransparentPixelsAreWhite) {
    std::vector<Channel> channels =
        channels_of(Picture{16, 16, 3, std::vector<std::uint8_t>(16 * 16 * 3, 90)});
    channels.emplace_back();
    for (int i = 0; i < 16 * 16; ++i) channels.back().values.push_back(i < 128 ? 255 : 0);
    write_jpeg2000(path_, 16, 16, channels, 8);
    const Picture read = read_picture(path_, 1024, PictureColour::rgb);
    EXPECT_EQ(read.pixels.front(), 90);
    EXPECT_EQ(read.pixels.back(), 255);
}

TEST_F(Jpeg2000Pictures, CoarseColoursOfVideoAreConverted) {
    // Y = 150, Cb = 100, Cr = 200 is RGB (251, 108, 100) by ITU-R BT.601.
    const std::vector<Channel> channels{{std::vector<int>(16 * 16, 150)},
                                        {std::vector<int>(8 * 8, 100), 2},
                                        {std::vector<int>(8 * 8, 200), 2}};
    write_jpeg2000(path_, 16, 16, channels, 8, OPJ_CODEC_JP2, OPJ_CLRSPC_SYCC);
    const Picture read = read_picture(path_);
    ASSERT_EQ(read.channels, 3);
    EXPECT_EQ(read.pixels[0], 251);
    EXPECT_EQ(read.pixels[1], 108);
    EXPECT_EQ(read.pixels[2], 100);
}

TEST_F(Jpeg2000Pictures, DamagedFilesAreErrorsOrPictures) {
    write_jpeg2000(path_, 37, 22, channels_of(pattern(37, 22, 3)), 8);
    const std::string whole = test::read_bytes(path_);
    for (const double share : {0.0, 0.02, 0.1, 0.5, 0.9}) {
        const auto length = static_cast<std::size_t>(static_cast<double>(whole.size()) * share);
        test::write_bytes(path_, whole.substr(0, length));
        EXPECT_THROW(read_picture(path_), Error) << share;
    }
    std::mt19937 random(1);
    for (int i = 0; i < 300; ++i) {
        std::string bytes = whole;
        for (int k = 0; k < 3; ++k) bytes[random() % bytes.size()] = static_cast<char>(random());
        test::write_bytes(path_, bytes);
        try {
            read_picture(path_);
        } catch (const Error&) {
        }
    }
    test::write_bytes(path_, "this is no picture at all");
    EXPECT_THAT(error_of([&] { read_picture(path_); }), is_error_about(path_, "not a JP2"));
}

}  // namespace
}  // namespace denoise

#endif
