#pragma once

#include <QObject>
#include <atomic>
#include <list>
#include <thread>

#include "engine/base/error.h"
#include "engine/session/preparation.h"

namespace denoise::ui {

/// Prepares a dataset on another thread, to show what it gives: first some examples, then all of it.
class PreparationWorker : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;
    /// Waits for loads that have been cancelled.
    ~PreparationWorker() override;

    /// Cancels the load in progress. Without `whole`, only examples are read.
    void start(const DatasetConfig& config, int examples, bool whole);
    /// No signal of the load in progress follows.
    void cancel();
    bool is_running() const { return running_; }

  Q_SIGNALS:
    void progress(qint64 done, qint64 total);  ///< total 0: unknown
    void ready(const denoise::PreparationPreview& preview);
    void failed(const denoise::Error& error);
    void ended();

  private:
    struct Load {
        std::atomic<bool> ended = false;
        std::jthread thread;
    };
    void run(const std::stop_token& stop, int number, const DatasetConfig& config, int examples, bool whole);
    /// Calls `action` on the thread of this object, unless another load has been started.
    template <class Action>
    void post(int number, Action action);

    std::list<Load> loads_;  ///< the last one may be in progress, the others have been cancelled
    int number_ = 0;         ///< of the last load
    bool running_ = false;
};

}  // namespace denoise::ui
