#include "ui/denoise/sample_history.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <numeric>

namespace denoise::ui {

int SampleHistory::add(SampleStarted start) {
    entries_.push_back({Trajectory(std::move(start)), 0, -1, true});
    return size() - 1;
}

int SampleHistory::find(int sample_id) const {
    for (int i = size() - 1; i >= 0; --i)
        if (at(i).trajectory.id() == sample_id) return i;
    return -1;
}

int SampleHistory::make_room(int keep) {
    const auto total = [this] {
        return std::accumulate(
            entries_.begin(), entries_.end(), std::size_t{0},
            [](std::size_t sum, const SampleEntry& entry) { return sum + entry.trajectory.bytes(); });
    };
    int gone = 0;
    while (total() > byte_limit_) {
        auto largest = std::ranges::max_element(entries_, {}, [](const SampleEntry& entry) {
            return entry.trajectory.size() > 2 ? entry.trajectory.bytes() : 0;
        });
        const int shown_step =
            largest->trajectory.empty()
                ? 0
                : largest->trajectory.frame(std::min(largest->position, largest->trajectory.size() - 1)).step;
        if (largest->trajectory.thin()) {
            largest->position = largest->trajectory.nearest(shown_step);
        } else {
            if (size() == 1 || gone == keep) break;
            entries_.erase(entries_.begin());
            ++gone;
        }
    }
    return gone;
}

QString describe(const SampleStarted& start) {
    const SampleRequest& request = start.request;
    const QLocale locale;
    const auto tr = [](const char* text) { return QCoreApplication::translate("SampleHistory", text); };
    const QString text =
        tr("%1 · %2 steps · %3 · seed %4 · model step %5")
            .arg(QString::fromStdString(info_of(request.sampler).title),
                 locale.toString(static_cast<qlonglong>(start.timesteps.size())),
                 request.count == 1 ? tr("1 image") : tr("%1 images").arg(request.count),
                 QString::number(request.seed), locale.toString(static_cast<qlonglong>(start.model_step)));
    if (request.branches.empty()) return text;
    const Branch& branch = request.branches.back();
    return tr("%1 · futures of image %2 from step %3").arg(text).arg(branch.image + 1).arg(branch.step + 1);
}

}  // namespace denoise::ui
