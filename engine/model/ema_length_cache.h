#pragma once

#include <list>
#include <string>

#include "engine/model/model.h"

namespace denoise {

/// Computes models with EMAs of other lengths, and keeps the weights that were used last, because the
/// snapshots of a run take longer to read than a small sample to draw.
class EmaLengthCache {
  public:
    static constexpr std::size_t default_byte_limit = std::size_t{256} << 20;

    explicit EmaLengthCache(std::size_t byte_limit = default_byte_limit) : byte_limit_(byte_limit) {}

    /// Like with_ema_length(). Throws Error. Files that have changed are read again.
    Model open(Model model, double length);
    std::size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        std::string stamp;  ///< of the file with the tracked EMAs
        double length;
        torch::Tensor weights;
    };

    std::size_t byte_limit_;
    std::list<Entry> entries_;  ///< last used first
};

}  // namespace denoise
