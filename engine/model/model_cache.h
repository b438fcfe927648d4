#pragma once

#include <string>

#include "engine/model/model.h"
#include "engine/model/recently_used.h"

namespace denoise {

/// Opens models and keeps the ones used last in memory, so that several samples of the same checkpoint read
/// it once. A file that has changed is read again.
class ModelCache {
  public:
    static constexpr std::size_t default_byte_limit = std::size_t{512} << 20;

    explicit ModelCache(std::size_t byte_limit = default_byte_limit) : kept_(byte_limit) {}

    /// Like open_model(). Throws Error.
    Model open(const std::filesystem::path& path);
    std::size_t size() const { return kept_.size(); }

  private:
    struct Key {
        std::filesystem::path path;
        std::string stamp;  ///< of the file that was read
        bool operator==(const Key&) const = default;
    };

    RecentlyUsed<Key, Model> kept_;
};

}  // namespace denoise
