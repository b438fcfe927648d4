#pragma once

#include <QObject>
#include <QTimer>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "engine/session/engine.h"

namespace denoise::ui {

/// Connects the window to the engine: posts commands, and emits the engine's events as typed signals on the
/// window's thread. A timer polls for events, so no call blocks.
class EngineLink : public QObject {
    Q_OBJECT
  public:
    explicit EngineLink(std::unique_ptr<Engine> engine, QObject* parent = nullptr);
    ~EngineLink() override;

    /// Returns the id of the job that a request becomes, and 0 for other commands.
    JobId post(Command command);
    EngineState state() const { return state_; }
    /// The last RunOpened and DatasetReady; empty before the first.
    const std::optional<RunOpened>& run() const { return run_; }
    const std::optional<DatasetReady>& dataset() const { return dataset_; }
    /// Whether the open run is closed for training, has budget left, and no other program trains it.
    bool can_resume() const {
        return run_ && !run_->folder.empty() && !run_->trainable && !run_->completed && !trained_elsewhere_;
    }
    /// The path of the open model: a run's folder, a checkpoint, or a diffusers folder; empty before the
    /// first.
    const std::filesystem::path& model_path() const { return model_path_; }
    /// The folder of a run was renamed; the open model may be in it.
    void follow_renamed(const std::filesystem::path& from, const std::filesystem::path& to);

    // For the open run while another program trains it, see RunWatch.
    /// Whether another program trains it. The next run that is opened is taken for one that nobody trains.
    bool is_trained_elsewhere() const { return trained_elsewhere_; }
    void set_trained_elsewhere(bool elsewhere);
    /// Takes an event of that training as if the engine had sent it, except that received() is not emitted.
    void take(const Event& event);
    /// Reads the weights from another checkpoint of the run, and nothing else changes. Returns false, and
    /// does nothing, while a run or model is being opened.
    bool refresh_model(const std::filesystem::path& checkpoint);

  Q_SIGNALS:
    void received(const denoise::Event& event);  ///< each event, after its own signal
    void state_changed(denoise::EngineState state);
    void job_ended(const denoise::JobEnded& end);
    void job_progress(const denoise::JobProgress& progress);
    void dataset_ready(const denoise::DatasetReady& dataset);
    void run_opened(const denoise::RunOpened& run);
    void model_renamed();    ///< model_path() has changed
    void model_refreshed();  ///< the open model has the weights of a later step, that of run()
    void trained_elsewhere_changed();
    /// Settings of the run in training have changed. run() has the new ones.
    void run_changed(const denoise::RunChanged& change);
    void metrics(const std::vector<denoise::StepMetrics>& steps);
    void timestep_losses(const std::vector<double>& bins);
    void training_progress(const denoise::TrainingProgress& progress);
    void training_forecast(const denoise::TrainingForecast& forecast);
    void preview_ready(const denoise::PreviewReady& preview);
    void preview_judged(const denoise::PreviewJudged& judged);
    void checkpoint_saved(const denoise::CheckpointSaved& checkpoint);
    void training_ended(const denoise::TrainingEnded& end);
    void sample_started(const denoise::SampleStarted& start);
    void sample_frame(const denoise::SampleFrame& frame);
    void sample_result(const denoise::SampleResult& result);
    void model_converted(const denoise::ModelConverted& converted);
    void evaluation_result(const denoise::EvaluationResult& result);
    /// A job has failed, after its job_ended(), or there was a Problem.
    void failed(const denoise::Error& error);
    void notice(const QString& text);

  private:
    void drain();
    void close_run(const TrainingEnded& end);
    bool belongs_to_refresh(const Event& event);
    void open(const RunOpened& run);
    std::unique_ptr<Engine> engine_;
    QTimer timer_;
    EngineState state_ = EngineState::empty;
    std::optional<RunOpened> run_;
    std::optional<DatasetReady> dataset_;
    std::filesystem::path model_path_;
    /// Jobs that open a run or a model, until they have, with the path of the model.
    std::map<JobId, std::filesystem::path> openings_;
    std::set<JobId> refreshes_;  ///< jobs of refresh_model(), until they have ended
    bool trained_elsewhere_ = false;
};

}  // namespace denoise::ui
