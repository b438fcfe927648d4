#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "app/cli/console.h"
#include "engine/session/events.h"

namespace denoise::cli {

/// Prints the events of a training run: as text, or as one JSON object per line.
class TrainReport {
  public:
    explicit TrainReport(bool as_json) : as_json_(as_json) {}

    /// Throws the Error of a Problem that has stopped the training; any other Problem is printed as a
    /// warning.
    void operator()(const Event& event);

  private:
    template <class Other>
    void on(const Other&) {}
    void on(const Problem& e);
    void on(const Notice& e);
    void on(const JobProgress& e);
    void on(const DatasetReady& e);
    void on(const RunOpened& e);
    void on(const TrainingForecast& e);
    void on(const MetricsBatch& e);
    void on(const TrainingProgress& e);
    void on(const CheckpointSaved& e);
    void on(const TrainingEnded& e);

    bool stands_still() const { return state_ == EngineState::diverged || state_ == EngineState::paused; }
    void settle_problem();
    void tell(const nlohmann::json& object, const std::string& text);

    bool as_json_;
    ProgressLine line_;
    EngineState state_ = EngineState::empty;
    std::optional<Error> problem_;           ///< the next event shows whether training goes on
    std::optional<HeldOutLosses> held_out_;  ///< the last ones
    std::vector<StepMetrics> recent_;        ///< enough of the last steps for current_loss()
};

}  // namespace denoise::cli
