#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "engine/base/mapping_guard.h"
#include "engine/base/pixel_buffer.h"

namespace denoise {

/// A file mapped into memory for reading. The system reads its pages when they are used, and can drop them
/// when memory is short. The file can be deleted meanwhile, but must not be changed. If another program
/// shortens it, or the disk fails, the bytes are 0 and intact() is false.
class MappedFile : public SharedBytes {
  public:
    /// Throws Error if this is not a regular file of `size` bytes that can be read.
    MappedFile(const std::filesystem::path& path, std::uint64_t size);
    ~MappedFile() override;

    bool intact() const override;

  private:
    int descriptor_ = -1;
    std::optional<MappingGuard> guard_;
};

}  // namespace denoise
