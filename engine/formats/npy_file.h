#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace denoise {

/// An array in row-major (C) order. An array with an empty shape is a single number.
struct FloatArray {
    std::vector<std::int64_t> shape;
    std::vector<float> values;

    bool operator==(const FloatArray&) const = default;
};

/// Reads NumPy's .npy format, versions 1 to 3, with float32 or float64 in C order. float64 is rounded to
/// float32. Throws Error with the path and the cause (cut short, Fortran order, another type, ...). Never
/// allocates more memory than the size of the file.
FloatArray read_npy(const std::filesystem::path& path);

/// Reads from a seekable stream. `path` is used in errors.
FloatArray read_npy(std::istream& stream, const std::filesystem::path& path);

/// What precedes the values of a .npy file.
struct NpyHeader {
    std::string type;  ///< such as "<f4"
    bool fortran_order = false;
    std::vector<std::int64_t> shape;
};

/// The largest size of a header, with what precedes it.
inline constexpr std::size_t npy_header_limit = (1u << 16) + 12;

/// Reads the header from a stream of `size` bytes, which is left at the first byte of the data. Throws Error.
NpyHeader read_npy_header(std::istream& stream, const std::filesystem::path& path, std::uint64_t size);

/// Throws Error with the path and the position of the first value that is NaN or infinite, if there is one.
void require_finite(const FloatArray& array, const std::filesystem::path& path);

/// Writes version 1.0 in C order, completely or not at all. Throws Error, also if the shape does not match
/// the number of values.
void write_npy(const std::filesystem::path& path, const std::vector<std::int64_t>& shape,
               std::span<const float> values);
void write_npy(const std::filesystem::path& path, const std::vector<std::int64_t>& shape,
               std::span<const std::uint8_t> values);

/// Writes NumPy's .npz format, a compressed zip file with a single array "arr_0", completely or not at all.
/// The same array always gives the same bytes. Throws Error.
void write_npz(const std::filesystem::path& path, const std::vector<std::int64_t>& shape,
               std::span<const std::uint8_t> values);

/// The header of a .npy file of version 1.0, for formats that contain .npy files.
std::string npy_header(const char* type, const std::vector<std::int64_t>& shape);

/// The number of values in an array of this shape, or std::nullopt if a side is negative or the number
/// exceeds 63 bits.
std::optional<std::uint64_t> value_count(const std::vector<std::int64_t>& shape);

}  // namespace denoise
