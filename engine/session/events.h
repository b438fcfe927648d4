#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/picture.h"
#include "engine/session/commands.h"
#include "engine/training/metrics.h"
#include "engine/training/run_config.h"

namespace denoise {

/// What the engine is doing. One value drives every action's enabled state in the window.
enum class EngineState {
    empty,      ///< no dataset and no model
    idle,       ///< a dataset or a model is there
    preparing,  ///< a dataset is loading or a run is being set up
    training,
    pausing,   ///< the step in progress is being finished
    paused,    ///< a run is open and can go on
    sampling,  ///< sampling while not training (sampling beside training keeps `training`)
    error,     ///< the last job ended with an error; what was there before still is
    diverged,  ///< the loss became NaN or infinite; the run is paused at its last good checkpoint
};

const char* name_of(EngineState state);

struct StateChanged {
    EngineState state;
};

struct LoadingProgress {
    std::int64_t done = 0, total = 0;
};  ///< total 0: unknown

struct DatasetReady {
    DatasetConfig config;
    std::string name;
    std::int64_t count = 0;
    int channels = 0, height = 0, width = 0;
    std::vector<std::string> class_names;
    std::vector<std::int64_t> class_counts;
    std::vector<SkippedFile> skipped;
    std::string fingerprint;
    ImageBatch thumbnails;  ///< up to 24, all classes
};

/// A run is open: new, resumed, or opened for sampling only.
struct RunOpened {
    std::filesystem::path folder;  ///< empty for a bare checkpoint file
    RunConfig config;
    std::vector<UNetPart> parts;
    int channels = 0, height = 0, width = 0;
    std::int64_t step = 0;  ///< steps done
    bool trainable = false;
    std::vector<std::string> class_names;  ///< of the classes that the network is told of; empty: none
    std::vector<StepMetrics> history;      ///< thinned metrics of the steps done before, for the charts
};

/// Every step since the last batch, in order.
struct MetricsBatch {
    std::vector<StepMetrics> steps;
};

/// Mean loss by timestep, over equal bins of 0 .. T-1; NaN where nothing was seen yet.
struct TimestepLosses {
    std::vector<double> bins;
};

struct TrainingProgress {
    std::int64_t step = 0;
    std::int64_t total_steps = 0;   ///< estimated when the budget is in minutes; 0 while unknown
    double fraction = 0;            ///< of the budget, 0 .. 1
    double remaining_seconds = -1;  ///< negative: unknown
    double images_per_second = 0;
    std::int64_t memory_bytes = 0;  ///< resident
};

/// The grid of samples that a run draws now and then from the same noise, with EMA weights.
struct PreviewReady {
    std::int64_t step = 0;
    ImageBatch images;
};

struct CheckpointSaved {
    std::filesystem::path path;
    std::int64_t step = 0;
};

struct TrainingEnded {
    std::filesystem::path folder;
    std::int64_t step = 0;
    bool completed = false;  ///< the budget is used up; otherwise it was stopped
};

/// A sampler has started; its frames follow.
struct SampleStarted {
    int id = 0;
    SampleRequest request;
    std::vector<int> timesteps;     ///< in the order of visit
    std::vector<double> alpha_bar;  ///< of the model's whole schedule, T values
    std::int64_t model_step = 0;    ///< training steps behind the weights
};

/// After the sampler's step `index`: `timestep` is the one that the network was given.
struct SampleFrame {
    int id = 0;
    int index = 0;
    int timestep = 0;
    ImageBatch x_t;  ///< what the network was given at `timestep`
    ImageBatch x0;   ///< x_0 predicted from it, clipped
};

struct SampleEnded {
    int id = 0;
    bool cancelled = false;
    double seconds = 0;
    ImageBatch images;   ///< the result; empty when cancelled
    FloatArray x0 = {};  ///< the result as numbers in [-1, 1], where they were asked for
};

/// The answer to Predict: what the network said, [B,C,H,W] or [B,2C,H,W]; or to Encode: x_T.
struct Computed {
    FloatArray numbers;
};

struct ModelConverted {
    std::filesystem::path path;
};

struct EvaluationProgress {
    std::int64_t done = 0, total = 0;
    std::string doing = {};  ///< "drawing samples", "learning the classifier"
};

/// The metric's part is filled in, the others are empty.
struct EvaluationEnded {
    Metric metric = Metric::bits_per_dim;
    bool cancelled = false;
    std::int64_t images = 0;  ///< measured: of the set, or drawn

    // Variational bound in bits per dimension (Ho et al. 2020, sec. 3.4)
    double total_bits_per_dim = 0, prior_bits_per_dim = 0;
    std::vector<double> terms = {};  ///< L_0 .. L_{T-1}, bits/dim, mean over the images
    std::vector<double> mse = {};    ///< mean squared error of eps by timestep

    // Features of samples against those of the set
    std::string feature_space = {};  ///< in words
    std::int64_t reference_images = 0;
    double frechet_distance = 0;
    double frechet_floor = 0;  ///< the distance of as many images of the set: what perfect samples would have
    double precision = 0, recall = 0;
    double class_accuracy =
        -1;  ///< share of samples that the classifier takes for the class asked for; -1: none
    std::string caution = {};  ///< what keeps the figure from meaning much; empty: nothing
    double sampling_seconds = 0;

    // Nearest images of the set to each sample, in the feature space
    std::vector<std::int64_t> nearest = {};
    std::vector<double> nearest_distance = {};
    ImageBatch samples = {}, neighbours = {};
};

/// A job ended with an error; the state says what is still open.
struct Failed {
    Error error;
};

/// Something that a person should know and that stopped nothing: "3 files were skipped".
struct Notice {
    std::string text;
};

using Event =
    std::variant<StateChanged, LoadingProgress, DatasetReady, RunOpened, MetricsBatch, TimestepLosses,
                 TrainingProgress, PreviewReady, CheckpointSaved, TrainingEnded, SampleStarted, SampleFrame,
                 SampleEnded, Computed, ModelConverted, EvaluationProgress, EvaluationEnded, Failed, Notice>;

}  // namespace denoise
