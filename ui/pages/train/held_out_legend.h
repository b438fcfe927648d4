#pragma once

#include <QWidget>

namespace denoise::ui {

class Theme;

/// Of Theme::series(): the first three have other meanings, and in the next three, labels are hard to read.
inline constexpr int held_out_colour = 6, seen_colour = 7;

/// Says in words what the two curves of the held-out loss are.
class HeldOutLegend : public QWidget {
    Q_OBJECT
  public:
    explicit HeldOutLegend(const Theme& theme, QWidget* parent = nullptr);
};

}  // namespace denoise::ui
