#pragma once

#include <QComboBox>
#include <QDialog>
#include <QLineEdit>

#include "ui/window/preferences.h"

namespace denoise::ui {

/// Edits the preferences. Each change is reported by changed() at once.
class PreferencesDialog : public QDialog {
    Q_OBJECT
  public:
    PreferencesDialog(const Theme& theme, const Preferences& preferences, QWidget* parent = nullptr);

  Q_SIGNALS:
    void changed(const denoise::ui::Preferences& preferences);

  private:
    QComboBox* make_appearance_box();
    QComboBox* make_pictures_box();
    QComboBox* make_threads_box();
    QComboBox* make_memory_box();
    QWidget* make_general_page();
    QWidget* make_downloads_page();
    QWidget* make_cache_page();
    QWidget* make_log_page();
    QWidget* folder_row(const QString& name, const QString& empty_text, QString& field);
    QLineEdit* text_line(const QString& name, const QString& empty_text, QString& field);
    void notify();

    Preferences preferences_;
};

}  // namespace denoise::ui
