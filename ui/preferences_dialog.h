#pragma once

#include <QComboBox>
#include <QDialog>
#include <QLineEdit>

#include "ui/preferences.h"

namespace denoise::ui {

/// Appearance, threads and folders. It changes nothing itself: changed() carries the new wishes, at once,
/// without an OK button.
class PreferencesDialog : public QDialog {
    Q_OBJECT
  public:
    PreferencesDialog(const Theme& theme, const Preferences& preferences, QWidget* parent = nullptr);

  Q_SIGNALS:
    void changed(const denoise::ui::Preferences& preferences);

  private:
    QWidget* folder_row(const QString& name, const QString& empty_text, QString Preferences::*field);
    void tell();

    Preferences preferences_;
};

}  // namespace denoise::ui
