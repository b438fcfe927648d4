#include "ui/export/export_job.h"

#include <QPromise>
#include <QThreadPool>
#include <exception>
#include <memory>

namespace denoise::ui {

ExportJob::ExportJob(QObject* parent) : QObject(parent) {
    connect(&watcher_, &QFutureWatcherBase::progressValueChanged, this,
            [this](int done) { Q_EMIT progressed(done, watcher_.progressMaximum()); });
    connect(&watcher_, &QFutureWatcherBase::finished, this, &ExportJob::end);
}

ExportJob::~ExportJob() {
    stop_.request_stop();
}

void ExportJob::start(const Trajectory& trajectory, const ExportChoices& choices) {
    start(choices.path, [trajectory, choices](const ExportProgress& progress, const std::stop_token& stop) {
        write_export(trajectory, choices, progress, stop);
    });
}

void ExportJob::start(const std::filesystem::path& path, Write write) {
    if (running_) return;
    running_ = true;
    stop_ = std::stop_source();
    // The work has copies of everything, since it may outlive this object.
    auto promise = std::make_shared<QPromise<Outcome>>();
    watcher_.setFuture(promise->future());
    promise->start();
    QThreadPool::globalInstance()->start([promise, path, write = std::move(write), stop = stop_.get_token()] {
        const auto progress = [&promise](int done, int total) {
            promise->setProgressRange(0, total);
            promise->setProgressValue(done);
        };
        promise->addResult(work(path, write, progress, stop));
        promise->finish();
    });
}

ExportJob::Outcome ExportJob::work(const std::filesystem::path& path, const Write& write,
                                   const ExportProgress& progress, const std::stop_token& stop) {
    try {
        write(progress, stop);
        return {};
    } catch (const Cancelled&) {
        return {.stopped = true};
    } catch (const Error& error) {
        return {.error = error};
    } catch (const std::exception& exception) {
        return {.error = Error{"Cannot export the pictures", path.string() + ": " + exception.what(),
                               "Export fewer or smaller pictures"}};
    }
}

void ExportJob::cancel() {
    stop_.request_stop();
}

void ExportJob::end() {
    running_ = false;
    const Outcome outcome = watcher_.result();
    if (outcome.error)
        Q_EMIT failed(*outcome.error);
    else if (outcome.stopped)
        Q_EMIT cancelled();
    else
        Q_EMIT finished();
}

}  // namespace denoise::ui
