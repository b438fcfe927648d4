#include "engine/model/ema_length_cache.h"

#include <algorithm>
#include <numeric>

#include "engine/base/file_stamp.h"
#include "engine/model/ema_lengths.h"

namespace denoise {

Model EmaLengthCache::open(Model model, double length) {
    if (length == 0 || model.file.empty()) return with_ema_length(std::move(model), length);
    const std::string stamp = file_stamp(tracked_ema_file(model.file));
    const auto known = std::ranges::find_if(entries_, [&](const Entry& entry) {
        return entry.stamp == stamp && entry.length == length &&
               entry.weights.numel() == model.weights.numel();
    });
    if (!stamp.empty() && known != entries_.end()) {
        entries_.splice(entries_.begin(), entries_, known);
        model.weights = entries_.front().weights;
        return model;
    }
    model = with_ema_length(std::move(model), length);
    if (stamp.empty()) return model;
    entries_.push_front({stamp, length, model.weights});
    const auto bytes = [this] {
        return std::accumulate(
            entries_.begin(), entries_.end(), std::size_t{0},
            [](std::size_t sum, const Entry& entry) { return sum + entry.weights.nbytes(); });
    };
    while (!entries_.empty() && bytes() > byte_limit_) entries_.pop_back();
    return model;
}

}  // namespace denoise
