#pragma once

#include <QDialog>

#include "ui/export/export_job.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;

namespace denoise::ui {

class PictureView;
class Theme;

/// Asks what to save of a trajectory and where, previews it, and saves it.
class ExportDialog : public QDialog {
    Q_OBJECT
  public:
    /// `frame` and `image` (-1: all) are the current ones.
    ExportDialog(Trajectory trajectory, int frame, int image, const Theme& theme, QWidget* parent = nullptr);

    void set_folder(const QString& folder);
    ExportChoices choices() const;

  Q_SIGNALS:
    /// What was saved and where, in one line, and the file or folder.
    void exported(const QString& message, const QString& path);

  protected:
    void done(int result) override;

  private:
    void build();
    void connect_fields();
    void connect_job();
    void finish();
    void make_fields();
    QLayout* make_form();
    QLayout* make_buttons();
    void restore_choices();
    void remember_choices() const;
    ExportKind kind() const;
    QString suggested_name() const;
    void suggest_path();
    void browse();
    void update_fields();
    void update_summary();
    void start();
    void show_error(const Error& error);
    void set_busy(bool busy);

    const Trajectory trajectory_;
    const int frame_;
    const Theme& theme_;
    QString folder_;
    bool named_ = false;  ///< the user has entered a path, which is kept
    ExportJob job_;

    PictureView* preview_;
    QComboBox* kind_;
    QComboBox* content_;
    QSpinBox* image_;
    QSpinBox* scale_;
    QSpinBox* rate_;
    QSpinBox* frames_;
    QLineEdit* path_;
    QLabel* summary_;
    QLabel* warning_;
    QLabel* error_;
    QProgressBar* progress_;
    QPushButton* copy_;
    QPushButton* cancel_;
    QPushButton* export_;
    QWidget* fields_;
};

}  // namespace denoise::ui
