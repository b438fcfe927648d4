#include "tests/support/files.h"

#include <stdlib.h>
#include <zlib.h>

#include <QBuffer>
#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace denoise::test {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "denoise-lab-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::vector<std::string> TemporaryFolder::names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

void write_bytes(const fs::path& path, std::string_view bytes) {
    fs::create_directories(path.parent_path());
    std::ofstream stream(path, std::ios::binary);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    stream.close();
    if (!stream) throw std::runtime_error("cannot write " + path.string());
}

std::string read_bytes(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

namespace {

std::string compressed(std::string_view bytes, int window_bits) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY);
    std::string result(deflateBound(&stream, bytes.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    deflate(&stream, Z_FINISH);
    result.resize(stream.total_out);
    deflateEnd(&stream);
    return result;
}

std::string png_chunk(const std::string& type, std::string_view data) {
    const std::string body = type + std::string(data);
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
    return big_endian(static_cast<std::uint32_t>(data.size())) + body +
           big_endian(static_cast<std::uint32_t>(sum));
}

}  // namespace

std::string gzip(std::string_view bytes) {
    return compressed(bytes, 15 + 16);
}

std::string deflate(std::string_view bytes) {
    return compressed(bytes, 15);
}

std::string big_endian(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
            static_cast<char>(value)};
}

std::string png_file(std::uint32_t width, std::uint32_t height, int bits, int colour_type,
                     std::string_view compressed_rows, std::string_view palette) {
    std::string header = big_endian(width) + big_endian(height);
    header += {static_cast<char>(bits), static_cast<char>(colour_type), 0, 0, 0};
    std::string file = "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header);
    if (!palette.empty()) file += png_chunk("PLTE", palette);
    return file + png_chunk("IDAT", compressed_rows) + png_chunk("IEND", "");
}

Picture pattern(int width, int height, int channels, int seed) {
    Picture picture{width, height, channels, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < channels; ++c)
                picture.pixels.push_back(
                    static_cast<std::uint8_t>((x * 5 + y * 3 * (c + 1) + c * 40 + seed * 37) % 256));
    return picture;
}

std::string encoded(const QImage& image, const char* format, int quality) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    EXPECT_TRUE(image.save(&buffer, format, quality)) << format;
    return bytes.toStdString();
}

QImage qt_image(const Picture& picture) {
    QImage image(picture.width, picture.height, QImage::Format_RGB888);
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x) {
            const std::uint8_t* p =
                picture.pixels.data() + (static_cast<std::size_t>(y) * picture.width + x) * picture.channels;
            image.setPixel(x, y, picture.channels == 1 ? qRgb(p[0], p[0], p[0]) : qRgb(p[0], p[1], p[2]));
        }
    return image;
}

std::optional<fs::path> mnist_folder() {
    const fs::path folder = DENOISE_LAB_SOURCE_DIR "/../shared/data/mnist";
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) return std::nullopt;
    return folder;
}

}  // namespace denoise::test
