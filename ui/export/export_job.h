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
    /// Runs `write`, which may throw Error and Cancelled. `path` is named in other errors.
    using Write = std::function<void(const ExportProgress& progress, const std::stop_token& stop)>;
    void start(const std::filesystem::path& path, Write write);
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
    static Outcome work(const std::filesystem::path& path, const Write& write, const ExportProgress& progress,
                        const std::stop_token& stop);
    void end();

    QFutureWatcher<Outcome> watcher_;
    std::stop_source stop_;
    bool running_ = false;
};

}  // namespace denoise::ui
