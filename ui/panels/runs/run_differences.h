#pragma once

#include <QString>
#include <QStringList>
#include <vector>

#include "engine/runs/run_list.h"

namespace denoise::ui {

/// A line of a table of runs: a property and its value for each run.
struct RunDifference {
    QString title, help;
    QStringList values;
};

/// The results of the runs, and then the settings in which they differ.
std::vector<RunDifference> results_of(const std::vector<RunSummary>& runs);
std::vector<RunDifference> differences_of(const std::vector<RunSummary>& runs);

}  // namespace denoise::ui
