#pragma once

#include <QString>
#include <filesystem>
#include <vector>

#include "engine/runs/run_list.h"

class QTreeView;

namespace denoise::ui {

class RunsFilter;

/// What is selected in the list of runs.
class RunsChoice {
  public:
    RunsChoice(const QTreeView& view, const RunsFilter& filter) : view_(view), filter_(filter) {}

    /// The runs, also those of which a checkpoint is selected, in the order of the list.
    std::vector<RunSummary> runs() const;
    /// The run if it is one; null: none or several.
    const RunSummary* only() const;
    /// The folder of each selected run, and the file of each selected checkpoint.
    std::vector<std::filesystem::path> models() const;
    /// That of the only run or checkpoint; empty: none or several.
    std::filesystem::path model() const;
    /// Why the models cannot be compared; empty: they can.
    QString obstacle_to_compare() const;

  private:
    const QTreeView& view_;
    const RunsFilter& filter_;
};

}  // namespace denoise::ui
