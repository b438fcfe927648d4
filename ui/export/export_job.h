#pragma once

#include <QFutureWatcher>
#include <optional>
#include <stop_token>

#include "ui/export/export_pictures.h"

namespace denoise::ui {

/// Runs an export in another thread. Its destructor stops the export without waiting for it.
class ExportJob : public QObject {
    Q_OBJECT
  public:
    explicit ExportJob(QObject* parent = nullptr);
    ~ExportJob() override;

    void start(const Trajectory& trajectory, const ExportChoices& choices);
    void cancel();
    bool running() const { return running_; }

  Q_SIGNALS:
    void progressed(int done, int total);
    void finished();
    void cancelled();
    void failed(const denoise::Error& error);

  private:
    struct Outcome {
        bool stopped = false;
        std::optional<Error> error = {};
    };
    static Outcome work(const Trajectory& trajectory, const ExportChoices& choices,
                        const ExportProgress& progress, const std::stop_token& stop);
    void end();

    QFutureWatcher<Outcome> watcher_;
    std::stop_source stop_;
    bool running_ = false;
};

}  // namespace denoise::ui
