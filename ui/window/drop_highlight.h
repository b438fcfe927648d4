#pragma once

#include <QWidget>

#include "ui/paths/dropped_path.h"

namespace denoise::ui {

class Theme;

/// A frame over a part of the window that says what happens to a file that is dropped. Hidden until it is
/// shown.
class DropHighlight : public QWidget {
    Q_OBJECT
  public:
    DropHighlight(const Theme& theme, QWidget& window);

    /// Covers `target`, a widget of the window, and says what a drop of such a path does. `sampled`: it is a
    /// picture whose settings are sampled with.
    void show_over(const QWidget& target, PathKind kind, bool sampled);
    const QString& words() const { return words_; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const Theme& theme_;
    QString words_;
};

}  // namespace denoise::ui
