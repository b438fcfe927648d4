#pragma once

#include <QImage>
#include <QWidget>
#include <vector>

#include "engine/base/picture.h"
#include "ui/picture/pixel_scale.h"

namespace denoise::ui {

class Theme;

/// A grid of small pictures with labels of its rows and columns. A click, dragging and the arrow keys choose
/// a cell; while the pointer is above another one, that is the shown one.
class MapGrid : public QWidget {
    Q_OBJECT
  public:
    explicit MapGrid(const Theme& theme, QWidget* parent = nullptr);

    /// The labels, and with them the number of cells. `side` is the title of the row labels, `top` that of
    /// the column labels. The chosen cell stays if there is still one at its place.
    void set_labels(std::vector<QString> rows, std::vector<QString> columns, QString side, QString top);
    /// The picture of a cell; empty: none yet.
    void set_picture(int row, int column, const Picture& picture);
    /// The colour of the mark around the shown cell, as of the border of a PictureView.
    void set_mark(int series);
    void set_empty_text(const QString& sentence);
    /// Column and row. (-1, -1): none.
    QPoint chosen() const { return chosen_; }
    QPoint shown() const { return hovered_.x() >= 0 ? hovered_ : chosen_; }
    void choose(QPoint cell);
    QRect cell_rect(QPoint cell) const;  ///< in widget coordinates

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void shown_changed();
    void chosen_by_hand();

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Layout;
    int rows() const { return static_cast<int>(rows_.size()); }
    int columns() const { return static_cast<int>(columns_.size()); }
    bool is_inside(QPoint cell) const;
    Layout layout_now() const;
    QPoint cell_at(QPoint position) const;
    void hover(QPoint cell);
    void draw_labels(QPainter& painter, const Layout& layout) const;
    void draw_picture(QPainter& painter, const Layout& layout, QPoint cell) const;
    void draw_mark(QPainter& painter, QPoint cell, const QColor& colour) const;

    const Theme& theme_;
    std::vector<QString> rows_, columns_;
    QString side_, top_, empty_text_;
    std::vector<QImage> pictures_;  ///< row by row
    QPoint chosen_{-1, -1}, hovered_{-1, -1};
    int mark_ = 1;
};

}  // namespace denoise::ui
