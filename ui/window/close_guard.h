#pragma once

#include <QObject>

#include "engine/session/commands.h"
#include "engine/session/events.h"

class QWidget;

namespace denoise::ui {

class EngineLink;

/// Handles closing the window while a run is open: asks whether to save the run, and closes the window as
/// soon as the engine has saved or discarded it. No call blocks.
class CloseGuard : public QObject {
    Q_OBJECT
  public:
    CloseGuard(EngineLink& link, QWidget& window);

    /// Whether the window may close now. If not, the guard closes it later, unless the user decides
    /// otherwise.
    bool may_close();
    /// Whether the run is being saved or discarded before the window closes.
    bool is_waiting() const { return waiting_; }

  Q_SIGNALS:
    void waiting_changed();

  private:
    void ask();
    void finish(Command command);
    void stay_if_not_saved(JobId failed);
    void set_waiting(bool waiting);
    void done();

    EngineLink& link_;
    QWidget& window_;
    bool asking_ = false, waiting_ = false, done_ = false;
};

}  // namespace denoise::ui
