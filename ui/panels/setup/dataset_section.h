#pragma once

#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QWidget>
#include <map>

#include "engine/session/commands.h"
#include "engine/session/events.h"

class QButtonGroup;
class QVBoxLayout;

namespace denoise::ui {

class DatasetCard;
class EngineLink;
class Theme;

/// The cards to choose a dataset from, the progress of its loading, and the files that were skipped.
class DatasetSection : public QWidget {
    Q_OBJECT
  public:
    DatasetSection(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// Adds cards for recently used datasets.
    void set_recent(const QStringList& paths);
    /// Checks the card of `path`, which is created if necessary.
    void set_chosen(const QString& path);
    /// Loads a dataset and cancels the load in progress, unless it is the same.
    void load(const DatasetConfig& config);
    bool is_loading() const { return job_ != 0; }
    void stop();

    void choose_file();
    void choose_picture_folder();

  Q_SIGNALS:
    void chosen(const QString& path);

  private:
    QLayout* make_buttons();
    QWidget* make_progress();
    void make_skipped_list();
    DatasetCard* card_for(const QString& path);
    void show_dataset(const DatasetReady& dataset);
    void show_skipped(const std::vector<SkippedFile>& files);
    void show_progress(const JobProgress& progress);
    void end(const JobEnded& end);

    EngineLink& link_;
    const Theme& theme_;
    QVBoxLayout* cards_ = nullptr;
    QButtonGroup* group_ = nullptr;
    QWidget* loading_ = nullptr;
    QLabel* loading_text_ = nullptr;
    QProgressBar* progress_ = nullptr;
    QToolButton* skipped_button_ = nullptr;
    QListWidget* skipped_ = nullptr;
    std::map<QString, DatasetCard*> by_path_;
    JobId job_ = 0;  ///< the load in progress; 0: none
    DatasetConfig loading_config_;
};

/// The name of a dataset that has not been loaded: "Glyphs", or the name of the file or folder.
QString dataset_title(const QString& path);
/// The title of a dialog in which the folder of a dataset is chosen.
QString dataset_folder_prompt();

}  // namespace denoise::ui
