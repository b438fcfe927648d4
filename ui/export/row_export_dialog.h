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
    /// `name` is that of the file, without its ending.
    RowExportDialog(CaptionedRow row, QString name, const Theme& theme, QWidget* parent = nullptr);

    void set_folder(const QString& folder);

  Q_SIGNALS:
    /// What was saved and where, in one line, and its path.
    void exported(const QString& message, const QString& path);

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

    QString file_in(const QString& folder) const;

    const CaptionedRow row_;
    const QString name_;
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

/// Asks where to save `row`, which is shown on `page`, and saves it. The window then shows a message.
/// `folder` may be empty.
void export_row(CaptionedRow row, const QString& name, const QString& folder, const Theme& theme,
                QWidget& page);

}  // namespace denoise::ui
