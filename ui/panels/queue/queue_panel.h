#pragma once

#include <QTimer>
#include <QWidget>

#include "engine/base/error.h"
#include "ui/panels/queue/queue_model.h"

class QLabel;
class QToolButton;
class QTreeView;

namespace denoise::ui {

class RunsNotice;
class Theme;
class TrainingQueue;

/// The queue of runs with the time that they need, and buttons for the selected run.
class QueuePanel : public QWidget {
    Q_OBJECT
  public:
    QueuePanel(TrainingQueue& queue, const Theme& theme, QWidget* parent = nullptr);

    /// Why the queue cannot start in this window; empty: it can.
    void set_start_blocked(const QString& reason);
    /// Why the queue waits although it is on; empty: it does not.
    void set_waiting_for(const QString& reason);
    /// The buttons. The panel does not place them.
    QWidget* buttons() const { return buttons_; }
    QTreeView* view() const { return view_; }

  Q_SIGNALS:
    void failed(const denoise::Error& error);
    void run_chosen(const std::filesystem::path& folder);  ///< a run that has a folder was double-clicked

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void build_view();
    void build_buttons();
    void fit_buttons();
    void build_keys();
    std::int64_t chosen() const;  ///< id of the selected run; 0: none
    void choose(std::int64_t id);
    void move_chosen(int rows);
    void remove_chosen();
    void edit_budget();
    void start_or_pause();
    void show_queue();
    void show_forecast();
    void update_buttons();

    TrainingQueue& queue_;
    const Theme& theme_;
    QueueModel model_;
    QTreeView* view_ = nullptr;
    QLabel *empty_ = nullptr, *forecast_ = nullptr, *warning_ = nullptr;
    RunsNotice* notice_ = nullptr;
    QWidget* buttons_ = nullptr;
    QToolButton *start_ = nullptr, *up_ = nullptr, *down_ = nullptr, *budget_ = nullptr, *again_ = nullptr,
                *remove_ = nullptr;
    QString start_blocked_, waiting_for_;
    QTimer clock_;  ///< the forecast names a time of the day
    bool sized_ = false;
};

}  // namespace denoise::ui
