#include "ui/panels/runs/runs_model.h"

#include <QBrush>
#include <QDateTime>
#include <QLocale>
#include <utility>

#include "ui/text/format.h"

namespace denoise::ui {
namespace {

constexpr quintptr top_level = 0;  // the internal id of a checkpoint is the row of its run + 1

}  // namespace

StateLook look_of(RunState state) {
    switch (state) {
        case RunState::finished:
            return {RunsModel::tr("Finished"), "emblem-ok-symbolic", Colour::good};
        case RunState::stopped:
            return {RunsModel::tr("Stopped"), "media-playback-pause", Colour::muted};
        case RunState::running:
            return {RunsModel::tr("Running"), "media-playback-start", Colour::accent};
        case RunState::interrupted:
            return {RunsModel::tr("Interrupted"), "denoise-warning", Colour::warn};
        case RunState::unreadable:
            return {RunsModel::tr("Unreadable"), "denoise-error", Colour::bad};
    }
    return {};
}

RunsModel::RunsModel(const Theme& theme, QObject* parent) : QAbstractItemModel(parent), theme_(theme) {}

void RunsModel::set_runs(std::vector<RunSummary> runs) {
    beginResetModel();
    runs_ = std::move(runs);
    endResetModel();
}

const RunSummary* RunsModel::run_at(const QModelIndex& index) const {
    if (!index.isValid()) return nullptr;
    const auto row = index.internalId() == top_level ? static_cast<std::size_t>(index.row())
                                                     : static_cast<std::size_t>(index.internalId() - 1);
    return row < runs_.size() ? &runs_[row] : nullptr;
}

const CheckpointSummary* RunsModel::checkpoint_at(const QModelIndex& index) const {
    const RunSummary* run = run_at(index);
    if (!run || index.internalId() == top_level) return nullptr;
    const auto row = static_cast<std::size_t>(index.row());
    return row < run->checkpoints.size() ? &run->checkpoints[row] : nullptr;
}

QModelIndex RunsModel::index(int row, int column, const QModelIndex& above) const {
    if (!hasIndex(row, column, above)) return {};
    return createIndex(row, column, above.isValid() ? static_cast<quintptr>(above.row()) + 1 : top_level);
}

QModelIndex RunsModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == top_level) return {};
    return createIndex(static_cast<int>(child.internalId() - 1), 0, top_level);
}

int RunsModel::rowCount(const QModelIndex& above) const {
    if (!above.isValid()) return static_cast<int>(runs_.size());
    if (above.internalId() != top_level || above.column() != 0) return 0;
    return static_cast<int>(runs_[static_cast<std::size_t>(above.row())].checkpoints.size());
}

int RunsModel::columnCount(const QModelIndex&) const {
    return column_count;
}

QVariant RunsModel::run_text(const RunSummary& run, int column) const {
    switch (column) {
        case name:
            return text_of(run.name);
        case state:
            return look_of(run.state).word;
        case dataset:
            return text_of(run.dataset);
        case step:
            return count_text(run.step);
        case loss:
            return measure_text(run.loss);
        case time:
            return duration_text(run.seconds);
        case created: {
            const QDateTime when = QDateTime::fromString(text_of(run.created), Qt::ISODate);
            return when.isValid() ? QLocale().toString(when, QLocale::ShortFormat) : text_of(run.created);
        }
        default:
            return {};
    }
}

QVariant RunsModel::checkpoint_text(const CheckpointSummary& checkpoint, int column) const {
    switch (column) {
        case name:
            return text_of(checkpoint.path.filename().string());
        case state:
            return tr("Checkpoint");
        case step:
            return count_text(checkpoint.step);
        case created:
            return bytes_text(static_cast<std::int64_t>(checkpoint.bytes));
        default:
            return {};
    }
}

QVariant RunsModel::data(const QModelIndex& at, int role) const {
    const RunSummary* run = run_at(at);
    if (!run) return {};
    const CheckpointSummary* checkpoint = checkpoint_at(at);
    if (role == Qt::TextAlignmentRole && at.column() >= step && at.column() <= time)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (checkpoint) {
        if (role == Qt::DisplayRole) return checkpoint_text(*checkpoint, at.column());
        if (role == Qt::ToolTipRole) return text_of(checkpoint->path.string());
        if (role == Qt::ForegroundRole) return QBrush(theme_.colour(Colour::muted));
        return {};
    }
    switch (role) {
        case Qt::DisplayRole:
        case Qt::EditRole:
            return run_text(*run, at.column());
        case Qt::DecorationRole:
            if (at.column() == state)
                return theme_.icon(look_of(run->state).icon, look_of(run->state).colour);
            return {};
        case Qt::ForegroundRole:
            if (at.column() == state) return QBrush(theme_.colour(look_of(run->state).colour));
            return {};
        case Qt::ToolTipRole:
            return text_of(run->problem.empty() ? run->folder.string() : run->problem);
        case Qt::AccessibleTextRole:
            return at.column() == name ? tr("Run %1, %2").arg(text_of(run->name), look_of(run->state).word)
                                       : run_text(*run, at.column());
        default:
            return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole && section >= step && section <= time)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const QStringList titles = {tr("Run"),  tr("State"), tr("Dataset"), tr("Step"),
                                tr("Loss"), tr("Time"),  tr("Created")};
    return titles.value(section);
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& at) const {
    Qt::ItemFlags flags = QAbstractItemModel::flags(at);
    const RunSummary* run = run_at(at);
    if (run && !checkpoint_at(at) && at.column() == name && run->state != RunState::running)
        flags |= Qt::ItemIsEditable;
    return flags;
}

bool RunsModel::setData(const QModelIndex& at, const QVariant& value, int role) {
    const RunSummary* run = run_at(at);
    const std::string wanted = value.toString().trimmed().toStdString();
    if (role != Qt::EditRole || !run || wanted.empty() || wanted == run->name) return false;
    try {
        rename_run(run->folder, wanted);
    } catch (const Error& error) {
        Q_EMIT failed(error);
        return false;
    }
    Q_EMIT renamed();  // the paths have changed, so that the folders are read again
    return true;
}

}  // namespace denoise::ui
