#pragma once

#include <QObject>

#include "ui/window/window_actions.h"

namespace denoise::ui {

/// A part of the window with the commands that belong to it.
class CommandPart : public QObject {
    Q_OBJECT
  public:
    virtual std::vector<ActionRow> rows() = 0;
    /// Fills in what this part knows.
    virtual void describe(Situation& /*now*/) const {}
    /// Called after the actions have been updated, for what else depends on the situation.
    virtual void update(const Situation& /*now*/) {}

  Q_SIGNALS:
    void situation_changed();  ///< describe() fills in something else now
};

}  // namespace denoise::ui
