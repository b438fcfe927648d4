#include <QCoreApplication>
#include <QLoggingCategory>

#include "engine/formats/exif_orientation.h"
#include "engine/formats/image_file.h"
#include "tests/fuzz/input_file.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {
namespace {

/// Qt finds its plugins with it.
void need_application() {
    static int count = 1;
    static char name[] = "fuzz";
    static char* arguments[] = {name, nullptr};
    static const QCoreApplication application(count, arguments);
    QLoggingCategory::setFilterRules("qt.gui.imageio*=false");
}

Picture small_picture(int channels) {
    Picture picture;
    picture.width = 6;
    picture.height = 4;
    picture.channels = channels;
    for (int i = 0; i < 6 * 4 * channels; ++i) picture.pixels.push_back(static_cast<std::uint8_t>(10 * i));
    return picture;
}

/// EXIF data with the orientation 6.
std::string exif() {
    return std::string("II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0", 26);
}

std::string encoded(int channels, const char* name, const std::string& recipe = {}) {
    const auto path = input_file(name, "");
    std::filesystem::remove(path);
    write_picture(small_picture(channels), path, 1, recipe);
    return read_all(path);
}

}  // namespace

/// Pictures of each format, with and without EXIF data and recipe.
std::vector<std::string> seeds() {
    need_application();
    std::vector<std::string> all;
    for (const int channels : {1, 3})
        for (const char* name : {"s.png", "s.jpg", "s.bmp", "s.webp"}) all.push_back(encoded(channels, name));
    all.push_back(encoded(3, "s.png", R"({"program": "denoise-lab", "seed": 1})"));
    std::string jpeg = encoded(3, "s.jpg");
    const std::string block = std::string("Exif\0\0", 6) + exif();
    jpeg.insert(2, std::string("\xff\xe1\0", 3) + static_cast<char>(block.size() + 2) + block);
    all.push_back(jpeg);
    std::string png = encoded(3, "s.png");
    png.insert(33, std::string("\0\0\0\x1a"
                               "eXIf",
                               8) +
                       exif() + "\x3f\x1c\xa0\x2d");  // behind IHDR
    all.push_back(png);
    all.emplace_back("GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;",
                     35);
    all.push_back(exif());
    return all;
}

std::vector<std::string> tokens() {
    return {"IHDR",     "IDAT",     "IEND",        "PLTE",     "tRNS",     "tEXt",   "zTXt",
            "iTXt",     "eXIf",     "denoise-lab", "GIF89a",   "RIFF",     "WEBP",   "VP8 ",
            "VP8X",     "VP8L",     "ALPH",        "EXIF",     "ANMF",     "BM",     "\xff\xd8\xff",
            "\xff\xe1", "\xff\xda", "\xff\xc0",    "\xff\xc2", "\xff\xd9", "II\x2a", "MM"};
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    fuzz::need_application();
    const std::string_view bytes = fuzz::text_of(data, size);
    const auto check = [](const Picture& picture, int width, int height) {
        fuzz::expect(picture.width > 0 && picture.width <= width && picture.height > 0 &&
                         picture.height <= height &&
                         picture.pixels.size() == static_cast<std::size_t>(picture.width) *
                                                      static_cast<std::size_t>(picture.height) *
                                                      static_cast<std::size_t>(picture.channels),
                     "a picture has the size that was asked for");
    };
    const PictureBytes file{"input", bytes};
    fuzz::try_reading([&] { check(read_picture(file, 64, PictureColour::as_file), 64, 64); });
    fuzz::try_reading([&] { check(read_cropped_picture(file, 8, 8, PictureColour::rgb), 8, 8); });
    fuzz::try_reading([&] { picture_size(file); });
    for (const NamedValue<PictureFormat>& format : names_of<PictureFormat>) {
        damage_in(format.value, {data, size});
        const int orientation = exif_orientation(
            format.value, [&](std::uint64_t offset, std::span<std::uint8_t> target) -> std::size_t {
                if (offset >= size) return 0;
                return bytes.copy(reinterpret_cast<char*>(target.data()), target.size(), offset);
            });
        fuzz::expect(orientation >= 1 && orientation <= 8, "an orientation is from 1 to 8");
    }
    const int orientation = orientation_in_exif({data, size});
    fuzz::expect(orientation >= 1 && orientation <= 8, "an orientation is from 1 to 8");
    fuzz::try_reading([&] { read_recipe(fuzz::input_file("input.png", bytes)); });
    return 0;
}
