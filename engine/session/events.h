#pragma once

#include <variant>

#include "engine/jobs/events.h"  // IWYU pragma: export

namespace denoise {

/// The state of the engine, which determines the enabled actions of the window.
enum class EngineState {
    empty,      ///< no dataset and no model
    idle,       ///< a dataset or a model is loaded
    preparing,  ///< a dataset is loading or a run is being set up
    training,
    paused,    ///< a run is open and can continue
    sampling,  ///< a job other than training is running (`training` during training)
    error,     ///< the last job failed; dataset and model are unchanged
    diverged,  ///< the loss became NaN or infinite; the run is paused
};
template <>
inline constexpr std::array names_of<EngineState> = {
    NamedValue{EngineState::empty, "empty"},         NamedValue{EngineState::idle, "idle"},
    NamedValue{EngineState::preparing, "preparing"}, NamedValue{EngineState::training, "training"},
    NamedValue{EngineState::paused, "paused"},       NamedValue{EngineState::sampling, "sampling"},
    NamedValue{EngineState::error, "error"},         NamedValue{EngineState::diverged, "diverged"},
};

struct StateChanged {
    EngineState state;
};

using Event = std::variant<StateChanged, JobEnded, Problem, Notice, JobProgress, DatasetReady, RunOpened,
                           RunChanged, MetricsBatch, TimestepLosses, TrainingProgress, TrainingForecast,
                           PreviewReady, PreviewJudged, CheckpointSaved, TrainingEnded, SampleStarted,
                           SampleFrame, SampleResult, Computed, ModelConverted, EvaluationResult>;

}  // namespace denoise
