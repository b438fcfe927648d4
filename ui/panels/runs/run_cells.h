#pragma once

#include <QString>
#include <QVariant>

#include "engine/runs/run_list.h"
#include "ui/theme/theme.h"

namespace denoise::ui {

// How a run is shown in the list: the contents of the cells, by RunsModel::Column.

/// `paused`: the run is open for training in this window, and paused.
QVariant run_cell(const RunSummary& run, int column, bool paused);
QVariant checkpoint_cell(const CheckpointSummary& checkpoint, int column);
/// The value by which a column is sorted.
QVariant sort_value_of(const RunSummary& run, int column);
QString tool_tip_of(const RunSummary& run, int column);

/// How a state is shown: a word, the name of an icon and a colour.
struct StateLook {
    QString word, icon;
    Colour colour;
};
StateLook look_of(RunState state);

/// The size of all checkpoints of a run.
std::int64_t size_of(const RunSummary& run);
/// The newest score; empty: it has not been evaluated.
QString score_text(const RunSummary& run);
/// "24.11.26, 08:13" for an ISO 8601 time
QString time_text(const std::string& when);

}  // namespace denoise::ui
