#include "engine/formats/animation_file.h"

#include <QImage>
#include <QImageReader>

#include "tests/support/files.h"

namespace denoise {
namespace {

using test::error_of;
using test::is_error_about;
using test::pattern;
using test::TemporaryFolder;

struct Film {
    std::vector<QImage> frames;
    std::vector<int> delays_ms;
    int loops = 0;  ///< -1: for ever
};

/// What a viewer shows.
Film play(const std::filesystem::path& path) {
    QImageReader reader(QString::fromStdString(path.string()), "gif");
    Film film;
    for (QImage frame; reader.read(&frame);) {
        film.frames.push_back(frame.convertToFormat(QImage::Format_RGB888));
        film.delays_ms.push_back(reader.nextImageDelay());
    }
    film.loops = reader.loopCount();
    return film;
}

int largest_difference(const QImage& shown, const Picture& picture, int scale) {
    int largest = 0;
    for (int y = 0; y < shown.height(); ++y)
        for (int x = 0; x < shown.width(); ++x) {
            const auto pixel =
                static_cast<std::size_t>(y / scale * picture.width + x / scale) * picture.channels;
            const QRgb colour = shown.pixel(x, y);
            const int values[] = {qRed(colour), qGreen(colour), qBlue(colour)};
            for (int c = 0; c < 3; ++c)
                largest = std::max(
                    largest, std::abs(values[c] - picture.pixels[pixel + (picture.channels == 1 ? 0 : c)]));
        }
    return largest;
}

TEST(Gif, GreysAreExactInEveryFrame) {
    const TemporaryFolder folder;
    std::vector<Picture> frames;
    for (int i = 0; i < 6; ++i) frames.push_back(pattern(30, 20, 1, i));
    frames.push_back(frames.back());  // a frame like the one before it is still a frame
    write_gif(frames, folder / "a.gif");
    const Film film = play(folder / "a.gif");
    ASSERT_EQ(film.frames.size(), frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        EXPECT_EQ(film.frames[i].size(), QSize(30, 20));
        EXPECT_EQ(largest_difference(film.frames[i], frames[i], 1), 0) << i;
    }
}

TEST(Gif, FewColoursAreExact) {
    const TemporaryFolder folder;
    Picture a{16, 16, 3, {}}, b{16, 16, 3, {}};
    for (int i = 0; i < 256; ++i)
        for (int c = 0; c < 3; ++c) {
            a.pixels.push_back(static_cast<std::uint8_t>(i % 10 * 25 + c));
            b.pixels.push_back(static_cast<std::uint8_t>(i % 7 * 30 + 2 * c));
        }
    write_gif({a, b}, folder / "a.gif");
    const Film film = play(folder / "a.gif");
    ASSERT_EQ(film.frames.size(), 2u);
    EXPECT_EQ(largest_difference(film.frames[0], a, 1), 0);
    EXPECT_EQ(largest_difference(film.frames[1], b, 1), 0);
}

TEST(Gif, ManyColoursStayClose) {
    const TemporaryFolder folder;
    Picture wheel{64, 64, 3, {}};
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; ++x)
            for (const int value : {x * 4, y * 4, 255 - 2 * (x + y)})
                wheel.pixels.push_back(static_cast<std::uint8_t>(value));
    write_gif({wheel, pattern(64, 64, 3)}, folder / "a.gif");
    EXPECT_LT(largest_difference(play(folder / "a.gif").frames.at(0), wheel, 1), 48);
}

TEST(Gif, ScaleRepeatsPixels) {
    const TemporaryFolder folder;
    for (const int channels : {1, 3}) {
        const std::vector<Picture> frames{pattern(5, 3, channels, 0), pattern(5, 3, channels, 1)};
        write_gif(frames, folder / "a.gif", 40, 1500, 3);
        const Film film = play(folder / "a.gif");
        ASSERT_EQ(film.frames.size(), 2u);
        EXPECT_EQ(film.frames[1].size(), QSize(15, 9));
        EXPECT_EQ(largest_difference(film.frames[0], frames[0], 3), 0);
        EXPECT_EQ(largest_difference(film.frames[1], frames[1], 3), 0);
    }
}

TEST(Gif, LoopsForEverWithTheDelaysAskedFor) {
    const TemporaryFolder folder;
    write_gif({pattern(4, 4, 1, 0), pattern(4, 4, 1, 1), pattern(4, 4, 1, 2)}, folder / "a.gif", 70, 2000);
    const Film film = play(folder / "a.gif");
    EXPECT_EQ(film.loops, -1);
    EXPECT_THAT(film.delays_ms, testing::ElementsAre(70, 70, 2000));
}

TEST(Gif, ADelayThatBrowsersWouldStretchIsRaised) {
    const TemporaryFolder folder;
    write_gif({pattern(4, 4, 1, 0), pattern(4, 4, 1, 1)}, folder / "a.gif", 1, 0);
    EXPECT_THAT(play(folder / "a.gif").delays_ms, testing::ElementsAre(20, 20));
}

TEST(Gif, OneFrameIsAFilmToo) {
    const TemporaryFolder folder;
    write_gif({pattern(7, 5, 1)}, folder / "a.gif");
    const Film film = play(folder / "a.gif");
    ASSERT_EQ(film.frames.size(), 1u);
    EXPECT_EQ(largest_difference(film.frames[0], pattern(7, 5, 1), 1), 0);
}

TEST(Gif, BadFramesLeaveTheOldFileAlone) {
    const TemporaryFolder folder;
    const auto path = folder / "a.gif";
    test::write_bytes(path, "old");
    EXPECT_THAT(error_of([&] { write_gif({}, path); }), is_error_about(path, "no frames"));
    EXPECT_THAT(error_of([&] { write_gif({Picture{}}, path); }), is_error_about(path, "no frames"));
    EXPECT_THAT(error_of([&] {
                    write_gif({pattern(4, 4, 1), pattern(4, 5, 1)}, path);
                }),
                is_error_about(path, "different sizes"));
    EXPECT_THAT(error_of([&] {
                    write_gif({pattern(4, 4, 1), pattern(4, 4, 3)}, path);
                }),
                is_error_about(path, "different sizes"));
    EXPECT_THAT(error_of([&] { write_gif({pattern(4, 4, 1)}, path, 40, 40, 20'000); }),
                is_error_about(path, "65535"));
    EXPECT_THROW(write_gif({pattern(4, 4, 1)}, folder / "no/a.gif"), Error);
    // 3,782 megapixels overflowed a buffer of the encoder.
    EXPECT_THAT(error_of([&] { write_gif({pattern(1922, 1922, 1)}, path, 40, 40, 32); }),
                is_error_about(path, "64 megapixels"));
    EXPECT_EQ(test::read_bytes(path), "old");
    EXPECT_THAT(folder.names(), testing::ElementsAre("a.gif"));
}

}  // namespace
}  // namespace denoise
