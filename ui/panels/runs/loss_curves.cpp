#include "ui/panels/runs/loss_curves.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>

#include "engine/runs/metrics.h"

namespace denoise::ui {
namespace {

constexpr double minute = 60;

/// All steps, because a mean over thinned ones would be another one. A file that cannot be read has none.
std::vector<StepMetrics> all_steps(const std::filesystem::path& folder) {
    try {
        return read_metrics(folder, 0);
    } catch (const Error&) {
        return {};
    }
}

double x_of(const StepMetrics& step, CurveAxis axis, int batch_size) {
    switch (axis) {
        case CurveAxis::step:
            return static_cast<double>(step.step);
        case CurveAxis::time:
            return step.seconds / minute;
        case CurveAxis::images:
            return static_cast<double>(step.step) * batch_size;
    }
    return 0;
}

}  // namespace

std::vector<QPointF> loss_curve(const std::vector<StepMetrics>& steps, CurveAxis axis, int batch_size) {
    std::vector<QPointF> points;
    auto step = steps.begin();
    for (const MeanLoss& mean : mean_losses(steps)) {
        while (step->step < mean.step) ++step;
        points.emplace_back(x_of(*step, axis, batch_size), mean.loss);
    }
    return points;
}

void LossCurves::want(const std::vector<RunSummary>& runs) {
    std::erase_if(entries_, [&](const auto& entry) {
        return std::ranges::find(runs, entry.first, &RunSummary::folder) == runs.end();
    });
    for (const RunSummary& run : runs) {
        Entry& entry = entries_[run.folder];
        const bool is_old =
            entry.seconds < 0 || (run.state != RunState::running && entry.seconds != run.seconds);
        if (!is_old || entry.reading) continue;
        entry.seconds = run.seconds;
        read(run.folder);
    }
}

void LossCurves::read(const std::filesystem::path& folder) {
    entries_[folder].reading = true;
    QThreadPool::globalInstance()->start([curves = QPointer(this), folder] {
        std::vector<StepMetrics> steps = all_steps(folder);
        QMetaObject::invokeMethod(QCoreApplication::instance(),
                                  [curves, folder, steps = std::move(steps)]() mutable {
                                      if (!curves) return;
                                      const auto entry = curves->entries_.find(folder);
                                      if (entry == curves->entries_.end()) return;
                                      entry->second.reading = false;
                                      entry->second.steps = std::move(steps);
                                      Q_EMIT curves->arrived();
                                  });
    });
}

void LossCurves::set_live(const std::filesystem::path& folder, const std::vector<StepMetrics>& steps,
                          std::int64_t step) {
    const auto entry = entries_.find(folder);
    if (entry == entries_.end() || entry->second.reading) return;
    std::vector<StepMetrics>& known = entry->second.steps;
    // It may continue from a checkpoint before its last step.
    std::erase_if(known, [step](const StepMetrics& each) { return each.step > step; });
    const std::int64_t last = known.empty() ? 0 : known.back().step;
    known.insert(known.end(), std::ranges::upper_bound(steps, last, {}, &StepMetrics::step), steps.end());
}

const std::vector<StepMetrics>& LossCurves::steps(const std::filesystem::path& folder) const {
    static const std::vector<StepMetrics> none;
    const auto entry = entries_.find(folder);
    return entry == entries_.end() ? none : entry->second.steps;
}

bool LossCurves::is_reading(const std::filesystem::path& folder) const {
    const auto entry = entries_.find(folder);
    return entry != entries_.end() && entry->second.reading;
}

}  // namespace denoise::ui
