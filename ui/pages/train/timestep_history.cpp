#include "ui/pages/train/timestep_history.h"

namespace denoise::ui {

void TimestepHistory::clear() {
    moments_.clear();
}

void TimestepHistory::add(std::int64_t step, const std::vector<double>& losses) {
    if (losses.empty()) return;
    const auto at = static_cast<double>(step);
    while (!moments_.empty() && moments_.back().step >= at) moments_.pop_back();
    moments_.push_back({at, losses});
    if (moments_.size() <= most_) return;
    // The newest one stays.
    std::vector<Moment> kept;
    for (std::size_t i = moments_.size() % 2 == 0 ? 1 : 0; i < moments_.size(); i += 2)
        kept.push_back(std::move(moments_[i]));
    moments_ = std::move(kept);
}

}  // namespace denoise::ui
