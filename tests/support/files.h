#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QImage>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/picture.h"

namespace denoise::test {

/// An empty folder that goes away with the test.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
    /// Names of everything in it, sorted.
    std::vector<std::string> names() const;

  private:
    std::filesystem::path path_;
};

/// Writes bytes to a file and makes the folders above it.
void write_bytes(const std::filesystem::path& path, std::string_view bytes);
std::string read_bytes(const std::filesystem::path& path);

/// `bytes` packed as gzip does.
std::string gzip(std::string_view bytes);

/// `value` as four bytes, the highest first.
std::string big_endian(std::uint32_t value);

/// A PNG file with any header and any compressed data, right or wrong.
std::string png_file(std::uint32_t width, std::uint32_t height, int bits, int colour_type,
                     std::string_view compressed_rows, std::string_view palette = {});
/// zlib's compression, as in a PNG's IDAT.
std::string deflate(std::string_view bytes);

/// A picture with a smooth pattern that differs by `seed` and has no symmetry.
Picture pattern(int width, int height, int channels, int seed = 0);

QImage qt_image(const Picture& picture);
/// `image` as Qt writes it in `format`.
std::string encoded(const QImage& image, const char* format, int quality = -1);

/// Where MNIST's files are, if this machine has them.
std::optional<std::filesystem::path> mnist_folder();

/// The Error that `action` throws; a test failure and an empty one when it throws none.
template <class Action>
Error error_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no Error was thrown";
    return {};
}

/// An Error whose cause names the file and contains `cause`, and that says what to do.
inline auto is_error_about(const std::filesystem::path& path, const std::string& cause) {
    using testing::AllOf, testing::Field, testing::HasSubstr, testing::Not, testing::IsEmpty;
    return AllOf(Field("what", &Error::what, Not(IsEmpty())),
                 Field("why", &Error::why, AllOf(HasSubstr(path.string()), HasSubstr(cause))),
                 Field("remedy", &Error::remedy, Not(IsEmpty())));
}

}  // namespace denoise::test

namespace denoise {

/// So that a failed expectation shows what a person would read.
inline void PrintTo(const Error& error, std::ostream* stream) {
    *stream << one_line(error);
}

}  // namespace denoise
