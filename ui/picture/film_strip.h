#pragma once

#include <QImage>
#include <QWidget>
#include <functional>
#include <map>

#include "engine/base/picture.h"

namespace denoise::ui {

class Theme;

/// Thumbnails of frames side by side: as many as fit, evenly distributed from the first to the last. The
/// current one has a frame. Clicking or dragging chooses a frame.
class FilmStrip : public QWidget {
    Q_OBJECT
  public:
    /// The picture of frame `index`; empty if there is none yet.
    using Frame = std::function<Picture(int index)>;

    explicit FilmStrip(const Theme& theme, QWidget* parent = nullptr);

    /// Shows `count` frames; `frame` is called for their pictures when they are drawn.
    void set_frames(int count, Frame frame);
    /// Draws the pictures again after they have changed.
    void refresh();
    void set_current(int index);
    /// A line below each picture, such as its timestep.
    void set_caption(std::function<QString(int index)> caption);
    /// Small thumbnails, for a page with little height.
    void set_compact(bool compact);
    QString caption_of(int index) const { return caption_ ? caption_(index) : QString(); }
    /// The position of frame `index`: the centre of its thumbnail, or a point between two thumbnails.
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
    /// All that is painted for a thumbnail.
    QRect rect_of(const Layout& layout, int place) const;
    /// Frame `index`, scaled; null if there is none yet.
    /// `keep`: for the next time.
    QImage scaled_frame(const Layout& layout, int index, bool keep);
    void draw_place(QPainter& painter, const Layout& layout, int place, bool is_marked);
    int side() const;  ///< of a thumbnail, in device independent pixels
    int caption_height() const;
    int caption_width() const;
    int index_of(const Layout& layout, int place) const;  ///< the frame of a thumbnail
    int place_of_current(const Layout& layout) const;
    void choose(int index);

    const Theme& theme_;
    int count_ = 0;
    int current_ = -1;
    bool compact_ = false;
    Frame frame_;
    std::function<QString(int)> caption_;
    QSize picture_size_;           ///< of every frame
    std::map<int, QImage> drawn_;  ///< the frames that are shown, scaled to
    QSize drawn_size_;
};

}  // namespace denoise::ui
