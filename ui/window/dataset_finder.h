#pragma once

#include <QObject>
#include <map>

#include "engine/session/events.h"

class QWidget;

namespace denoise::ui {

class EngineLink;
class MessageBar;
class PostedJobs;

/// When the dataset of a run that is to be resumed is not found, offers to choose where it is now.
class DatasetFinder : public QObject {
    Q_OBJECT
  public:
    DatasetFinder(EngineLink& link, PostedJobs& jobs, MessageBar& messages, QWidget& window);

  private:
    void end(const JobEnded& end);
    void offer(const ResumeTraining& request, const Error& error);
    void choose(const ResumeTraining& request, bool folder);

    PostedJobs& jobs_;
    MessageBar& messages_;
    QWidget& window_;
    std::map<JobId, ResumeTraining> resumes_;  ///< that have not ended
};

}  // namespace denoise::ui
