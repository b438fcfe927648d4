#pragma once

#include <QLabel>

namespace denoise::ui {

/// A label for a line of plain text that can be narrower than its text. It then ends with an ellipsis, and
/// the tooltip has the whole text.
class ElidedLabel : public QLabel {
  public:
    explicit ElidedLabel(QWidget* parent = nullptr);

    bool is_elided() const;
    QSize minimumSizeHint() const override;

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
};

/// A label whose preferred width does not depend on its text, so that a changing number does not move other
/// widgets.
class SteadyLabel : public ElidedLabel {
  public:
    /// Its preferred width is that of `widest` in its current font.
    explicit SteadyLabel(QString widest, QWidget* parent = nullptr);

    QSize sizeHint() const override;

  private:
    QString widest_;
};

}  // namespace denoise::ui
