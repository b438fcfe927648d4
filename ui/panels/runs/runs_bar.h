#pragma once

#include <QWidget>
#include <filesystem>
#include <vector>

#include "engine/runs/run_list.h"

class QLineEdit;
class QMenu;
class QToolButton;

namespace denoise::ui {

class Theme;

/// What is selected in the list of runs, and what is in the way of some commands; empty: nothing is.
struct RunsSelection {
    std::vector<RunSummary> runs;
    std::filesystem::path watched;       ///< the run that is watched; empty: none
    std::filesystem::path trained_here;  ///< the run that this window trains; empty: none
    QString compare_problem, resume_blocked, watch_blocked, setup_blocked, queue_blocked;
};

/// The search field and the buttons for the selected runs, in the row of the tabs. The tooltip of a button
/// that is disabled is the reason.
class RunsBar : public QWidget {
    Q_OBJECT
  public:
    explicit RunsBar(const Theme& theme, QWidget* parent = nullptr);

    /// The tabs beside the bar need their room, too.
    void fit(int panel_width);
    /// That in a narrow panel, so that the window can become narrow.
    QSize minimumSizeHint() const override;
    void show_selection(const RunsSelection& selection);
    /// The same commands, and those that have no button.
    QMenu* make_menu(QWidget* parent) const;
    bool can_open() const;
    QToolButton& remove_button() const { return *remove_; }

  Q_SIGNALS:
    void search_changed(const QString& words);
    void resume_pressed();
    void watch_pressed();    ///< the selected run, which another program may train
    void unwatch_pressed();  ///< no longer
    void open_pressed();
    void compare_pressed();
    void reuse_pressed();
    void queue_pressed();         ///< a new run with the same settings
    void continuation_pressed();  ///< more training of the run, in the queue
    void export_pressed();
    void rename_pressed();
    void remove_pressed();
    void show_pressed();

  private:
    /// What the first button does.
    enum class First { resume, watch, unwatch };
    void show_first(const RunSummary* run, const RunsSelection& selection, const QStringList& reasons);
    void press_first();

    const Theme& theme_;
    First first_ = First::resume;
    QLineEdit* search_;
    QToolButton *resume_, *open_, *compare_, *reuse_, *rename_, *remove_, *show_;
    QAction *watch_, *queue_, *continuation_, *export_;  ///< only in the menu
};

}  // namespace denoise::ui
