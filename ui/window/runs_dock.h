#pragma once

#include <QDockWidget>
#include <filesystem>

class QMainWindow;
class QTabWidget;

namespace denoise::ui {

class EngineLink;
class EvaluationCard;
class LogPanel;
class ModelPanel;
class QueuePanel;
class RunsPanel;
class Theme;
class TrainingQueue;

/// The dock below the pages with the runs, the queue, the open model, its evaluation and the log, one a tab.
class RunsDock : public QDockWidget {
    Q_OBJECT
  public:
    RunsDock(QMainWindow& window, EngineLink& link, TrainingQueue& queue, const Theme& theme,
             const std::filesystem::path& runs_folder);

    RunsPanel& runs() { return *runs_; }
    QueuePanel& queue() { return *queue_; }
    EvaluationCard& evaluation() { return *evaluation_; }
    LogPanel& log() { return *log_; }

    void show_runs();
    void show_queue();
    void show_model();
    void show_evaluation();
    void setVisible(bool visible) override;

  Q_SIGNALS:
    void focus_released();  ///< it is being hidden, with the focus in it

  private:
    void add_tabs();
    void show_tab(QWidget* tab, QWidget* to_focus);
    void show_buttons();
    void count_queue(const TrainingQueue& queue);
    QWidget* buttons_of(const QWidget* tab) const;
    void make_room();
    void make_room_for(int least);

    QMainWindow& window_;
    QTabWidget* tabs_;
    RunsPanel* runs_;
    QueuePanel* queue_;
    ModelPanel* model_;
    EvaluationCard* evaluation_;
    QWidget* evaluation_tab_;  ///< scrolls the card
    LogPanel* log_;
};

}  // namespace denoise::ui
