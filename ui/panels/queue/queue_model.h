#pragma once

#include <QAbstractTableModel>

#include "engine/base/error.h"
#include "engine/runs/run_queue.h"

namespace denoise::ui {

class Theme;
class TrainingQueue;

/// The runs of the queue as a table. Rows can be dragged to another place, and names and budgets edited. Rows
/// keep their identity when the queue changes, so that a view keeps its selection.
class QueueModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { name, state, dataset, preset, budget, time, column_count };

    QueueModel(TrainingQueue& queue, const Theme& theme, QObject* parent = nullptr);

    /// Null: there is no such row.
    const QueuedRun* run_at(int row) const;
    int row_of(std::int64_t id) const;  ///< -1: none
    bool is_editable() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;
    bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                      const QModelIndex& parent) override;

  Q_SIGNALS:
    void failed(const denoise::Error& error);

  private:
    void follow();
    void show_time();
    QString text(const QueuedRun& run, int column) const;
    QString state_text(const QueuedRun& run) const;
    QString tool_tip(const QueuedRun& run, int column) const;
    bool change_budget(const QueuedRun& run, const QString& text);

    TrainingQueue& queue_;
    const Theme& theme_;
    std::vector<QueuedRun> rows_;  ///< as they are shown
};

}  // namespace denoise::ui
