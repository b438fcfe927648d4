#pragma once

#include <string>

#include "engine/model/model.h"
#include "engine/model/recently_used.h"

namespace denoise {

/// Computes models with EMAs of other lengths, and keeps the weights that were used last, because the
/// snapshots of a run take longer to read than a small sample to draw.
class EmaLengthCache {
  public:
    static constexpr std::size_t default_byte_limit = std::size_t{256} << 20;

    explicit EmaLengthCache(std::size_t byte_limit = default_byte_limit) : kept_(byte_limit) {}

    /// Like with_ema_length(). Throws Error. Files that have changed are read again.
    Model open(Model model, double length);
    std::size_t size() const { return kept_.size(); }

  private:
    struct Key {
        std::string stamp;  ///< of the file with the tracked EMAs
        double length;
        std::int64_t parameters;
        bool operator==(const Key&) const = default;
    };

    RecentlyUsed<Key, torch::Tensor> kept_;
};

}  // namespace denoise
