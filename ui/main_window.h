#pragma once

#include <QMainWindow>
#include <memory>

#include "engine/session/runs.h"
#include "ui/preferences.h"
#include "ui/setup/config_editor.h"
#include "ui/window_actions.h"
#include "ui/window_chrome.h"
#include "ui/worker/engine_link.h"

class QDockWidget;
class QTabWidget;

namespace denoise::ui {

class CloseGuard;
class DenoisePage;
class EvaluationCard;
class LogPanel;
class MessageBar;
class ModelPanel;
class NoisePage;
class Page;
class RunOffers;
class RunsPanel;
class SetupPanel;
class StatusLine;
class TrainPage;

/// The window: Setup at the left, the pages in the middle, runs and log below. It joins the parts; what each
/// does, it does itself.
class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    MainWindow(std::unique_ptr<Engine> engine, Theme& theme, const Preferences& preferences);
    ~MainWindow() override;

    /// Opens a dataset, a picture or a model by what is at `path`.
    void open_path(const QString& path);

    EngineLink& link() { return *link_; }
    ConfigEditor& editor() { return editor_; }
    const WindowActions& actions() const { return actions_; }

  protected:
    bool event(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    // main_window.cpp: what there is and where
    void build_pages();
    void add_page(Page* page, const QString& title);
    void build_docks();
    void fill_tool_bar_menus();
    void restore_layout();
    void save_layout() const;

    // main_window_wiring.cpp: what leads to what
    void connect_actions();
    void connect_engine();
    void connect_parts();
    void connect_page(Page* page);
    void update_actions();
    void update_page_actions();
    void update_title();
    void update_device();

    // main_window_commands.cpp: what the commands do
    void train();
    void new_run();
    void sample();
    void export_pictures();
    void copy_image();
    void resume(const std::filesystem::path& run);
    void ask_to_delete(const RunSummary& run);
    void show_preferences();
    void use_preferences(const Preferences& preferences);
    void show_about();
    void show_runs();
    void show_in_runs_dock(QWidget* part);
    void make_room_for_tab();
    void export_model();  ///< the open one
    void export_model_of(const std::filesystem::path& path);
    Page* shown_page() const;
    void show_page(Page* page);
    std::filesystem::path runs_folder() const;

    Theme& theme_;
    Preferences preferences_;
    std::unique_ptr<EngineLink> link_;
    ConfigEditor editor_;
    WindowActions actions_;
    ToolBarParts tools_;
    bool laid_out_ = false;
    CloseGuard* close_guard_ = nullptr;
    RunOffers* offers_ = nullptr;
    MessageBar* messages_ = nullptr;
    QTabWidget* tabs_ = nullptr;
    TrainPage* train_page_ = nullptr;
    DenoisePage* denoise_page_ = nullptr;
    NoisePage* noise_page_ = nullptr;
    QDockWidget* setup_dock_ = nullptr;
    QDockWidget* runs_dock_ = nullptr;
    QTabWidget* runs_tabs_ = nullptr;
    SetupPanel* setup_ = nullptr;
    RunsPanel* runs_ = nullptr;
    ModelPanel* model_ = nullptr;
    EvaluationCard* evaluation_ = nullptr;
    LogPanel* log_ = nullptr;
    StatusLine* status_ = nullptr;
    std::filesystem::path to_export_;  ///< the model that is being opened to be exported
};

}  // namespace denoise::ui
