#pragma once

#include <QTimer>
#include <functional>

#include "engine/session/commands.h"

namespace denoise::ui {

class SampleSession;

/// Samples again when a setting was changed, so that the images that are shown change in place. Only if this
/// takes no longer than a person waits without having asked for it, as the last time shows.
class Redraw : public QObject {
    Q_OBJECT
  public:
    static constexpr double most_seconds = 3;

    /// `settings`: what would be sampled now.
    Redraw(SampleSession& session, std::function<Sample()> settings, QObject* parent);

    void setting_changed();
    /// The person samples without waiting for it.
    void forget();

  Q_SIGNALS:
    void begins();

  private:
    void redraw();
    bool is_quick(const Sample& wanted) const;

    SampleSession& session_;
    std::function<Sample()> settings_;
    QTimer pause_;        ///< until no further change comes
    bool again_ = false;  ///< once the redrawing in progress has stopped
};

}  // namespace denoise::ui
