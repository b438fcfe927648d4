#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace denoise::ui {

class SampleSession;
class Theme;

/// The row above the pictures: the list of the session's samples, and what can be done with the one that is
/// shown.
class SampleBar : public QWidget {
    Q_OBJECT
  public:
    SampleBar(SampleSession& session, const Theme& theme, QWidget* parent = nullptr);

    /// Adds buttons before those of the bar.
    void add_switches(QWidget* switches);

  Q_SIGNALS:
    void branch_pressed();
    void compare_pressed();

  private:
    void list_samples();
    void show_thumbnail(int index);
    void fit_popup();
    void show_entry();
    void update_buttons();

    SampleSession& session_;
    QComboBox* samples_;
    QLabel* thinned_;
    QPushButton* branch_;
};

}  // namespace denoise::ui
