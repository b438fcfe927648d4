#pragma once

#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QWidget>
#include <map>

#include "engine/session/events.h"

class QButtonGroup;
class QVBoxLayout;

namespace denoise::ui {

class DatasetCard;
class EngineLink;
class Theme;

/// The cards to choose a dataset from, with progress while one loads and the files that were skipped.
class DatasetSection : public QWidget {
    Q_OBJECT
  public:
    DatasetSection(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    void set_recent(const QStringList& paths);
    /// Marks the card of `path`, making one where there is none.
    void set_chosen(const QString& path);

    void choose_idx_file();
    void choose_picture_folder();

  Q_SIGNALS:
    void chosen(const QString& path);

  private:
    DatasetCard* card_for(const QString& path);
    void show_dataset(const DatasetReady& dataset);
    void show_state(EngineState state);
    void show_progress(qint64 done, qint64 total);

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
};

/// What a dataset is called before it has been read: "Glyphs", or the file's or folder's name.
QString dataset_title(const QString& path);

}  // namespace denoise::ui
