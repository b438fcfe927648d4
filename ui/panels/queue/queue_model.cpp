#include "ui/panels/queue/queue_model.h"

#include <QBrush>
#include <QMimeData>
#include <optional>
#include <utility>

#include "engine/runs/run_folder.h"
#include "ui/link/training_queue.h"
#include "ui/panels/queue/queue_text.h"
#include "ui/panels/runs/merged_rows.h"
#include "ui/text/dataset_text.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

const QString mime_type = QStringLiteral("application/x-denoise-lab-queued-run");

struct Look {
    QString icon;
    Colour colour;
};

Look look_of(QueuedState state) {
    switch (state) {
        case QueuedState::waiting:
            return {"chronometer", Colour::muted};
        case QueuedState::running:
            return {"media-playback-start", Colour::accent};
        case QueuedState::done:
            return {"emblem-ok-symbolic", Colour::good};
        case QueuedState::failed:
            return {"denoise-error", Colour::bad};
        case QueuedState::stopped:
            return {"media-playback-stop", Colour::muted};
    }
    return {};
}

bool has_checkpoint(const QueuedRun& run) {
    return !run.folder.empty() && is_run_folder(run.folder);
}

}  // namespace

QueueModel::QueueModel(TrainingQueue& queue, const Theme& theme, QObject* parent)
    : QAbstractTableModel(parent), queue_(queue), theme_(theme) {
    connect(&queue, &TrainingQueue::changed, this, &QueueModel::follow);
    connect(&queue, &TrainingQueue::progressed, this, &QueueModel::show_time);
    rows_ = queue.queue().runs;
}

const QueuedRun* QueueModel::run_at(int row) const {
    return row >= 0 && row < rowCount() ? &rows_[static_cast<std::size_t>(row)] : nullptr;
}

int QueueModel::row_of(std::int64_t id) const {
    for (int row = 0; row < rowCount(); ++row)
        if (rows_[static_cast<std::size_t>(row)].id == id) return row;
    return -1;
}

bool QueueModel::is_editable() const {
    return queue_.obstacle().isEmpty();
}

void QueueModel::follow() {
    std::vector<QueuedRun> fresh = queue_.queue().runs;
    merge_rows(
        rows_, fresh, [](const QueuedRun& run) { return run.id; },
        [this](int row) {
            beginRemoveRows({}, row, row);
            rows_.erase(rows_.begin() + row);
            endRemoveRows();
        },
        [this](int from, int to) {
            beginMoveRows({}, from, from, {}, to);
            move_up(rows_, from, to);
            endMoveRows();
        },
        [this](int row, QueuedRun&& run) {
            beginInsertRows({}, row, row);
            rows_.insert(rows_.begin() + row, std::move(run));
            endInsertRows();
        },
        [this](int row, QueuedRun&& run) {
            QueuedRun& old = rows_[static_cast<std::size_t>(row)];
            if (old == run) return;
            old = std::move(run);
            Q_EMIT dataChanged(index(row, 0), index(row, column_count - 1));
        });
    show_time();
}

void QueueModel::show_time() {
    const int row = row_of(queue_.current());
    if (row >= 0) Q_EMIT dataChanged(index(row, state), index(row, time));
}

int QueueModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int QueueModel::columnCount(const QModelIndex&) const {
    return column_count;
}

QString QueueModel::state_text(const QueuedRun& run) const {
    switch (run.state) {
        case QueuedState::waiting:
            return has_checkpoint(run) && !run.continues ? tr("Waiting, partly trained") : tr("Waiting");
        case QueuedState::running:
            // Without an obstacle, no program trains it.
            if (run.id == queue_.current() || !queue_.obstacle().isEmpty()) return tr("Running");
            return tr("Interrupted");
        case QueuedState::done:
            return tr("Done");
        case QueuedState::failed:
            return tr("Failed");
        case QueuedState::stopped:
            return tr("Stopped");
    }
    return {};
}

QString QueueModel::text(const QueuedRun& run, int column) const {
    switch (column) {
        case name:
            return text_of(run.name);
        case state:
            return state_text(run);
        case dataset:
            return dataset_title(text_of(run.config.dataset.dataset));
        case preset:
            if (run.continues) return tr("trained further");
            return run.preset.empty() ? tr("–") : text_of(find_preset(run.preset).title);
        case budget:
            return budget_text(run.config.training);
        case time: {
            if (has_ended(run)) return run.state == QueuedState::failed ? text_of(run.message) : QString();
            if (run.id == queue_.current() && queue_.remaining_seconds() >= 0)
                return tr("%1 left").arg(duration_text(queue_.remaining_seconds()));
            const double seconds = seconds_left(run);
            return seconds < 0 ? tr("unknown") : needed_text(seconds);
        }
        default:
            return {};
    }
}

QString QueueModel::tool_tip(const QueuedRun& run, int column) const {
    if (run.state == QueuedState::failed) return text_of(run.message);
    if (column == budget && can_change_budget(run) && is_editable())
        return tr("Double-click to change it: “20 min”, “1.5 h”, “5000 steps”");
    if (!run.folder.empty()) return text_of(run.folder.string());
    return text_of(run.config.dataset.dataset);
}

QVariant QueueModel::data(const QModelIndex& at, int role) const {
    const QueuedRun* run = run_at(at.row());
    if (!run) return {};
    switch (role) {
        case Qt::DisplayRole:
        case Qt::EditRole:
        case Qt::AccessibleTextRole:
            return text(*run, at.column());
        case Qt::DecorationRole:
            if (at.column() == state)
                return theme_.icon(look_of(run->state).icon, look_of(run->state).colour);
            return {};
        case Qt::ForegroundRole:
            if (at.column() == state || (at.column() == time && run->state == QueuedState::failed))
                return QBrush(theme_.colour(look_of(run->state).colour));
            if (run->state == QueuedState::done) return QBrush(theme_.colour(Colour::muted));
            return {};
        case Qt::ToolTipRole:
            return tool_tip(*run, at.column());
        default:
            return {};
    }
}

QVariant QueueModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    return QStringList{tr("Run"), tr("State"), tr("Dataset"), tr("Preset"), tr("Budget"), tr("Time")}.value(
        section);
}

Qt::ItemFlags QueueModel::flags(const QModelIndex& at) const {
    const QueuedRun* run = run_at(at.row());
    if (!run) return Qt::ItemIsDropEnabled;  // between rows
    Qt::ItemFlags flags = QAbstractTableModel::flags(at) | Qt::ItemNeverHasChildren;
    if (!is_editable() || run->state == QueuedState::running) return flags;
    flags |= Qt::ItemIsDragEnabled;
    const bool can_name = at.column() == name && run->folder.empty();
    if (can_name || (at.column() == budget && can_change_budget(*run))) flags |= Qt::ItemIsEditable;
    return flags;
}

bool QueueModel::setData(const QModelIndex& at, const QVariant& value, int role) {
    const QueuedRun* run = run_at(at.row());
    if (!run || role != Qt::EditRole) return false;
    const QString wanted = value.toString().trimmed();
    if (wanted == text(*run, at.column()) || wanted.isEmpty()) return false;
    if (at.column() == budget) return change_budget(*run, wanted);
    if (at.column() != name) return false;
    return queue_.change([id = run->id, wanted](RunQueue& queue) {
        if (QueuedRun* named = find_queued(queue, id)) named->name = wanted.toStdString();
    });
}

bool QueueModel::change_budget(const QueuedRun& run, const QString& wanted) {
    const std::optional<Budget> read = budget_in(wanted, run.config.training);
    if (!read) {
        Q_EMIT failed({"Cannot change the budget",
                       "“" + wanted.toStdString() + "” is not a time or a number of steps",
                       "Write it as “20 min”, “1.5 h” or “5000 steps”"});
        return false;
    }
    return queue_.change(
        [id = run.id, read](RunQueue& queue) { set_budget(queue, id, read->steps, read->minutes); });
}

QStringList QueueModel::mimeTypes() const {
    return {mime_type};
}

QMimeData* QueueModel::mimeData(const QModelIndexList& indexes) const {
    const QueuedRun* run = indexes.isEmpty() ? nullptr : run_at(indexes.front().row());
    if (!run) return nullptr;
    auto* data = new QMimeData;
    data->setData(mime_type, QByteArray::number(static_cast<qlonglong>(run->id)));
    return data;
}

bool QueueModel::dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int,
                              const QModelIndex& parent) {
    if (action != Qt::MoveAction || !data->hasFormat(mime_type) || !is_editable()) return false;
    const std::int64_t id = data->data(mime_type).toLongLong();
    const int from = row_of(id);
    if (from < 0) return false;
    int to = row >= 0 ? row : parent.isValid() ? parent.row() : rowCount();
    if (to > from) --to;  // the place in the list without the dragged row
    queue_.change([id, to](RunQueue& queue) { move_in_queue(queue, id, static_cast<std::size_t>(to)); });
    return false;  // the row has been moved already; a view would remove the dragged one
}

}  // namespace denoise::ui
