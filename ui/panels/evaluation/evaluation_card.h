#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QStandardItemModel>
#include <QWidget>
#include <vector>

#include "ui/panels/evaluation/evaluation_record.h"

class QAction;
class QStackedWidget;
class QTreeView;

namespace denoise::ui {

class EngineLink;
class EvaluationControls;
class EvaluationView;
class Theme;

/// Evaluates the open model on a dataset, and lists the results of this session for comparison.
class EvaluationCard : public QWidget {
    Q_OBJECT
  public:
    EvaluationCard(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// Why no evaluation is possible; empty: it is.
    void set_obstacle(const QString& reason);
    bool is_running() const { return job_ != 0; }
    void stop();

  Q_SIGNALS:
    void evaluated(const denoise::ui::EvaluationRecord& record);
    void running_changed();  ///< is_running() is another now

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void build();
    QWidget* build_results();
    QWidget* build_list();
    void build_table();
    void connect_engine();
    void offer_datasets();
    void start();
    void end(JobId job);
    void take(const EvaluationResult& result);
    void list_record(EvaluationRecord record);
    void show_progress(const JobProgress& progress);
    void show_hint();
    void show_chosen();
    void copy_chosen();
    QList<int> chosen_rows() const;

    EngineLink& link_;
    const Theme& theme_;
    EvaluationControls* controls_ = nullptr;
    QLabel* doing_ = nullptr;
    QProgressBar* progress_ = nullptr;
    QStackedWidget* shown_ = nullptr;
    EvaluationView* view_ = nullptr;
    QTreeView* table_ = nullptr;
    QAction* copy_ = nullptr;
    QStandardItemModel model_;
    std::vector<EvaluationRecord> records_;  ///< newest first, like the table
    JobId job_ = 0;                          ///< the evaluation in progress; 0: none
    EvaluationRecord running_;               ///< the record of job_, without its result
    bool stopping_ = false;
    std::int64_t step_ = 0;  ///< of the open model
};

}  // namespace denoise::ui
