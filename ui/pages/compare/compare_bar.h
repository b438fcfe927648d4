#pragma once

#include <QWidget>

class QComboBox;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace denoise::ui {

class CheckpointMap;
class CompareSession;
class Theme;

/// The row above the columns or the map: what they have in common, and the button that samples them.
class CompareBar : public QWidget {
    Q_OBJECT
  public:
    CompareBar(CompareSession& session, CheckpointMap& map, const Theme& theme, QWidget* parent = nullptr);

    bool shows_noisy() const;  ///< x_t, and not the predicted x_0
    bool shows_pair() const;   ///< two columns compared
    bool shows_map() const;    ///< the checkpoints of a run instead of columns
    void show_columns();       ///< all columns, side by side
    /// Why there is nothing to sample in what is shown; empty: there is.
    QString obstacle() const;
    /// Samples what is shown. Does nothing while is_running().
    void sample();
    /// Whether columns or the map are being sampled.
    bool is_running() const;
    void stop();

  Q_SIGNALS:
    void view_changed();
    void form_toggled(bool shown);
    void obstacle_changed();

  protected:
    bool event(QEvent* event) override;

  private:
    void set_up_fields();
    void make_row();
    void show_settings();
    void update_buttons();

    CompareSession& session_;
    CheckpointMap& map_;
    const Theme& theme_;
    QSpinBox* seed_;
    QToolButton* dice_;
    QSpinBox* count_;
    QComboBox* content_;
    QComboBox* view_;
    QToolButton* add_;
    QToolButton* form_;
    QPushButton* button_;
    QString reported_;  ///< obstacle
};

}  // namespace denoise::ui
