#include "ui/panels/runs/run_differences.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/panels/runs/run_cells.h"
#include "ui/text/format.h"
#include "ui/text/setting_text.h"

namespace denoise::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("RunDifferences", text);
}

template <class Text>
RunDifference line(const std::vector<RunSummary>& runs, const QString& title, const QString& help,
                   Text text) {
    RunDifference difference{title, help, {}};
    for (const RunSummary& run : runs)
        difference.values << (run.state == RunState::unreadable ? QStringLiteral("–") : text(run));
    return difference;
}

}  // namespace

std::vector<RunDifference> results_of(const std::vector<RunSummary>& runs) {
    std::vector<RunDifference> lines = {
        line(runs, tr("Loss"), tr("The mean over the last %1 steps").arg(loss_window),
             [](const RunSummary& run) { return measure_text(run.loss); }),
        line(runs, tr("Steps"), tr("Training steps so far"),
             [](const RunSummary& run) { return count_text(run.step); }),
        line(runs, tr("Images"),
             tr("Steps times batch size: images that the run was trained on, with repetitions"),
             [](const RunSummary& run) {
                 return compact_text(double(run.step) * run.config.training.batch_size);
             }),
        line(runs, tr("Time"), tr("Training time so far"),
             [](const RunSummary& run) { return duration_text(run.seconds); }),
        line(runs, tr("Parameters"), tr("Numbers that the network learns"),
             [](const RunSummary& run) {
                 return run.parameters > 0 ? compact_text(static_cast<double>(run.parameters))
                                           : QStringLiteral("–");
             }),
    };
    const auto has_score = [](const RunSummary& run) { return !run.notes.scores.empty(); };
    if (std::ranges::any_of(runs, has_score))
        lines.push_back(line(runs, tr("Score"), tr("The newest evaluation"), [&](const RunSummary& run) {
            return has_score(run) ? score_text(run) : tr("not evaluated");
        }));
    return lines;
}

std::vector<RunDifference> differences_of(const std::vector<RunSummary>& runs) {
    std::vector<RunDifference> lines;
    std::vector<RunSummary> readable;
    std::ranges::copy_if(runs, std::back_inserter(readable),
                         [](const RunSummary& run) { return run.state != RunState::unreadable; });
    if (readable.empty()) return lines;
    for (const Setting<RunConfig>& setting : run_settings()) {
        const SettingValue first = setting.get(readable.front().config);
        const auto is_first = [&](const RunSummary& run) { return setting.get(run.config) == first; };
        if (std::ranges::all_of(readable, is_first)) continue;
        lines.push_back(
            line(runs, text_of(setting.info.title), text_of(setting.info.help),
                 [&](const RunSummary& run) { return setting_text(setting.info, setting.get(run.config)); }));
    }
    return lines;
}

}  // namespace denoise::ui
