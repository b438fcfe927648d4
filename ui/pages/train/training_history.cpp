#include "ui/pages/train/training_history.h"

#include <algorithm>
#include <cmath>

namespace denoise::ui {
namespace {

std::vector<QPointF> points(const std::vector<StepMetrics>& steps, double StepMetrics::*field) {
    std::vector<QPointF> out;
    out.reserve(steps.size());
    for (const StepMetrics& step : steps) out.emplace_back(static_cast<double>(step.step), step.*field);
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

std::vector<QPointF> TrainingHistory::loss() const {
    return points(steps_, &StepMetrics::loss);
}
std::vector<QPointF> TrainingHistory::learning_rate() const {
    return points(steps_, &StepMetrics::learning_rate);
}
std::vector<QPointF> TrainingHistory::gradient_norm() const {
    return points(steps_, &StepMetrics::gradient_norm);
}

std::vector<QPointF> TrainingHistory::smoothed_loss(double width) const {
    std::vector<QPointF> out;
    out.reserve(steps_.size());
    double sum = 0, weight = 0;
    std::int64_t last = steps_.empty() ? 0 : steps_.front().step - 1;
    for (const StepMetrics& step : steps_) {
        if (!std::isfinite(step.loss)) continue;
        // In a thinned history, a gap counts as many steps as are missing.
        const double keep = width > 1 ? std::pow(1 - 1 / width, static_cast<double>(step.step - last)) : 0.0;
        last = step.step;
        sum = keep * sum + (1 - keep) * step.loss;
        weight = keep * weight + (1 - keep);
        out.emplace_back(static_cast<double>(step.step), sum / weight);
    }
    return out;
}

}  // namespace denoise::ui
