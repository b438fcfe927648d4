#pragma once

#include <QWidget>
#include <functional>

#include "engine/base/picture.h"

namespace denoise::ui {

class Theme;

/// The frames of a film side by side, as many as fit, evenly spread from the first to the last. The current
/// one is marked in accent; clicking or dragging scrubs.
class FilmStrip : public QWidget {
    Q_OBJECT
  public:
    /// The picture of frame `index`; empty: not there yet.
    using Frame = std::function<Picture(int index)>;

    explicit FilmStrip(const Theme& theme, QWidget* parent = nullptr);

    /// `count` frames, of which `frame` gives the pictures when they are drawn.
    void set_frames(int count, Frame frame);
    /// The pictures that `frame` gives have changed.
    void refresh();
    void set_current(int index);
    int current() const { return current_; }
    /// A line under each picture, for instance its timestep.
    void set_caption(std::function<QString(int index)> caption);
    /// Side of a thumbnail in device independent pixels.
    void set_thumbnail_side(int side);
    /// Where frame `index` stands among the thumbnails: the middle of its thumbnail, or a place between two.
    QPoint point_of(int index) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void chosen(int index);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    struct Layout;
    Layout layout_now() const;
    int caption_height() const;
    int index_of(const Layout& layout, int place) const;  ///< the frame of a thumbnail
    int place_of_current(const Layout& layout) const;
    void choose(int index);

    const Theme& theme_;
    int count_ = 0;
    int current_ = -1;
    int side_;
    Frame frame_;
    std::function<QString(int)> caption_;
    QSize picture_size_;  ///< of the frames; they all have one
};

}  // namespace denoise::ui
