#pragma once

#include <QFileSystemWatcher>
#include <QTimer>
#include <QWidget>
#include <filesystem>
#include <memory>

#include "ui/panels/runs/runs_choice.h"
#include "ui/panels/runs/runs_filter.h"
#include "ui/panels/runs/runs_model.h"
#include "ui/panels/runs/training_follower.h"

class QLabel;
class QSplitter;
class QStackedWidget;
class QTreeView;

namespace denoise::ui {

class EngineLink;
class RunDeletion;
class RunDetails;
class RunsBar;
class RunsComparison;

/// The list of the runs in a folder, with buttons for the selected ones, and beside it the notes of the
/// selected run, or a comparison of several. The folder is read in another thread.
class RunsPanel : public QWidget {
    Q_OBJECT
  public:
    RunsPanel(EngineLink& link, const Theme& theme, std::filesystem::path folder, QWidget* parent = nullptr);
    ~RunsPanel() override;

    void set_folder(const std::filesystem::path& folder);
    const std::filesystem::path& folder() const { return folder_; }
    const std::vector<RunSummary>& runs() const { return model_.runs(); }
    /// Why no run can be resumed; empty: one can.
    void set_resume_blocked(const QString& reason);
    /// Why no run can be opened and watched; empty: one can.
    void set_watch_blocked(const QString& reason);
    /// The run that is watched; empty: none.
    void set_watched(const std::filesystem::path& run);
    /// Why the settings of a run cannot be used for a new one; empty: they can.
    void set_setup_blocked(const QString& reason);
    /// Why no run can be added to the queue; empty: one can.
    void set_queue_blocked(const QString& reason);
    void refresh_soon();
    /// Adds a score to the notes of the run at `model`, which may be one of its checkpoints.
    void add_score(const std::filesystem::path& model, const RunScore& score);
    /// The search field and the buttons for the selected runs. The panel does not place them.
    QWidget* buttons() const;
    QTreeView& view() const { return *view_; }
    /// The run or checkpoint that is selected alone, if it has a model; otherwise empty.
    std::filesystem::path chosen_model() const;

  Q_SIGNALS:
    void listed();  ///< the folder has been read
    void choice_changed();
    void resume_wanted(const std::filesystem::path& run);
    void watch_wanted(const std::filesystem::path& run);  ///< which another program may train
    void watch_unwanted();                                ///< no longer
    void open_wanted(const std::filesystem::path& path);
    void export_wanted(const std::filesystem::path& path);     ///< to a file or folder for other programs
    void settings_wanted(const denoise::RunConfig& config);    ///< for a new run
    void queue_wanted(const denoise::RunSummary& run);         ///< a new one with the same settings
    void continuation_wanted(const denoise::RunSummary& run);  ///< more training of it, in the queue
    /// Two to four runs or checkpoints, whose samples are to be compared.
    void compare_wanted(const std::vector<std::filesystem::path>& models);
    void renamed(const std::filesystem::path& from, const std::filesystem::path& to);
    void several_selected();
    void failed(const denoise::Error& error);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void build();
    QTreeView* build_view();
    void connect_bar();
    void show_menu(const QPoint& at);
    RunsChoice choice() const;
    void toggle_star(const QModelIndex& at);
    void refresh();
    void take(std::vector<RunSummary> runs);
    void size_columns();
    void show_chosen();
    void show_empty();
    void update_buttons();
    void watch();

    const Theme& theme_;
    std::filesystem::path folder_;
    RunsModel model_;
    RunsFilter filter_;
    TrainingFollower training_;
    QTreeView* view_ = nullptr;
    QLabel* empty_ = nullptr;
    RunDeletion* deletion_ = nullptr;
    QSplitter* splitter_ = nullptr;
    QStackedWidget* side_ = nullptr;
    RunDetails* details_ = nullptr;
    RunsComparison* comparison_ = nullptr;
    RunsBar* bar_ = nullptr;
    QFileSystemWatcher watcher_;
    QTimer refresh_timer_;
    QString resume_blocked_, watch_blocked_, setup_blocked_, queue_blocked_;
    std::filesystem::path watched_;
    std::shared_ptr<MetricsCache> metrics_ = std::make_shared<MetricsCache>();
    int removed_row_ = 0;
    bool reading_ = false, read_again_ = false, sized_ = false, widened_ = false;
};

}  // namespace denoise::ui
