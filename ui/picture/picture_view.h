#pragma once

#include <QImage>
#include <QWidget>
#include <vector>

#include "engine/session/pictures.h"

namespace denoise::ui {

class Theme;

/// A copy of `picture` as a QImage (grey or RGB888).
QImage to_image(const Picture& picture);
Picture from_image(const QImage& image);

/// `picture` as a batch of one.
ImageBatch batch_of(const Picture& picture);

/// Shows a batch of images as a grid, or one picture: nearest neighbour at the largest whole multiple that
/// fits (every second, third ... pixel of pictures that are larger than the widget), a 2 px gap on the
/// neutral backdrop, never reflowing while pictures of the same number and size come in.
class PictureView : public QWidget {
    Q_OBJECT
  public:
    explicit PictureView(const Theme& theme, QWidget* parent = nullptr);

    void set_images(const ImageBatch& images);
    void set_picture(const Picture& picture);
    void clear();
    const ImageBatch& images() const { return images_; }
    void set_columns(int columns);  ///< 0: as square as possible, or wide where the widget is wide
    void set_empty_text(const QString& sentence);
    /// A border in Theme::series(index) around the whole: x_t blue, x_0 orange; -1: none.
    void set_border(int series);
    /// The image that is marked as chosen; -1: none.
    void set_selected(int index);
    int selected() const { return selected_; }
    /// Shows only image `index`, large; -1: all.
    void set_only(int index);
    int only() const { return only_; }
    /// Where image `index` is drawn, in widget coordinates; empty when it is not shown.
    QRect image_rect(int index) const;

    /// Device pixels between the borders.
    QSize room() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void hovered(int index);  ///< -1: none
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

  private:
    struct Layout;
    int margin() const;  ///< device pixels
    Layout layout_now() const;
    int index_at(QPoint position) const;
    void set_hovered(int index);
    bool moves_selection(int key) const;
    void draw_mark(QPainter& painter, const Layout& layout, int index, const QColor& colour) const;

    const Theme& theme_;
    ImageBatch images_;
    std::vector<QImage> cells_;
    QString empty_text_;
    int columns_ = 0;
    int border_ = -1;
    int selected_ = -1;
    int only_ = -1;
    int hovered_ = -1;
    int pressed_ =
        -1;  ///< the image that the last press hit, for a double click whose first click changed the view
};

}  // namespace denoise::ui
