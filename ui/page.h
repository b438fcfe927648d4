#pragma once

#include <QWidget>

#include "engine/base/picture.h"

namespace denoise::ui {

/// A centre tab. The main window's commands (Space, arrows, copy, export) go to the page that is shown.
class Page : public QWidget {
    Q_OBJECT
  public:
    using QWidget::QWidget;

    virtual bool can_play() const { return false; }
    virtual void play_or_pause() {}
    virtual bool can_step() const { return false; }
    virtual void step(int /*delta*/) {}  ///< towards less noise for positive values
    virtual void go_to_start() {}
    virtual void go_to_end() {}
    /// What "Copy image" copies; empty: nothing.
    virtual Picture picture() const { return {}; }
    virtual bool can_export() const { return false; }
    /// Opens the export dialog.
    virtual void export_pictures() {}
    /// For charts: logarithmic axis, smoothing up or down.
    virtual void toggle_log_axis() {}
    virtual void change_smoothing(int /*delta*/) {}

  Q_SIGNALS:
    void capabilities_changed();        ///< one of the can_...() changed
    void message(const QString& text);  ///< one line for the message bar
};

}  // namespace denoise::ui
