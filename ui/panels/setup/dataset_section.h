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
class KnownSets;
class Theme;

/// The cards to choose a dataset from, the progress of its loading, and the files that were skipped.
class DatasetSection : public QWidget {
    Q_OBJECT
  public:
    DatasetSection(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// Adds cards for recently used datasets.
    void set_recent(const QStringList& paths);
    /// Removes the card of `path`, and cancels its load; the files stay. The next success, or the removal of
    /// the card, withdraws the error of a load that has failed.
    void remove(const QString& path);
    /// A dataset that is loaded already was chosen, so that earlier errors are of no interest any more.
    void forget_problems();
    /// Checks the card of `path`, which is created if necessary.
    void set_chosen(const QString& path);
    /// Loads a dataset and cancels the load in progress, unless it is the same. Its success withdraws the
    /// errors of earlier loads if a person has chosen it.
    void load(const DatasetConfig& config, bool is_chosen = true);
    bool is_loading() const { return job_ != 0; }
    void stop();

    /// Adds a card without choosing it.
    void add_card(const QString& path);
    KnownSets& known_sets() { return *known_; }

    void choose_file();
    void choose_picture_folder();

  Q_SIGNALS:
    void chosen(const QString& path);
    void downloaded(const QString& path);
    void remove_pressed(const QString& path);
    void prepare_wanted();  ///< of the chosen dataset
    void load_failed(const denoise::DatasetConfig& config);
    void problem_over(const denoise::Error& error);  ///< of a load, which need not be shown any more

  private:
    QLayout* make_buttons();
    QWidget* make_progress();
    void make_skipped_list();
    DatasetCard* card_for(const QString& path);
    void cards_changed();
    void show_dataset(const DatasetReady& dataset);
    void show_skipped(const std::vector<SkippedFile>& files);
    void show_progress(const JobProgress& progress);
    void end(const JobEnded& end);

    EngineLink& link_;
    const Theme& theme_;
    QVBoxLayout* cards_ = nullptr;
    KnownSets* known_ = nullptr;
    QButtonGroup* group_ = nullptr;
    QWidget* loading_ = nullptr;
    QLabel* loading_text_ = nullptr;
    QProgressBar* progress_ = nullptr;
    QToolButton* skipped_button_ = nullptr;
    QListWidget* skipped_ = nullptr;
    std::map<QString, DatasetCard*> by_path_;
    JobId job_ = 0;  ///< the load in progress; 0: none
    DatasetConfig loading_config_;
    bool loading_is_chosen_ = true;
    std::map<QString, Error> problems_;  ///< of loads that have failed since the last success, by path
};

/// The title of a dialog in which the folder of a dataset is chosen.
QString dataset_folder_prompt();

}  // namespace denoise::ui
