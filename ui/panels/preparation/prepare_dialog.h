#pragma once

#include <QDialog>
#include <QTimer>

#include "ui/panels/preparation/preparation_worker.h"

class QAction;
class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QTabWidget;
class QWidget;

namespace denoise::ui {

class ExampleList;
class LeftOutList;
class PreparationForm;
class Theme;

/// Shows how a dataset is prepared: some of its images before and after, the classes, and what is left out.
/// Changes of the settings are shown after they have been tried on another thread.
class PrepareDialog : public QDialog {
    Q_OBJECT
  public:
    /// With a reason in `locked`, nothing can be changed.
    PrepareDialog(const Theme& theme, const DatasetConfig& config, bool flip, const QString& locked,
                  QWidget* parent = nullptr);

    const DatasetConfig& config() const;
    bool flip() const;

  Q_SIGNALS:
    void applied(const denoise::DatasetConfig& config, bool flip);

  protected:
    void done(int result) override;

  private:
    QWidget* make_preview();
    QWidget* make_page(QListWidget* list, QAction* action);
    QLayout* make_bottom();
    void refresh();
    void show_preview(const PreparationPreview& preview);
    void show_summary(const PreparationPreview& preview);
    void show_error(const Error& error);
    void show_progress(qint64 done, qint64 total);
    void show_idle();
    void exclude_image(const std::string& name);
    void use_image(const std::string& name);
    void update_apply();

    const Theme& theme_;
    const DatasetConfig original_;
    const bool original_flip_;
    const QString locked_;
    bool failed_ = false;
    QTimer timer_;  ///< so that typing tries the settings only once

    PreparationForm* form_;
    QTabWidget* tabs_ = nullptr;
    ExampleList* examples_ = nullptr;
    LeftOutList* left_out_ = nullptr;
    QLabel* summary_ = nullptr;
    QLabel* problem_ = nullptr;
    QWidget* busy_ = nullptr;
    QLabel* busy_text_ = nullptr;
    QProgressBar* progress_ = nullptr;
    QPushButton* apply_ = nullptr;
    PreparationWorker worker_;  ///< last: its signals use the widgets
};

}  // namespace denoise::ui
