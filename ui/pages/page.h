#pragma once

#include <QWidget>

#include "engine/base/picture.h"

namespace denoise::ui {

/// A tab in the centre of the window. The commands of the window (Space, arrow keys, copy, export) go to the
/// current page.
class Page : public QWidget {
    Q_OBJECT
  public:
    using QWidget::QWidget;

    virtual bool can_play() const { return false; }
    virtual void play_or_pause() {}
    virtual bool can_step() const { return false; }
    virtual void step(int /*delta*/) {}  ///< positive: forward
    virtual void go_to_start() {}
    virtual void go_to_end() {}
    /// Where the controls at the top of the page end; messages cover what is below.
    virtual int controls_bottom() const { return 0; }
    /// What "Copy image" copies; empty if there is nothing.
    virtual Picture picture() const { return {}; }
    virtual bool can_export() const { return false; }
    /// Opens the export dialog.
    virtual void export_pictures() {}
    /// Where the export dialog starts; empty: the usual folder.
    void set_export_folder(const QString& folder) { export_folder_ = folder; }
    const QString& export_folder() const { return export_folder_; }
    /// Whether the page has a button of its own for what "Sample" does on it.
    virtual bool has_sample_button() const { return false; }
    // For pages with charts
    virtual void toggle_log_axis() {}
    virtual void change_smoothing(int /*delta*/) {}

  Q_SIGNALS:
    void capabilities_changed();        ///< one of the functions above returns something else
    void message(const QString& text);  ///< a line for the message bar

  private:
    QString export_folder_;
};

}  // namespace denoise::ui
