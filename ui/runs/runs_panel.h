#pragma once

#include <QFileSystemWatcher>
#include <QTimer>
#include <QTreeView>
#include <QWidget>
#include <filesystem>

#include "ui/runs/runs_model.h"

class QToolButton;
class QLabel;

namespace denoise::ui {

/// The runs in a folder with what can be done with them. The folder is read off the window's thread.
class RunsPanel : public QWidget {
    Q_OBJECT
  public:
    RunsPanel(const Theme& theme, std::filesystem::path folder, QWidget* parent = nullptr);

    void set_folder(const std::filesystem::path& folder);
    const std::filesystem::path& folder() const { return folder_; }
    const std::vector<RunSummary>& runs() const { return model_.runs(); }
    /// While it trains no other run can be resumed; an empty text: one can.
    void set_resume_blocked(const QString& reason);
    void refresh_soon();
    /// What can be done with the chosen run; whoever shows the panel gives it a place.
    QWidget* buttons() const { return buttons_; }

  Q_SIGNALS:
    void listed();  ///< the folder has been read
    void resume_wanted(const std::filesystem::path& run);
    void open_wanted(const std::filesystem::path& path);
    /// As a file or folder of other programs.
    void export_wanted(const std::filesystem::path& path);
    /// Asked for; the window asks back before delete_run().
    void delete_wanted(const denoise::RunSummary& run);
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
