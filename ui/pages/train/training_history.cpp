#include "ui/pages/train/training_history.h"

#include <algorithm>
#include <cmath>
#include <ranges>

namespace denoise::ui {
namespace {

std::vector<QPointF> points(const std::vector<StepMetrics>& steps, double StepMetrics::*field) {
    std::vector<QPointF> out;
    out.reserve(steps.size());
    for (const StepMetrics& step : steps) out.emplace_back(static_cast<double>(step.step), step.*field);
    return out;
}

std::vector<QPointF> held_out_points(const std::vector<StepMetrics>& steps, double HeldOutLosses::*field) {
    std::vector<QPointF> out;
    for (const StepMetrics& step : steps)
        if (step.held_out) out.emplace_back(static_cast<double>(step.step), (*step.held_out).*field);
    return out;
}

}  // namespace

void TrainingHistory::clear() {
    steps_.clear();
}

void TrainingHistory::add(const std::vector<StepMetrics>& steps) {
    if (steps.empty()) return;
    while (!steps_.empty() && steps_.back().step >= steps.front().step) steps_.pop_back();
    steps_.insert(steps_.end(), steps.begin(), steps.end());
}

const StepMetrics* TrainingHistory::nearest(double step) const {
    if (steps_.empty()) return nullptr;
    auto after = std::ranges::lower_bound(steps_, step, {},
                                          [](const StepMetrics& m) { return static_cast<double>(m.step); });
    if (after == steps_.end()) return &steps_.back();
    if (after != steps_.begin() &&
        step - static_cast<double>(std::prev(after)->step) < static_cast<double>(after->step) - step)
        --after;
    return &*after;
}

std::vector<QPointF> TrainingHistory::held_out_loss() const {
    return held_out_points(steps_, &HeldOutLosses::held_out);
}
std::vector<QPointF> TrainingHistory::training_images_loss() const {
    return held_out_points(steps_, &HeldOutLosses::training);
}

std::optional<HeldOutLosses> TrainingHistory::held_out_at(std::int64_t step) const {
    for (const StepMetrics& metrics : steps_ | std::views::reverse)
        if (metrics.step <= step && metrics.held_out) return metrics.held_out;
    return std::nullopt;
}

std::vector<QPointF> TrainingHistory::loss() const {
    return points(steps_, &StepMetrics::loss);
}
std::vector<QPointF> TrainingHistory::learning_rate() const {
    return points(steps_, &StepMetrics::learning_rate);
}
std::vector<QPointF> TrainingHistory::gradient_norm() const {
    return points(steps_, &StepMetrics::gradient_norm);
}

std::vector<QPointF> TrainingHistory::mean_loss(int width) const {
    std::vector<QPointF> out;
    out.reserve(steps_.size());
    for (const MeanLoss& mean : mean_losses(steps_, width))
        out.emplace_back(static_cast<double>(mean.step), mean.loss);
    return out;
}

std::int64_t smoothing_window(std::int64_t step, int width) {
    return std::clamp<std::int64_t>(step / 3, 1, width);
}

std::vector<QPointF> TrainingHistory::smooth_loss(int width) const {
    std::vector<QPointF> out;
    out.reserve(steps_.size());
    double sum = 0;
    int count = 0;
    auto first = steps_.begin();
    for (const StepMetrics& now : steps_) {
        if (!std::isfinite(now.loss)) continue;
        sum += now.loss;
        ++count;
        for (; first->step <= now.step - smoothing_window(now.step, width); ++first) {
            if (!std::isfinite(first->loss)) continue;
            sum -= first->loss;
            --count;
        }
        out.emplace_back(static_cast<double>(now.step), sum / count);
    }
    return out;
}

}  // namespace denoise::ui
