#pragma once

#include <QPointer>
#include <QWidget>

#include "ui/picture/trajectory.h"

class QLabel;
class QLayout;

namespace denoise::ui {

class PictureInspector;
class PictureView;
class Theme;

/// A frame of a trajectory: x_t and the x_0 predicted from it, side by side. A double click opens the
/// inspector.
class FrameView : public QWidget {
    Q_OBJECT
  public:
    explicit FrameView(const Theme& theme, QWidget* parent = nullptr);

    /// Shows all images of `frame` (null: none), or image `image` alone (-1: all).
    void show_frame(const TrajectoryFrame* frame, int image);
    /// The picture that has the focus or the pointer, otherwise x_0; without a frame it is empty.
    Picture picture() const;

  Q_SIGNALS:
    void image_chosen(int image);  ///< to be shown alone; -1: all are to be shown

  private:
    QLayout* make_pane(PictureView* view, QLabel* caption);
    void update_captions();
    void inspect(PictureView* view, int image);
    void update_inspector();

    const Theme& theme_;
    int timestep_ = -1;
    int only_ = -1;
    QLabel* xt_caption_;
    QLabel* x0_caption_;
    PictureView* xt_view_;
    PictureView* x0_view_;
    QPointer<PictureInspector> inspector_;
    PictureView* inspected_ = nullptr;
};

}  // namespace denoise::ui
