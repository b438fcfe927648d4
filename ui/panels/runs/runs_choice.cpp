#include "ui/panels/runs/runs_choice.h"

#include <QTreeView>
#include <algorithm>
#include <utility>

#include "ui/panels/runs/runs_filter.h"
#include "ui/panels/runs/runs_panel.h"
#include "ui/text/format.h"

namespace denoise::ui {

std::vector<RunSummary> RunsChoice::runs() const {
    std::vector<RunSummary> chosen;
    for (const QModelIndex& at : view_.selectionModel()->selectedRows()) {
        const RunSummary* run = filter_.run_at(at);
        if (run && std::ranges::find(chosen, run->folder, &RunSummary::folder) == chosen.end())
            chosen.push_back(*run);
    }
    // In the order of the list, so that colours do not depend on how they were selected.
    std::ranges::sort(chosen, {},
                      [this](const RunSummary& run) { return filter_.index_of(run.folder).row(); });
    return chosen;
}

std::vector<std::filesystem::path> RunsChoice::models() const {
    QModelIndexList rows = view_.selectionModel()->selectedRows();
    // In the order of the list, and checkpoints below their run.
    std::ranges::sort(rows, {}, [](const QModelIndex& at) {
        const QModelIndex parent = at.parent();
        return parent.isValid() ? std::pair(parent.row(), at.row()) : std::pair(at.row(), -1);
    });
    std::vector<std::filesystem::path> paths;
    for (const QModelIndex& at : rows)
        if (const CheckpointSummary* checkpoint = filter_.checkpoint_at(at))
            paths.push_back(checkpoint->path);
        else if (const RunSummary* run = filter_.run_at(at))
            paths.push_back(run->folder);
    return paths;
}

QString RunsChoice::obstacle_to_compare() const {
    constexpr std::size_t fewest = 2, most = 4;
    const std::size_t count = models().size();
    if (count < fewest || count > most) return RunsPanel::tr("Select two to four runs or checkpoints first.");
    for (const RunSummary& run : runs()) {
        const QString name = text_of(run.folder.filename().string());
        if (run.state == RunState::unreadable) return RunsPanel::tr("%1: %2").arg(name, text_of(run.problem));
        if (run.checkpoints.empty()) return RunsPanel::tr("%1 has no checkpoint yet.").arg(name);
    }
    return {};
}

const RunSummary* RunsChoice::only() const {
    const std::vector<RunSummary> chosen = runs();
    return chosen.size() == 1 ? filter_.run_at(filter_.index_of(chosen.front().folder)) : nullptr;
}

std::filesystem::path RunsChoice::model() const {
    const QModelIndexList rows = view_.selectionModel()->selectedRows();
    if (rows.size() == 1)
        if (const CheckpointSummary* checkpoint = filter_.checkpoint_at(rows.front()))
            return checkpoint->path;
    const RunSummary* run = only();
    return run ? run->folder : std::filesystem::path();
}

}  // namespace denoise::ui
