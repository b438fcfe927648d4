#include "ui/pages/denoise/sample_history.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <ranges>

#include "engine/session/samplers.h"

namespace denoise::ui {
namespace {

QString tr(const char* text, int n = -1) {
    return QCoreApplication::translate("SampleHistory", text, nullptr, n);
}

QString branches_text(const std::vector<BranchPoint>& branches) {
    QStringList points;
    for (const BranchPoint& branch : branches)
        points << tr("image %1 at step %2").arg(branch.image + 1).arg(branch.step + 1);
    return tr("branch of %1").arg(points.join(", "));
}

/// The class of all images; "all classes" if they take turns; empty without classes.
QString class_text(const SampleStarted& start) {
    const auto count = static_cast<int>(start.class_names.size());
    if (count == 0) return {};
    int label = start.request.label;
    if (label < 0 && !start.branches.empty()) label = start.branches.front().image % count;
    return label < 0 || label >= count
               ? tr("all classes")
               : tr("class %1")
                     .arg(QString::fromStdString(start.class_names[static_cast<std::size_t>(label)]));
}

}  // namespace

const TrajectoryFrame* SampleEntry::frame() const {
    return trajectory.empty() ? nullptr : &trajectory.frame(std::clamp(position, 0, trajectory.size() - 1));
}

void SampleEntry::restore_position(int step) {
    position = std::max(0, follow ? trajectory.size() - 1 : trajectory.nearest(step));
}

void SampleEntry::show_timestep(int timestep) {
    const auto distance = [&](int i) { return std::abs(trajectory.frame(i).timestep - timestep); };
    const auto frames = std::views::iota(0, trajectory.size());
    position = trajectory.empty() ? 0 : *std::ranges::min_element(frames, {}, distance);
}

int SampleHistory::add(SampleStarted start, const QString& run) {
    const int origin = start.request.branch ? find(start.request.branch->job) : -1;
    SampleEntry entry;
    entry.run = origin >= 0 ? at(origin).run : run;
    ++total_;
    if (start.model.empty()) entry.number = ++numbered_;
    entry.trajectory = Trajectory(std::move(start));
    if (origin >= 0) entry.trajectory.begin_as_branch_of(at(origin).trajectory);
    entry.restore_position(0);
    entries_.push_back(std::move(entry));
    return size() - 1;
}

int SampleHistory::find(JobId job) const {
    const auto found =
        std::ranges::find(entries_, job, [](const SampleEntry& entry) { return entry.trajectory.job(); });
    return found == entries_.end() ? -1 : static_cast<int>(found - entries_.begin());
}

void SampleHistory::remove(int index) {
    entries_.erase(entries_.begin() + index);
}

void SampleHistory::replace(int index) {
    SampleEntry newest = std::move(entries_.back());
    entries_.pop_back();
    if (newest.number == numbered_) --numbered_;
    newest.number = at(index).number;
    at(index) = std::move(newest);
}

std::size_t SampleHistory::bytes() const {
    return std::accumulate(
        entries_.begin(), entries_.end(), std::size_t{0},
        [](std::size_t sum, const SampleEntry& entry) { return sum + entry.trajectory.bytes(); });
}

int SampleHistory::make_room(int keep) {
    int removed = 0;
    while (bytes() > byte_limit_) {
        SampleEntry& largest = *std::ranges::max_element(entries_, {}, [](const SampleEntry& entry) {
            return entry.trajectory.size() > 2 ? entry.trajectory.bytes() : 0;
        });
        const int shown_step = largest.frame() ? largest.frame()->step : 0;
        if (largest.trajectory.thin()) {
            largest.restore_position(shown_step);
        } else {
            if (size() == 1 || removed == keep) break;
            entries_.erase(entries_.begin());
            ++removed;
        }
    }
    return removed;
}

QString describe(const SampleEntry& entry) {
    const SampleStarted& start = entry.trajectory.start();
    const SampleRequest& request = start.request;
    const QLocale locale;
    const QString step = locale.toString(static_cast<qlonglong>(start.model_step));
    QStringList parts;
    // What tells samples of the same session apart comes first, as the end may not fit.
    parts << (entry.run.isEmpty() ? tr("model step %1").arg(step) : tr("%1, step %2").arg(entry.run, step));
    if (const QString text = class_text(start); !text.isEmpty()) parts << text;
    if (request.guidance_scale != 1) parts << tr("guidance %1").arg(locale.toString(request.guidance_scale));
    if (request.ema_length != 0) parts << tr("EMA length %1").arg(locale.toString(request.ema_length));
    parts << tr("%1, %2 steps")
                 .arg(QString::fromUtf8(solver_named(request.sampler).title),
                      locale.toString(static_cast<qlonglong>(start.timesteps.size())))
          << tr("%n image(s)", request.count) << tr("seed %1").arg(request.seed);
    if (!start.branches.empty()) parts << branches_text(start.branches);
    return parts.join(QStringLiteral(" · "));
}

Picture thumbnail_of(const SampleEntry& entry) {
    if (entry.trajectory.empty()) return {};
    return picture_of(entry.trajectory.frame(entry.trajectory.size() - 1).x0, std::max(entry.image, 0));
}

}  // namespace denoise::ui
