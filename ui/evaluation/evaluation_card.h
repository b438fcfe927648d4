#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QStandardItemModel>
#include <QWidget>
#include <optional>
#include <vector>

#include "ui/evaluation/evaluation_record.h"

class QAction;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace denoise::ui {

class EngineLink;
class EvaluationControls;
class EvaluationView;
class Theme;

/// Measures the open model on a set of images, and keeps the session's results so that models compare.
class EvaluationCard : public QWidget {
    Q_OBJECT
  public:
    EvaluationCard(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// Why nothing can be measured now; empty: it can.
    void set_obstacle(const QString& reason);
    bool is_running() const { return running_.has_value(); }
    void stop();

  private:
    void build();
    QWidget* build_results();
    void connect_engine();
    void offer_datasets();
    void start();
    void end();
    void take(const EvaluationEnded& result);
    void show_progress(const EvaluationProgress& progress);
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
    QToolButton* copy_button_ = nullptr;
    QStandardItemModel model_;
    std::vector<EvaluationRecord> records_;      ///< newest first, as the table
    std::optional<EvaluationRecord> running_;    ///< what the result will be filled into
    bool stopping_ = false, has_begun_ = false;  ///< begun: past its place in the queue
    std::int64_t step_ = 0;
};

}  // namespace denoise::ui
