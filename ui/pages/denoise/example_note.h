#pragma once

#include <QFrame>
#include <array>

#include "ui/theme/theme.h"

class QLabel;

namespace denoise::ui {

/// What a person sees in the example that comes with the program, in three captions, of which the one that
/// fits the frame that is shown is emphasized.
class ExampleNote : public QFrame {
    Q_OBJECT
  public:
    enum class Stage { noise, guess, picture };

    explicit ExampleNote(const Theme& theme, QWidget* parent = nullptr);

    void show_stage(Stage stage);
    Stage stage() const { return stage_; }
    /// Only the caption of the stage that is shown, in one line, for a page with little height.
    void set_compact(bool compact);
    bool is_compact() const { return is_compact_; }

  Q_SIGNALS:
    void close_pressed();

  private:
    QLabel* make_label();
    QString in_colours(const QString& between, const QString& title, Colour title_colour, const QString& text,
                       Colour text_colour) const;
    void update_captions();

    const Theme& theme_;
    Stage stage_ = Stage::noise;
    bool is_compact_ = false;
    QLabel* title_;
    std::array<QLabel*, 3> captions_{};
};

/// The stage of a frame: its alpha_bar says how much of the picture is left in x_t. `is_result`: it is x_0.
ExampleNote::Stage example_stage(double alpha_bar, bool is_result);

}  // namespace denoise::ui
