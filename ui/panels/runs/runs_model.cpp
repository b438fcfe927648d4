#include "ui/panels/runs/runs_model.h"

#include <QBrush>
#include <algorithm>
#include <utility>

#include "ui/panels/runs/merged_rows.h"
#include "ui/panels/runs/run_cells.h"
#include "ui/text/format.h"

namespace denoise::ui {
namespace {

constexpr quintptr top_level = 0;
constexpr int thumbnail_side = 32;
constexpr int thumbnail_images = 2;  // across and down
constexpr int grid_gap = 2;          // of grid_of()

}  // namespace

RunsModel::RunsModel(const Theme& theme, QObject* parent) : QAbstractItemModel(parent), theme_(theme) {}

void RunsModel::set_runs(std::vector<RunSummary> runs) {
    for (RunSummary& run : runs) apply_live(run);
    merge_rows(
        runs_, runs, [](const RunSummary& run) { return run.folder; },
        [this](int row) {
            beginRemoveRows({}, row, row);
            runs_.erase(runs_.begin() + row);
            ids_.erase(ids_.begin() + row);
            endRemoveRows();
        },
        [this](int from, int to) {
            beginMoveRows({}, from, from, {}, to);
            move_up(runs_, from, to);
            move_up(ids_, from, to);
            endMoveRows();
        },
        [this](int row, RunSummary&& run) {
            beginInsertRows({}, row, row);
            runs_.insert(runs_.begin() + row, std::move(run));
            ids_.insert(ids_.begin() + row, ++last_id_);
            endInsertRows();
        },
        [this](int row, RunSummary&& run) { update_run(row, std::move(run)); });
}

void RunsModel::update_run(int row, RunSummary&& fresh) {
    const QModelIndex parent = index(row, 0);
    RunSummary& run = runs_[static_cast<std::size_t>(row)];
    std::vector<CheckpointSummary>& rows = run.checkpoints;
    merge_rows(
        rows, fresh.checkpoints, [](const CheckpointSummary& checkpoint) { return checkpoint.path; },
        [&](int i) {
            beginRemoveRows(parent, i, i);
            rows.erase(rows.begin() + i);
            endRemoveRows();
        },
        [&](int from, int to) {
            beginMoveRows(parent, from, from, parent, to);
            move_up(rows, from, to);
            endMoveRows();
        },
        [&](int i, CheckpointSummary&& checkpoint) {
            beginInsertRows(parent, i, i);
            rows.insert(rows.begin() + i, std::move(checkpoint));
            endInsertRows();
        },
        [&](int i, CheckpointSummary&& checkpoint) {
            rows[static_cast<std::size_t>(i)] = std::move(checkpoint);
        });
    fresh.checkpoints = std::move(rows);
    const bool new_name_cell = run.preview != fresh.preview || run.state != fresh.state;
    const bool new_tags = run.notes.tags != fresh.notes.tags;
    run = std::move(fresh);
    // A view would overwrite what is being typed in a cell that is said to have changed.
    const auto announce = [this, row](int first, int last) {
        Q_EMIT dataChanged(index(row, first), index(row, last));
    };
    if (new_name_cell) announce(name, name);
    if (new_tags) announce(tags, tags);
    announce(star, score);
    announce(created, size);
}

bool RunsModel::is_live(const RunSummary& run) const {
    return live_ && run.folder == live_->folder;
}

void RunsModel::apply_live(RunSummary& run) {
    if (ended_ && run.folder == ended_->folder && !is_live(run)) {
        // Its lock is given back a moment after its end.
        if (run.state == RunState::running)
            run.state = ended_->state;
        else
            ended_.reset();
    }
    if (!is_live(run) || run.state == RunState::unreadable) return;
    run.state = RunState::running;
    run.step = live_->step;
    run.seconds = live_->seconds;
    run.loss = live_->loss;
}

void RunsModel::set_live(const std::optional<LiveRun>& live) {
    live_ = live;
    if (!live_) return;
    ended_.reset();
    const QModelIndex at = index_of(live_->folder);
    if (!at.isValid()) return;
    apply_live(runs_[static_cast<std::size_t>(at.row())]);
    Q_EMIT dataChanged(at.siblingAtColumn(state), at.siblingAtColumn(time));
}

void RunsModel::end_live(RunState end) {
    if (!live_) return;
    ended_ = Ended{live_->folder, end};
    const QModelIndex at = index_of(live_->folder);
    live_.reset();
    if (!at.isValid()) return;
    RunSummary& run = runs_[static_cast<std::size_t>(at.row())];
    if (run.state == RunState::running) run.state = end;
    Q_EMIT dataChanged(at.siblingAtColumn(state), at.siblingAtColumn(time));
}

bool RunsModel::change_notes(const std::filesystem::path& folder, const RunNotes& notes) {
    const QModelIndex at = index_of(folder);
    if (!at.isValid()) return false;
    RunSummary& run = runs_[static_cast<std::size_t>(at.row())];
    try {
        write_run_notes(folder, notes);
    } catch (const Error& error) {
        Q_EMIT failed(error);
        Q_EMIT notes_changed(folder);  // so that what is shown is what is stored
        return false;
    }
    run.notes.starred = notes.starred;
    run.notes.tags = notes.tags;
    run.notes.text = notes.text;
    Q_EMIT dataChanged(at, at.siblingAtColumn(column_count - 1));
    Q_EMIT notes_changed(folder);
    return true;
}

QPixmap RunsModel::thumbnail(const RunSummary& run) const {
    if (run.preview.empty() || run.width <= 0 || run.height <= 0) return {};
    const QString path = text_of(run.preview.string());
    const auto known = thumbnails_.constFind(path);
    if (known != thumbnails_.constEnd()) return *known;
    const QRect part(0, 0, thumbnail_images * (run.width + grid_gap) + grid_gap,
                     thumbnail_images * (run.height + grid_gap) + grid_gap);
    const QImage grid(path);
    constexpr int ratio = 2;  // sharp on screens of up to 200 %
    QPixmap picture = QPixmap::fromImage(grid.copy(part & grid.rect())
                                             .scaled(ratio * QSize(thumbnail_side, thumbnail_side),
                                                     Qt::KeepAspectRatio, Qt::SmoothTransformation));
    picture.setDevicePixelRatio(ratio);
    thumbnails_.insert(path, picture);
    return picture;
}

int RunsModel::row_of(quintptr id) const {
    return static_cast<int>(std::ranges::find(ids_, id) - ids_.begin());
}

QModelIndex RunsModel::index_of(const std::filesystem::path& folder) const {
    const auto found = std::ranges::find(runs_, folder, &RunSummary::folder);
    return found == runs_.end() ? QModelIndex() : index(static_cast<int>(found - runs_.begin()), 0);
}

const RunSummary* RunsModel::run_at(const QModelIndex& index) const {
    if (!index.isValid()) return nullptr;
    const auto row =
        static_cast<std::size_t>(index.internalId() == top_level ? index.row() : row_of(index.internalId()));
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
    return createIndex(row, column,
                       above.isValid() ? ids_[static_cast<std::size_t>(above.row())] : top_level);
}

QModelIndex RunsModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == top_level) return {};
    return createIndex(row_of(child.internalId()), 0, top_level);
}

int RunsModel::rowCount(const QModelIndex& above) const {
    if (!above.isValid()) return static_cast<int>(runs_.size());
    if (above.internalId() != top_level || above.column() != 0) return 0;
    return static_cast<int>(runs_[static_cast<std::size_t>(above.row())].checkpoints.size());
}

int RunsModel::columnCount(const QModelIndex&) const {
    return column_count;
}

QVariant RunsModel::decoration(const RunSummary& run, int column) const {
    if (column == name) {
        const QPixmap picture = thumbnail(run);
        return picture.isNull() ? QVariant() : QVariant(picture);
    }
    if (column == state) return theme_.icon(look_of(run.state).icon, look_of(run.state).colour);
    if (column == star)
        return run.notes.starred ? theme_.icon("starred-symbolic", Colour::accent)
                                 : theme_.icon("non-starred-symbolic", Colour::muted);
    return {};
}

QVariant RunsModel::data(const QModelIndex& at, int role) const {
    const RunSummary* run = run_at(at);
    if (!run) return {};
    const CheckpointSummary* checkpoint = checkpoint_at(at);
    if (role == Qt::TextAlignmentRole) return headerData(at.column(), Qt::Horizontal, role);
    if (checkpoint) {
        if (role == Qt::DisplayRole) return checkpoint_cell(*checkpoint, at.column());
        if (role == Qt::ToolTipRole) return text_of(checkpoint->path.string());
        if (role == Qt::ForegroundRole) return QBrush(theme_.colour(Colour::muted));
        return {};
    }
    switch (role) {
        case Qt::DisplayRole:
        case Qt::EditRole:
            return run_cell(*run, at.column(), is_live(*run) && live_->paused);
        case sort_role:
            return sort_value_of(*run, at.column());
        case Qt::DecorationRole:
            return decoration(*run, at.column());
        case Qt::ForegroundRole:
            if (at.column() == state) return QBrush(theme_.colour(look_of(run->state).colour));
            return {};
        case Qt::ToolTipRole:
            return tool_tip_of(*run, at.column());
        case Qt::AccessibleTextRole:
            if (at.column() == name)
                return tr("Run %1, %2").arg(text_of(run->name), look_of(run->state).word);
            if (at.column() == star) return tool_tip_of(*run, star);
            return run_cell(*run, at.column(), is_live(*run) && live_->paused);
        default:
            return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool number = (section >= step && section <= time) || section == size;
        return static_cast<int>((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole && section == star) return tr("Starred");
    if (role == Qt::ToolTipRole && section == loss)
        return tr("The mean over the last %1 steps").arg(loss_window);
    if (role == Qt::ToolTipRole && section == size) return tr("The size of the checkpoints");
    if (role == Qt::AccessibleTextRole && section == star) return tr("Starred");
    if (role != Qt::DisplayRole) return {};
    const QStringList titles = {tr("Run"),  tr("★"),       tr("State"),   tr("Step"),
                                tr("Loss"), tr("Time"),    tr("Dataset"), tr("Score"),
                                tr("Tags"), tr("Created"), tr("Size")};
    return titles.value(section);
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& at) const {
    Qt::ItemFlags flags = QAbstractItemModel::flags(at);
    const RunSummary* run = run_at(at);
    if (!run) return flags;
    if (checkpoint_at(at)) return flags | Qt::ItemNeverHasChildren;
    const bool can_rename = at.column() == name && run->state != RunState::running;
    const bool can_tag = at.column() == tags && run->writable && run->notes_problem.empty();
    if (can_rename || can_tag) flags |= Qt::ItemIsEditable;
    return flags;
}

bool RunsModel::setData(const QModelIndex& at, const QVariant& value, int role) {
    const RunSummary* run = run_at(at);
    if (role != Qt::EditRole || !run || checkpoint_at(at)) return false;
    const std::string text = value.toString().trimmed().toStdString();
    if (at.column() == name) return rename(at.row(), text);
    RunNotes notes = run->notes;
    if (at.column() == tags)
        notes.tags = tags_in(text);
    else if (at.column() == star)
        notes.starred = value.toBool();
    else
        return false;
    return notes == run->notes || change_notes(run->folder, notes);
}

bool RunsModel::rename(int row, const std::string& wanted) {
    RunSummary& run = runs_[static_cast<std::size_t>(row)];
    if (wanted.empty() || wanted == run.name) return false;
    const std::filesystem::path from = run.folder, to = from.parent_path() / wanted;
    try {
        rename_run(from, wanted);
    } catch (const Error& error) {
        Q_EMIT failed(error);
        return false;
    }
    run.folder = to;
    run.name = wanted;
    if (!run.preview.empty()) run.preview = to / run.preview.lexically_relative(from);
    for (CheckpointSummary& checkpoint : run.checkpoints)
        checkpoint.path = to / checkpoint.path.lexically_relative(from);
    Q_EMIT dataChanged(index(row, 0), index(row, column_count - 1));
    Q_EMIT renamed(from, to);
    return true;
}

}  // namespace denoise::ui
