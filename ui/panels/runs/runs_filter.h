#pragma once

#include <QSortFilterProxyModel>

#include "ui/panels/runs/runs_model.h"

namespace denoise::ui {

/// The runs that match a search, sorted by a column. Checkpoints stay below their run, newest first.
class RunsFilter : public QSortFilterProxyModel {
    Q_OBJECT
  public:
    explicit RunsFilter(RunsModel& model, QObject* parent = nullptr);

    /// Shows only runs that contain all of the words: in their name, dataset, tags, notes or state. The word
    /// "starred" is contained in starred runs.
    void set_words(const QString& words);

    const RunSummary* run_at(const QModelIndex& index) const { return model_.run_at(mapToSource(index)); }
    const CheckpointSummary* checkpoint_at(const QModelIndex& index) const {
        return model_.checkpoint_at(mapToSource(index));
    }
    QModelIndex index_of(const std::filesystem::path& folder) const {
        return mapFromSource(model_.index_of(folder));
    }

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

  private:
    RunsModel& model_;
    QStringList words_;
};

}  // namespace denoise::ui
