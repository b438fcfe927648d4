#pragma once

#include <QPointer>
#include <QWidget>
#include <array>

#include "ui/picture/trajectory.h"

class QLabel;
class QToolButton;

namespace denoise::ui {

class PictureInspector;
class PictureView;
class Theme;

/// A frame of a trajectory: x_t, and the x_0 and the noise predicted from it, side by side. Each can be
/// hidden, except the last one, which is remembered. A double click opens the inspector.
class FrameView : public QWidget {
    Q_OBJECT
  public:
    explicit FrameView(const Theme& theme, QWidget* parent = nullptr);

    /// Shows all images of `frame` (null: none), or image `image` alone (-1: all).
    void show_frame(const TrajectoryFrame* frame, int image);
    /// Why frames before the result have no picture of the noise; empty: they have.
    void set_no_eps_reason(const QString& sentence);
    /// The picture that has the focus or the pointer, otherwise x_0; without a frame it is empty.
    Picture picture() const;
    /// Buttons that show and hide the pictures, for a tool row.
    QWidget* switches() const { return switches_; }

  Q_SIGNALS:
    void image_chosen(int image);  ///< to be shown alone; -1: all are to be shown

  private:
    enum Part { x_t, x0, eps };
    static constexpr std::size_t part_count = 3;
    struct Pane {
        QWidget* whole = nullptr;
        QLabel* symbol = nullptr;
        PictureView* view = nullptr;
        QToolButton* button = nullptr;
    };

    void make_pane(Part part, const QString& name, const QString& caption_text);
    void make_button(Part part, const QString& symbol, const QString& name);
    void colour_symbols();
    void switch_panes();
    void inspect(Part part, int image);
    void update_inspector();

    const Theme& theme_;
    int timestep_ = -1;
    int only_ = -1;
    QString no_eps_reason_;
    std::array<Pane, part_count> panes_;  ///< by Part
    QWidget* switches_;
    QPointer<PictureInspector> inspector_;
    Part inspected_ = x_t;
};

}  // namespace denoise::ui
