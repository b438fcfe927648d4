#pragma once

#include <QObject>
#include <filesystem>
#include <map>

#include "engine/session/events.h"

namespace denoise::ui {

class EngineLink;
class LogPanel;
class MessageBar;

/// Writes what the engine reports to the log, and what needs attention to the message bar.
class EventLog : public QObject {
    Q_OBJECT
  public:
    EventLog(EngineLink& link, LogPanel& log, MessageBar& messages, QObject* parent);

    /// Shows a message and logs it.
    void report(const QString& text);

  private:
    void report_error(const Error& error);
    void log_dataset(const DatasetReady& dataset);
    void log_run(const RunOpened& run, const std::filesystem::path& path);
    void log_checkpoint(const CheckpointSaved& checkpoint);
    void report_end_of_training(const TrainingEnded& end);
    void report_changes(const RunChanged& event);
    void log_speeds(const SampleStarted& start);
    void log_samples(const SampleResult& result);
    void log_cancelled(const JobEnded& end);

    LogPanel& log_;
    MessageBar& messages_;
    std::string speeds_;              ///< of the last sample
    std::map<JobId, QString> doing_;  ///< what the jobs in progress are doing, in the words of the engine
};

}  // namespace denoise::ui
