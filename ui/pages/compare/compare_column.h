#pragma once

#include <QWidget>

#include "ui/pages/compare/comparison.h"
#include "ui/pages/compare/model_choices.h"

class QLabel;
class QProgressBar;
class QToolButton;

namespace denoise::ui {

class ColumnForm;
class PictureView;
class Theme;

/// A column of the page Compare: its settings, its pictures, what they are and what they cost.
class CompareColumn : public QWidget {
    Q_OBJECT
  public:
    explicit CompareColumn(const Theme& theme, QWidget* parent = nullptr);

    void set_choices(const std::vector<ModelChoice>& choices);
    /// Shows the settings, the state and the captions of column `index`.
    void show_column(const Comparison& comparison, int index);
    /// Shows the pictures of `frame` (null: none), or image `image` alone (-1: all).
    void show_frame(const TrajectoryFrame* frame, bool noisy, int image);
    void show_form(bool shown);
    /// Arranges the settings for a column of this width.
    void arrange(int width);
    PictureView& view() { return *view_; }

  Q_SIGNALS:
    void settings_changed(const denoise::ui::ColumnSettings& settings);
    void remove_pressed();
    void image_chosen(int image);  ///< to be shown alone; -1: all are to be shown

  private:
    QLayout* make_header();
    void show_state(const Comparison& comparison, int index);

    const Theme& theme_;
    int only_ = -1;
    QLabel* number_;
    QLabel* state_;
    QLabel* time_;
    QToolButton* remove_;
    ColumnForm* form_;
    QProgressBar* progress_;
    PictureView* view_;
    QLabel* caption_;
};

}  // namespace denoise::ui
