#pragma once

#include <QObject>
#include <QTimer>
#include <filesystem>
#include <memory>
#include <optional>

#include "engine/session/engine.h"

namespace denoise::ui {

/// The window's end of the engine: posts commands, and turns the events that a timer drains into typed
/// signals on the window's thread. Nothing here waits.
class EngineLink : public QObject {
    Q_OBJECT
  public:
    explicit EngineLink(std::unique_ptr<Engine> engine, QObject* parent = nullptr);
    ~EngineLink() override;

    void post(Command command);
    EngineState state() const { return state_; }
    /// The last RunOpened and DatasetReady; empty before the first.
    const std::optional<RunOpened>& run() const { return run_; }
    const std::optional<DatasetReady>& dataset() const { return dataset_; }
    /// Where the open model lies: a run's folder, a checkpoint, or a diffusers folder; empty before the
    /// first.
    const std::filesystem::path& model_path() const { return model_path_; }

  Q_SIGNALS:
    void state_changed(denoise::EngineState state);
    void loading_progress(qint64 done, qint64 total);
    void dataset_ready(const denoise::DatasetReady& dataset);
    void run_opened(const denoise::RunOpened& run);
    void metrics(const std::vector<denoise::StepMetrics>& steps);
    void timestep_losses(const std::vector<double>& bins);
    void training_progress(const denoise::TrainingProgress& progress);
    void preview_ready(const denoise::PreviewReady& preview);
    void checkpoint_saved(const denoise::CheckpointSaved& checkpoint);
    void training_ended(const denoise::TrainingEnded& end);
    void sample_started(const denoise::SampleStarted& start);
    void sample_frame(const denoise::SampleFrame& frame);
    void sample_ended(const denoise::SampleEnded& end);
    void computed(const denoise::FloatArray& numbers);
    void model_converted(const std::filesystem::path& path);
    void evaluation_progress(const denoise::EvaluationProgress& progress);
    void evaluation_ended(const denoise::EvaluationEnded& result);
    void failed(const denoise::Error& error);
    void notice(const QString& text);

  private:
    void drain();
    std::unique_ptr<Engine> engine_;
    QTimer timer_;
    EngineState state_ = EngineState::empty;
    std::optional<RunOpened> run_;
    std::optional<DatasetReady> dataset_;
    std::filesystem::path model_path_, opening_;
};

}  // namespace denoise::ui
