#include "ui/link/engine_link.h"

#include <utility>

namespace denoise::ui {
namespace {

constexpr int drain_interval_ms = 33;  // often enough for animations; an empty drain costs one lock

template <class... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};

}  // namespace

EngineLink::EngineLink(std::unique_ptr<Engine> engine, QObject* parent)
    : QObject(parent), engine_(std::move(engine)) {
    connect(&timer_, &QTimer::timeout, this, &EngineLink::drain);
    timer_.start(drain_interval_ms);
}

EngineLink::~EngineLink() = default;

void EngineLink::close_run(const TrainingEnded& end) {
    if (!run_) return;
    run_->step = end.step;
    run_->trainable = false;
    run_->completed = end.completed;
}

JobId EngineLink::post(Command command) {
    const auto* model = std::get_if<OpenModel>(&command);
    const std::filesystem::path path = model ? model->path : std::filesystem::path();
    const bool opens = model || std::holds_alternative<StartTraining>(command) ||
                       std::holds_alternative<ResumeTraining>(command);
    const JobId job = engine_->post(std::move(command));
    if (opens) openings_[job] = path;
    return job;
}

bool EngineLink::refresh_model(const std::filesystem::path& checkpoint) {
    // Otherwise the engine would have this model while the window shows the other one.
    if (!openings_.empty()) return false;
    refreshes_.insert(engine_->post(OpenModel{checkpoint}));
    return true;
}

void EngineLink::set_trained_elsewhere(bool elsewhere) {
    if (std::exchange(trained_elsewhere_, elsewhere) != elsewhere) Q_EMIT trained_elsewhere_changed();
}

/// Takes the events of refresh_model(), of which the window only shows the new step.
bool EngineLink::belongs_to_refresh(const Event& event) {
    const JobId job = std::visit(
        [](const auto& each) -> JobId {
            if constexpr (requires { each.job; }) return each.job;
            return 0;
        },
        event);
    if (!refreshes_.contains(job)) return false;
    if (const auto* opened = std::get_if<RunOpened>(&event); opened && run_) {
        run_->step = opened->step;
        Q_EMIT model_refreshed();
    } else if (std::holds_alternative<TimestepLosses>(event)) {
        take(event);
    } else if (std::holds_alternative<JobEnded>(event)) {
        refreshes_.erase(job);  // if it has failed, the weights before are still there
    }
    return true;
}

void EngineLink::open(const RunOpened& run) {
    const auto opening = openings_.extract(run.job);
    run_ = run;
    set_trained_elsewhere(false);
    model_path_ = run.folder;
    // Another model may have been asked for since, whose path is not that of this one.
    if (run.folder.empty() && opening) model_path_ = opening.mapped();
    Q_EMIT run_opened(*run_);
}

void EngineLink::follow_renamed(const std::filesystem::path& from, const std::filesystem::path& to) {
    const std::filesystem::path below = model_path_.lexically_relative(from);
    if (model_path_.empty() || below.empty() || *below.begin() == "..") return;
    model_path_ = below == "." ? to : to / below;
    if (run_ && run_->folder == from) run_->folder = to;
    Q_EMIT model_renamed();
}

void EngineLink::drain() {
    for (const Event& event : engine_->take_events()) {
        if (belongs_to_refresh(event)) continue;
        take(event);
        Q_EMIT received(event);
    }
}

void EngineLink::take(const Event& taken) {
    const Overloaded deliver{
        [this](const StateChanged& event) {
            if (event.state == state_) return;
            state_ = event.state;
            Q_EMIT state_changed(state_);
        },
        [this](const JobEnded& event) {
            openings_.erase(event.job);
            Q_EMIT job_ended(event);
            if (event.outcome == Outcome::failed) Q_EMIT failed(event.error);
        },
        [this](const Problem& event) { Q_EMIT failed(event.error); },
        [this](const JobProgress& event) { Q_EMIT job_progress(event); },
        [this](const DatasetReady& event) {
            dataset_ = event;
            Q_EMIT dataset_ready(*dataset_);
        },
        [this](const RunOpened& event) { open(event); },
        [this](const RunChanged& event) {
            if (run_) {
                run_->config = event.config;
                run_->changes.insert(run_->changes.end(), event.changes.begin(), event.changes.end());
            }
            Q_EMIT run_changed(event);
        },
        [this](const MetricsBatch& event) {
            // The model of a run that is trained elsewhere has the step of its checkpoint.
            if (run_ && !trained_elsewhere_ && !event.steps.empty()) run_->step = event.steps.back().step;
            Q_EMIT metrics(event.steps);
        },
        [this](const TimestepLosses& event) { Q_EMIT timestep_losses(event.bins); },
        [this](const TrainingProgress& event) { Q_EMIT training_progress(event); },
        [this](const TrainingForecast& event) { Q_EMIT training_forecast(event); },
        [this](const PreviewReady& event) { Q_EMIT preview_ready(event); },
        [this](const PreviewJudged& event) { Q_EMIT preview_judged(event); },
        [this](const CheckpointSaved& event) { Q_EMIT checkpoint_saved(event); },
        [this](const TrainingEnded& event) {
            close_run(event);
            Q_EMIT training_ended(event);
        },
        [this](const SampleStarted& event) { Q_EMIT sample_started(event); },
        [this](const SampleFrame& event) { Q_EMIT sample_frame(event); },
        [this](const SampleResult& event) { Q_EMIT sample_result(event); },
        [](const Computed&) {},
        [this](const ModelConverted& event) { Q_EMIT model_converted(event); },
        [this](const EvaluationResult& event) { Q_EMIT evaluation_result(event); },
        [this](const Notice& event) { Q_EMIT notice(QString::fromStdString(event.text)); },
    };
    std::visit(deliver, taken);
}

}  // namespace denoise::ui
