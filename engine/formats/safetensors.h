#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace denoise {

/// The supported element types of the format.
enum class TensorType { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };

std::size_t bytes_per_element(TensorType type);

/// A named array in a safetensors file. `bytes` refers to memory of the SafetensorsFile, or of the caller of
/// write_safetensors().
struct NamedTensor {
    std::string name;
    TensorType type = TensorType::f32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;  ///< row-major, little-endian
};

/// A float32 array that refers to `values`.
NamedTensor float_tensor(std::string name, std::vector<std::int64_t> shape, const float* values);

using Metadata = std::map<std::string, std::string>;

/// A safetensors file in memory. The constructor validates it completely: the header, its JSON, types,
/// shapes, and offsets, which must cover the data without gaps and overlaps.
class SafetensorsFile {
  public:
    /// Throws Error with the path and the cause (empty, cut short, header longer than the file, unknown type,
    /// ...). Never allocates more memory than the size of the file.
    explicit SafetensorsFile(const std::filesystem::path& path);

    const Metadata& metadata() const { return metadata_; }
    const std::vector<NamedTensor>& tensors() const { return tensors_; }
    /// nullptr if there is none.
    const NamedTensor* find(std::string_view name) const;
    /// Throws Error with the path and the name if there is none.
    const NamedTensor& at(std::string_view name) const;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
    std::vector<std::byte> data_;
    Metadata metadata_;
    std::vector<NamedTensor> tensors_;
};

/// Writes the tensors in the given order with AtomicFile. The data is aligned to 8 bytes. Throws Error.
void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       const Metadata& metadata);

}  // namespace denoise
