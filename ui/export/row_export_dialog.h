#pragma once

#include <QDialog>

#include "ui/export/captioned_row.h"
#include "ui/export/export_job.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace denoise::ui {

class Theme;

/// Saves a row of captioned pictures as one picture file.
class RowExportDialog : public QDialog {
    Q_OBJECT
  public:
    RowExportDialog(CaptionedRow row, const Theme& theme, QWidget* parent = nullptr);

    void set_folder(const QString& folder);

  Q_SIGNALS:
    void exported(const QString& message);  ///< what was saved and where, in one line

  protected:
    void done(int result) override;

  private:
    void lay_out();
    void connect_fields();
    void browse();
    void update_fields();
    void start();
    void finish();
    void show_error(const Error& error);
    std::filesystem::path path() const;

    const CaptionedRow row_;
    const Theme& theme_;
    ExportJob job_;

    QLabel* preview_;
    QSpinBox* scale_;
    QLineEdit* path_;
    QLabel* summary_;
    QLabel* error_;
    QPushButton* cancel_;
    QPushButton* export_;
};

}  // namespace denoise::ui
