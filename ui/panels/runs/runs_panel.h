#pragma once

#include <QFileSystemWatcher>
#include <QTimer>
#include <QTreeView>
#include <QWidget>
#include <filesystem>

#include "ui/panels/runs/runs_model.h"

class QToolButton;
class QLabel;

namespace denoise::ui {

/// The list of the runs in a folder, with buttons for the selected run. The folder is read in another thread.
class RunsPanel : public QWidget {
    Q_OBJECT
  public:
    RunsPanel(const Theme& theme, std::filesystem::path folder, QWidget* parent = nullptr);

    void set_folder(const std::filesystem::path& folder);
    const std::filesystem::path& folder() const { return folder_; }
    const std::vector<RunSummary>& runs() const { return model_.runs(); }
    /// Why no run can be resumed; empty: one can.
    void set_resume_blocked(const QString& reason);
    void refresh_soon();
    /// The buttons for the selected run. The panel does not place them.
    QWidget* buttons() const { return buttons_; }

  Q_SIGNALS:
    void listed();  ///< the folder has been read
    void resume_wanted(const std::filesystem::path& run);
    void open_wanted(const std::filesystem::path& path);
    void export_wanted(const std::filesystem::path& path);  ///< to a file or folder for other programs
    void delete_wanted(const denoise::RunSummary& run);     ///< not confirmed yet
    void failed(const denoise::Error& error);

  private:
    void build();
    void show_menu(const QPoint& at);
    std::filesystem::path chosen_model() const;
    void refresh();
    void take(std::vector<RunSummary> runs);
    void update_buttons();
    void watch();

    const Theme& theme_;
    std::filesystem::path folder_;
    RunsModel model_;
    QTreeView* view_ = nullptr;
    QLabel* empty_ = nullptr;
    QWidget* buttons_ = nullptr;
    QToolButton *resume_ = nullptr, *open_ = nullptr, *rename_ = nullptr, *delete_ = nullptr,
                *show_ = nullptr;
    QFileSystemWatcher watcher_;
    QTimer refresh_timer_;
    QString resume_blocked_;
    bool reading_ = false, read_again_ = false;
};

}  // namespace denoise::ui
