#pragma once

#include <QAbstractItemModel>
#include <QHash>
#include <QPixmap>
#include <optional>
#include <vector>

#include "engine/runs/run_list.h"
#include "ui/theme/theme.h"

namespace denoise::ui {

/// How far the run in training is, which its files do not say yet.
struct LiveRun {
    std::filesystem::path folder;
    std::int64_t step = 0;
    double loss = 0, seconds = 0;
    bool paused = false;
};

/// Runs, and under each its checkpoints, newest first. Rows keep their identity when the list is read again,
/// so that views keep their selection and open editors.
class RunsModel : public QAbstractItemModel {
    Q_OBJECT
  public:
    enum Column { name, star, state, step, loss, time, dataset, score, tags, created, size, column_count };
    static constexpr int sort_role = Qt::UserRole + 1;  ///< the value by which a column is sorted

    explicit RunsModel(const Theme& theme, QObject* parent = nullptr);

    void set_runs(std::vector<RunSummary> runs);
    const std::vector<RunSummary>& runs() const { return runs_; }
    /// The run of a row, or of the parent of a row with a checkpoint; null: none.
    const RunSummary* run_at(const QModelIndex& index) const;
    const CheckpointSummary* checkpoint_at(const QModelIndex& index) const;
    /// The row of the run in this folder; invalid: none.
    QModelIndex index_of(const std::filesystem::path& folder) const;

    /// Shows the progress of the run in training, or that there is none.
    void set_live(const std::optional<LiveRun>& live);
    /// The run in training has ended in this state, which its files say a moment later.
    void end_live(RunState end);
    /// Whether the files of a run that has ended were read while they still said that it is being trained.
    bool awaits_end() const { return ended_.has_value(); }
    /// Writes star, tags and text of a run. Returns false after failed().
    bool change_notes(const std::filesystem::path& folder, const RunNotes& notes);
    /// A part of the newest samples of the run; null: it has none.
    QPixmap thumbnail(const RunSummary& run) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

  Q_SIGNALS:
    void renamed(const std::filesystem::path& from, const std::filesystem::path& to);
    void notes_changed(const std::filesystem::path& folder);
    void failed(const denoise::Error& error);

  private:
    QVariant decoration(const RunSummary& run, int column) const;
    bool is_live(const RunSummary& run) const;
    void apply_live(RunSummary& run);
    void update_run(int row, RunSummary&& fresh);
    bool rename(int row, const std::string& name);
    int row_of(quintptr id) const;

    const Theme& theme_;
    std::vector<RunSummary> runs_;
    std::vector<quintptr> ids_;  ///< of the rows of runs_; the internal id of their checkpoints
    quintptr last_id_ = 0;       ///< 0 is the internal id of runs
    struct Ended {
        std::filesystem::path folder;
        RunState state;
    };
    std::optional<LiveRun> live_;
    std::optional<Ended> ended_;                  ///< the last one, until its files say so
    mutable QHash<QString, QPixmap> thumbnails_;  ///< by the path of the sample grid
};

}  // namespace denoise::ui
