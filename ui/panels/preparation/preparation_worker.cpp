#include "ui/panels/preparation/preparation_worker.h"

#include <chrono>

#include "engine/base/cancelled.h"

namespace denoise::ui {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds progress_interval{100};

}  // namespace

PreparationWorker::~PreparationWorker() {
    for (Load& load : loads_) load.thread.request_stop();
    loads_.clear();  // joins, while all members exist
}

template <class Action>
void PreparationWorker::post(int number, Action action) {
    QMetaObject::invokeMethod(
        this,
        [this, number, action = std::move(action)] {
            if (running_ && number == number_) action();
        },
        Qt::QueuedConnection);
}

void PreparationWorker::start(const DatasetConfig& config, int examples, bool whole) {
    cancel();
    loads_.remove_if([](const Load& load) { return load.ended.load(); });
    running_ = true;
    const int number = ++number_;
    Load& load = loads_.emplace_back();
    load.thread = std::jthread([this, &load, number, config, examples, whole](const std::stop_token& stop) {
        run(stop, number, config, examples, whole);
        load.ended = true;
    });
}

void PreparationWorker::cancel() {
    if (!running_) return;
    running_ = false;
    loads_.back().thread.request_stop();
    Q_EMIT ended();
}

void PreparationWorker::run(const std::stop_token& stop, int number, const DatasetConfig& config,
                            int examples, bool whole) {
    const auto finish = [&](const std::optional<Error>& error) {
        post(number, [this, error] {
            running_ = false;
            if (error) Q_EMIT failed(*error);
            Q_EMIT ended();
        });
    };
    Clock::time_point next;
    const LoadProgress report = [&](std::int64_t done, std::int64_t total) {
        if (Clock::now() < next) return;
        next = Clock::now() + progress_interval;
        post(number, [this, done, total] { Q_EMIT progress(done, total); });
    };
    const auto emit_ready = [&](PreparationPreview preview) {
        post(number, [this, preview = std::move(preview)] { Q_EMIT ready(preview); });
    };
    try {
        emit_ready(preview_examples(config, examples, {}, stop));
        if (whole) emit_ready(preview_preparation(config, examples, report, stop));
        finish({});
    } catch (const Cancelled&) {
    } catch (const Error& error) {
        finish(error);
    } catch (const std::exception& exception) {
        finish(Error{"Cannot prepare the dataset", config.dataset + ": " + exception.what(),
                     "Choose a smaller image size, or set an image limit"});
    }
}

}  // namespace denoise::ui
