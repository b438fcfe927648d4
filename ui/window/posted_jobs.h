#pragma once

#include <QObject>
#include <QStringList>
#include <functional>
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
    /// Where the dataset of a resumed run is looked for, if it has moved.
    void set_known_datasets(std::function<QStringList()> known) { known_datasets_ = std::move(known); }

  Q_SIGNALS:
    void resume_posted(denoise::JobId job, const denoise::ResumeTraining& request);

  private:
    EngineLink& link_;
    std::set<JobId> jobs_;
    std::function<QStringList()> known_datasets_;
};

}  // namespace denoise::ui
