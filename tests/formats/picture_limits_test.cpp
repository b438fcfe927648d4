#include "engine/formats/picture_limits.h"

#include "engine/formats/image_file.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using test::error_of;
using test::is_error_about;

TEST(PictureLimits, AreKnownForEveryFormat) {
    check_picture("a.png", 8000, 8000);
    for (const char* name : {"a.png", "a.JPG", "a.jpeg", "a.bmp", "a.webp"})
        EXPECT_THAT(error_of([&] { check_picture(name, 8001, 8000); }), is_error_about(name, "64 megapixels"))
            << name;
    EXPECT_THAT(error_of([&] { check_picture("a.webp", 16384, 1); }), is_error_about("a.webp", "16383"));
    EXPECT_THAT(error_of([&] { check_picture("a.jpg", 1, 65501); }), is_error_about("a.jpg", "65500"));
    EXPECT_THAT(error_of([&] { check_picture_size("film", PictureFormat::gif, 65536, 1); }),
                is_error_about("film", "65535"));
    EXPECT_THAT(error_of([&] { check_picture("a.png", std::int64_t{1} << 40, std::int64_t{1} << 40); }),
                is_error_about("a.png", "64 megapixels"))
        << "without overflow";
    EXPECT_THAT(error_of([&] { check_picture("a.tiff", 1, 1); }), is_error_about("a.tiff", ".png"));
}

/// What the check allows must really work.
TEST(PictureLimits, TheLongestSidesCanBeWritten) {
    const test::TemporaryFolder folder;
    for (const auto& [name, side] : {std::pair("a.webp", 16383), std::pair("a.jpg", 65500),
                                     std::pair("a.png", 70000), std::pair("a.bmp", 70000)}) {
        const Picture line{side, 1, 1, std::vector<std::uint8_t>(static_cast<std::size_t>(side), 7)};
        write_picture(line, folder / name);
        EXPECT_EQ(picture_size(folder / name).width, side) << name;
        EXPECT_GT(std::filesystem::file_size(folder / name), 0u);
    }
}

}  // namespace
}  // namespace denoise
