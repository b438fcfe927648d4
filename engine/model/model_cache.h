#pragma once

#include <list>
#include <string>

#include "engine/model/model.h"

namespace denoise {

/// Opens models and keeps the ones used last in memory, so that several samples of the same checkpoint read
/// it once. A file that has changed is read again.
class ModelCache {
  public:
    static constexpr std::size_t default_byte_limit = std::size_t{512} << 20;

    explicit ModelCache(std::size_t byte_limit = default_byte_limit) : byte_limit_(byte_limit) {}

    /// Like open_model(). Throws Error.
    Model open(const std::filesystem::path& path);
    std::size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        std::filesystem::path path;
        std::string stamp;  ///< of the file that was read
        Model model;
    };
    void make_room();

    std::size_t byte_limit_;
    std::list<Entry> entries_;  ///< last used first
};

}  // namespace denoise
