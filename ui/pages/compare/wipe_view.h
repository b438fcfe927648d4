#pragma once

#include <QImage>
#include <QWidget>

namespace denoise::ui {

class Theme;

/// Two pictures of the same size in one place: A left of a divider, B right of it. The divider is dragged, or
/// moved with the arrow keys.
class WipeView : public QWidget {
    Q_OBJECT
  public:
    explicit WipeView(const Theme& theme, QWidget* parent = nullptr);

    void set_pictures(const QImage& a, const QImage& b);
    /// Shown while there are no pictures.
    void set_empty_text(const QString& sentence);
    double share() const { return share_; }  ///< of the width that shows A, 0 .. 1
    void set_share(double share);
    /// The rectangle of the pictures in widget coordinates.
    QRectF picture_rect() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void draw_divider(QPainter& painter, const QRectF& pictures) const;
    void describe();

    const Theme& theme_;
    QImage a_, b_;
    QString empty_text_;
    double share_ = 0.5;
};

}  // namespace denoise::ui
