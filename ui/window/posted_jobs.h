#pragma once

#include <QObject>
#include <set>

#include "engine/session/commands.h"

namespace denoise::ui {

class EngineLink;

/// The jobs that the commands of the window have posted and that have not ended. A run that has opened is not
/// among them: it is paused and stopped by other commands.
class PostedJobs : public QObject {
    Q_OBJECT
  public:
    explicit PostedJobs(EngineLink& link);

    JobId post(Command request);
    void cancel_all();

  private:
    EngineLink& link_;
    std::set<JobId> jobs_;
};

}  // namespace denoise::ui
