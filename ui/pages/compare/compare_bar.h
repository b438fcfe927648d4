#pragma once

#include <QWidget>

class QComboBox;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace denoise::ui {

class CompareSession;
class Theme;

/// The row above the columns: what they have in common, and the button that samples them.
class CompareBar : public QWidget {
    Q_OBJECT
  public:
    CompareBar(CompareSession& session, const Theme& theme, QWidget* parent = nullptr);

    bool shows_noisy() const;  ///< x_t, and not the predicted x_0
    bool shows_pair() const;   ///< two columns compared, and not all side by side

  Q_SIGNALS:
    void view_changed();
    void form_toggled(bool shown);

  private:
    void set_up_fields();
    void make_row();
    void show_settings();
    void update_buttons();

    CompareSession& session_;
    const Theme& theme_;
    QSpinBox* seed_;
    QToolButton* dice_;
    QSpinBox* count_;
    QComboBox* content_;
    QComboBox* view_;
    QToolButton* add_;
    QToolButton* form_;
    QPushButton* button_;
};

}  // namespace denoise::ui
