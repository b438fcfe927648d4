#include "ui/worker/engine_link.h"

#include <utility>

namespace denoise::ui {
namespace {

constexpr int drain_interval_ms = 33;  // as often as a film needs; an empty drain costs one lock

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

void EngineLink::post(Command command) {
    if (const auto* open = std::get_if<OpenModel>(&command)) opening_ = open->path;
    engine_->post(std::move(command));
}

void EngineLink::drain() {
    const Overloaded deliver{
        [this](const StateChanged& event) {
            if (event.state == state_) return;
            state_ = event.state;
            Q_EMIT state_changed(state_);
        },
        [this](const LoadingProgress& event) { Q_EMIT loading_progress(event.done, event.total); },
        [this](const DatasetReady& event) {
            dataset_ = event;
            Q_EMIT dataset_ready(*dataset_);
        },
        [this](const RunOpened& event) {
            run_ = event;
            model_path_ = event.folder.empty() ? opening_ : event.folder;
            Q_EMIT run_opened(*run_);
        },
        [this](const MetricsBatch& event) { Q_EMIT metrics(event.steps); },
        [this](const TimestepLosses& event) { Q_EMIT timestep_losses(event.bins); },
        [this](const TrainingProgress& event) { Q_EMIT training_progress(event); },
        [this](const PreviewReady& event) { Q_EMIT preview_ready(event); },
        [this](const CheckpointSaved& event) { Q_EMIT checkpoint_saved(event); },
        [this](const TrainingEnded& event) { Q_EMIT training_ended(event); },
        [this](const SampleStarted& event) { Q_EMIT sample_started(event); },
        [this](const SampleFrame& event) { Q_EMIT sample_frame(event); },
        [this](const SampleEnded& event) { Q_EMIT sample_ended(event); },
        [this](const Computed& event) { Q_EMIT computed(event.numbers); },
        [this](const ModelConverted& event) { Q_EMIT model_converted(event.path); },
        [this](const EvaluationProgress& event) { Q_EMIT evaluation_progress(event); },
        [this](const EvaluationEnded& event) { Q_EMIT evaluation_ended(event); },
        [this](const Failed& event) { Q_EMIT failed(event.error); },
        [this](const Notice& event) { Q_EMIT notice(QString::fromStdString(event.text)); },
    };
    for (const Event& event : engine_->take_events()) std::visit(deliver, event);
}

}  // namespace denoise::ui
