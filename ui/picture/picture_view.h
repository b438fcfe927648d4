#pragma once

#include <QWidget>

#include "engine/base/picture.h"
#include "ui/picture/pixel_scale.h"

namespace denoise::ui {

class Theme;

/// Shows a batch of images as a grid, or one of them: at the largest scale of PixelScale that fits, with a
/// gap of 2 pixels. The grid stays the same as long as the number and the size of the images do. The context
/// menu makes all pictures smooth.
class PictureView : public QWidget {
    Q_OBJECT
  public:
    explicit PictureView(const Theme& theme, QWidget* parent = nullptr);

    void set_images(const ImageBatch& images);
    void set_picture(const Picture& picture);
    void clear();
    const ImageBatch& images() const { return images_; }
    /// Shown while there are no images.
    void set_empty_text(const QString& sentence);
    /// A border around the widget in the colour Theme::series(series); -1: none.
    void set_border(int series);
    /// Shows only image `index`, enlarged; -1: all.
    void set_only(int index);
    /// The rectangle of image `index` in widget coordinates; empty if it is not shown.
    QRect image_rect(int index) const;

    /// The size available for images, in device pixels.
    QSize room() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void clicked(int index);
    void double_clicked(int index);

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    struct Layout;
    int margin() const;  ///< device pixels
    Layout layout_now() const;
    int index_at(QPoint position) const;
    void draw_images(QPainter& painter, const Layout& layout, const QRegion& wanted) const;
    void update_image(int index);  ///< with its mark
    void set_hovered(int index);
    void set_selected(int index);
    bool moves_selection(int key) const;
    void draw_mark(QPainter& painter, const Layout& layout, int index, const QColor& colour) const;

    const Theme& theme_;
    ImageBatch images_;
    QString empty_text_;
    int border_ = -1;
    int selected_ = -1;  ///< by the arrow keys
    int only_ = -1;
    int hovered_ = -1;
    int pressed_ = -1;  ///< by the last press: the first click of a double click may have changed the view
};

}  // namespace denoise::ui
