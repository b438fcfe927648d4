#pragma once

#include <QMainWindow>
#include <memory>
#include <optional>
#include <vector>

#include "engine/base/crash_note.h"
#include "ui/link/engine_link.h"
#include "ui/panels/setup/config_editor.h"
#include "ui/window/posted_jobs.h"
#include "ui/window/preference_store.h"
#include "ui/window/window_actions.h"

class QDockWidget;

namespace denoise {
struct SampleRecipe;
}

namespace denoise::ui {

class CloseGuard;
class DropHighlight;
class ExampleCommands;
class LogCommands;
class MessageBar;
class PageTabs;
class RunsDock;
class SetupCommands;
class SetupPanel;
class StatusLine;
class TrainButton;
class TrainingQueue;

/// The window: Setup on the left, the pages in the middle, the runs and the log below. It makes the parts and
/// lays them out; the commands belong to the parts.
class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    MainWindow(std::unique_ptr<Engine> engine, Theme& theme, const Preferences& preferences);
    ~MainWindow() override;

    /// Opens the dataset, the picture or the model at `path`.
    void open_path(const QString& path);
    /// For a start without a path: plays the example if the program has not been used yet.
    void welcome();
    /// Offers to show the note of an earlier start that has ended unexpectedly.
    void offer_crash_notes(const std::vector<CrashNote>& notes);

    EngineLink& link() { return *link_; }
    ConfigEditor& editor() { return editor_; }
    const WindowActions& actions() const { return actions_; }
    /// What decides now which actions are allowed.
    Situation situation() const;

  protected:
    bool event(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    template <class Part, class... Arguments>
    Part& add_part(Arguments&&... arguments);
    void lay_out(SetupCommands& setup_commands);
    void connect_parts();
    void apply_preferences();
    void restore_layout();
    void save_layout() const;
    void update_actions();
    void update_title();
    /// Of a picture whose settings are sampled with when it is opened; on the page Noise, none is.
    std::optional<SampleRecipe> recipe_here(const QString& path) const;
    void sample_as_in(const QString& picture, const SampleRecipe& recipe);
    void draw_schedule();  ///< the one in Setup, on the page Noise

    Theme& theme_;
    PreferenceStore preferences_;
    std::unique_ptr<EngineLink> link_;
    PostedJobs jobs_;
    std::unique_ptr<TrainingQueue> queue_;
    ConfigEditor editor_;
    WindowActions actions_;
    PageTabs* pages_;
    MessageBar* messages_;
    SetupPanel* setup_;
    QDockWidget* setup_dock_;
    DropHighlight* drop_highlight_;
    RunsDock* runs_dock_;
    StatusLine* status_;
    CloseGuard* close_guard_;
    TrainButton* train_button_ = nullptr;
    LogCommands* log_ = nullptr;
    ExampleCommands* example_ = nullptr;
    std::vector<std::unique_ptr<CommandPart>> parts_;
    std::optional<Situation> shown_;  ///< what the actions were last updated for
    bool laid_out_ = false;           ///< the docks have had their sizes set
};

}  // namespace denoise::ui
