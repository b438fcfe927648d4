#pragma once

#include <QAbstractItemModel>
#include <vector>

#include "engine/runs/run_list.h"
#include "ui/theme/theme.h"

namespace denoise::ui {

/// Runs, and under each its checkpoints, newest first.
class RunsModel : public QAbstractItemModel {
    Q_OBJECT
  public:
    enum Column { name, state, dataset, step, loss, time, created, column_count };

    explicit RunsModel(const Theme& theme, QObject* parent = nullptr);

    void set_runs(std::vector<RunSummary> runs);
    const std::vector<RunSummary>& runs() const { return runs_; }
    /// The run of a row, or of the parent of a row with a checkpoint; null: none.
    const RunSummary* run_at(const QModelIndex& index) const;
    const CheckpointSummary* checkpoint_at(const QModelIndex& index) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

  Q_SIGNALS:
    void renamed();
    void failed(const denoise::Error& error);

  private:
    QVariant run_text(const RunSummary& run, int column) const;
    QVariant checkpoint_text(const CheckpointSummary& checkpoint, int column) const;

    const Theme& theme_;
    std::vector<RunSummary> runs_;
};

/// How a state is shown: a word, the name of an icon and a colour.
struct StateLook {
    QString word, icon;
    Colour colour;
};
StateLook look_of(RunState state);

}  // namespace denoise::ui
