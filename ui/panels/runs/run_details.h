#pragma once

#include <QTimer>
#include <QWidget>
#include <optional>

#include "engine/runs/run_list.h"

class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace denoise::ui {

class Theme;

/// What is known about one run, with its notes and tags to edit. Changes are kept shortly after typing, and
/// at the latest when another run is shown.
class RunDetails : public QWidget {
    Q_OBJECT
  public:
    explicit RunDetails(const Theme& theme, QWidget* parent = nullptr);
    ~RunDetails() override;

    /// The same run again updates what is not being edited.
    void set_run(const RunSummary& run, const QPixmap& thumbnail);
    /// Passes on what has been typed.
    void keep();

  Q_SIGNALS:
    void notes_edited(const std::filesystem::path& folder, const denoise::RunNotes& notes);

  private:
    void build();
    void show_facts();
    void show_notes();

    const Theme& theme_;
    std::optional<RunSummary> run_;
    QTimer keep_timer_;
    bool typed_ = false;
    QLabel *picture_ = nullptr, *name_ = nullptr, *facts_ = nullptr, *locked_ = nullptr;
    QLineEdit* tags_ = nullptr;
    QPlainTextEdit* text_ = nullptr;
};

}  // namespace denoise::ui
