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

/// Element types of the format that this program reads and writes.
enum class TensorType { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };

std::size_t bytes_per_element(TensorType type);

/// A named array in a safetensors file; `bytes` belongs to the SafetensorsFile or to the caller of the
/// writer.
struct NamedTensor {
    std::string name;
    TensorType type = TensorType::f32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;  ///< row-major, little-endian
};

/// A float32 array over `values`, which belong to the caller.
NamedTensor float_tensor(std::string name, std::vector<std::int64_t> shape, const float* values);

using Metadata = std::map<std::string, std::string>;

/// A safetensors file that was read and checked in full: header size and JSON, types, shapes, offsets that
/// cover the data without gap or overlap. Its bytes live as long as it does.
class SafetensorsFile {
  public:
    /// Throws Error naming the file and what is wrong with it (0 bytes, cut in the middle, a header that
    /// claims more bytes than the file has, an unknown type ...). Never allocates more than the file's size.
    explicit SafetensorsFile(const std::filesystem::path& path);

    const Metadata& metadata() const { return metadata_; }
    const std::vector<NamedTensor>& tensors() const { return tensors_; }
    /// nullptr when there is none.
    const NamedTensor* find(std::string_view name) const;
    /// Throws Error naming file and tensor when there is none.
    const NamedTensor& at(std::string_view name) const;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
    std::vector<std::byte> data_;
    Metadata metadata_;
    std::vector<NamedTensor> tensors_;
};

/// Writes a file through AtomicFile, tensors in the given order, data aligned to 8 bytes. Throws Error.
void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       const Metadata& metadata);

}  // namespace denoise
