#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace denoise {

/// An array of numbers in row-major (C) order. No sides at all mean one number.
struct FloatArray {
    std::vector<std::int64_t> shape;
    std::vector<float> values;

    bool operator==(const FloatArray&) const = default;
};

/// Reads NumPy's .npy format, versions 1 to 3, with float32 or float64 in C order; float64 is rounded to
/// float32. Throws Error naming the file and what is wrong with it (cut short, Fortran order, another type
/// ...). Never allocates more than the file's size.
FloatArray read_npy(const std::filesystem::path& path);

/// The same from a stream that can be sought in; `path` is its name in errors.
FloatArray read_npy(std::istream& stream, const std::filesystem::path& path);

/// Writes version 1.0 in C order, whole or not at all. Throws Error, also when the shape does not fit the
/// number of values.
void write_npy(const std::filesystem::path& path, const std::vector<std::int64_t>& shape,
               std::span<const float> values);
void write_npy(const std::filesystem::path& path, const std::vector<std::int64_t>& shape,
               std::span<const std::uint8_t> values);

enum class NpzPacking { stored, deflated };

/// Writes NumPy's .npz, a zip file with the one array "arr_0", whole or not at all. The same array gives the
/// same bytes at any time. Throws Error, also for more than the 4 GB that a plain zip file can hold.
void write_npz(const std::filesystem::path& path, const std::vector<std::int64_t>& shape,
               std::span<const std::uint8_t> values, NpzPacking packing = NpzPacking::deflated);

/// All that stands before the numbers of a .npy file of version 1.0: for writers of files that hold several.
std::string npy_header(const char* type, const std::vector<std::int64_t>& shape);

/// The number of values in an array of this shape, or nothing when a side is negative or it does not fit into
/// 63 bits.
std::optional<std::uint64_t> value_count(const std::vector<std::int64_t>& shape);

}  // namespace denoise
