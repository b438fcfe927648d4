#pragma once

#include <QObject>

#include "engine/session/events.h"

class QWidget;

namespace denoise::ui {

class EngineLink;

/// What happens when the window is closed while a run is open: one question, then the run is saved or
/// discarded, and the window closes when the engine says that it is done. Nothing waits.
class CloseGuard : public QObject {
    Q_OBJECT
  public:
    CloseGuard(EngineLink& link, QWidget& window);

    /// Whether the window may close at once. If not, closing goes on by itself, or has been called off.
    bool may_close();
    bool is_waiting() const { return waiting_; }

  Q_SIGNALS:
    void waiting_changed();

  private:
    void ask();
    void finish(Command command);
    void set_waiting(bool waiting);
    void done();

    EngineLink& link_;
    QWidget& window_;
    bool asking_ = false, waiting_ = false, done_ = false;
};

}  // namespace denoise::ui
