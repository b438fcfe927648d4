#pragma once

#include <QDialog>
#include <QTimer>
#include <map>

#include "ui/panels/preparation/preparation_worker.h"

class QCheckBox;
class QAction;
class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QTabWidget;
class QToolButton;
class QWidget;

namespace denoise::ui {

class ClassBalanceView;
class ExampleList;
class LeftOutList;
class SettingField;
class Theme;

/// Shows how a dataset is prepared: some of its images before and after, the classes, and what is left out.
/// Changes of the settings are shown after they have been tried on another thread.
class PrepareDialog : public QDialog {
    Q_OBJECT
  public:
    /// With a reason in `locked`, nothing can be changed.
    PrepareDialog(const Theme& theme, const DatasetConfig& config, bool flip, const QString& locked,
                  QWidget* parent = nullptr);

    const DatasetConfig& config() const { return config_; }
    bool flip() const { return flip_; }

  Q_SIGNALS:
    void applied(const denoise::DatasetConfig& config, bool flip);

  protected:
    void done(int result) override;

  private:
    QWidget* make_settings();
    QWidget* make_preview();
    QLayout* make_background_row();
    QWidget* make_page(QListWidget* list, QAction* action);
    QLayout* make_bottom();
    void show_swatch();
    SettingField* add_field(const char* key);
    void change(const DatasetConfig& config);
    void refresh();
    void show_preview(const PreparationPreview& preview);
    void show_classes(const PreparationPreview& preview);
    void show_summary(const PreparationPreview& preview);
    void show_error(const Error& error);
    void show_progress(qint64 done, qint64 total);
    void show_idle();
    void exclude_classes();
    void exclude_image(const std::string& name);
    void use_image(const std::string& name);
    void update_apply();

    const Theme& theme_;
    const DatasetConfig original_;
    const bool original_flip_;
    const QString locked_;
    DatasetConfig config_;
    bool flip_;
    std::map<std::string, SettingField*> fields_;
    std::vector<std::string> class_names_;  ///< of all classes, also those that are left out
    std::vector<std::int64_t> class_counts_;
    bool failed_ = false;
    QTimer timer_;  ///< so that typing tries the settings only once

    QWidget* class_part_ = nullptr;
    ClassBalanceView* classes_ = nullptr;
    QLabel* class_note_ = nullptr;
    QCheckBox* flip_box_ = nullptr;
    QLabel* flip_note_ = nullptr;
    QToolButton* swatch_ = nullptr;
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
