#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/picture.h"
#include "engine/jobs/requests.h"
#include "engine/runs/metrics.h"
#include "engine/runs/run_changes.h"
#include "engine/runs/sample_figures.h"

namespace denoise {

// The events of jobs. Each has the id of its job. The last event of every job is its only JobEnded.

enum class Outcome { done, cancelled, failed };
struct JobEnded {
    JobId job = 0;
    Outcome outcome = Outcome::done;
    Error error = {};  ///< set if the job failed
};

/// An error that did not end the job, such as a checkpoint that could not be written. Job 0: an error of a
/// command that does not apply to a job.
struct Problem {
    JobId job = 0;
    Error error;
};

/// A message for the user that is not an error, such as "3 files were skipped".
struct Notice {
    JobId job = 0;
    std::string text;
};

/// The progress of a job, in units that depend on `doing`, such as images or timesteps.
struct JobProgress {
    JobId job = 0;
    std::int64_t done = 0, total = 0;  ///< total 0: unknown
    std::string doing = {};
};

struct DatasetReady {
    JobId job = 0;
    DatasetConfig config;
    std::string name;
    std::int64_t count = 0;
    int channels = 0, height = 0, width = 0;
    std::vector<std::string> class_names;
    std::vector<std::int64_t> class_counts;
    std::vector<SkippedFile> skipped;
    std::string fingerprint;
    ImageBatch thumbnails;                              ///< up to 24, all classes
    std::shared_ptr<const LeftOut> left_out = nullptr;  ///< as in Dataset
};

/// A model has been opened, for a new or resumed run or only for sampling.
struct RunOpened {
    JobId job = 0;
    std::filesystem::path folder;  ///< empty for a checkpoint file and for a diffusers folder
    RunConfig config;
    std::vector<UNetPart> parts;
    int channels = 0, height = 0, width = 0;
    std::int64_t step = 0;  ///< steps done
    bool trainable = false;
    std::string execution =
        {};  ///< how the network is computed, and how fast, for the log; empty: not training
    std::vector<std::string> class_names;  ///< of the classes that the network is conditioned on; empty: none
    std::vector<StepMetrics> history;      ///< metrics of earlier steps, thinned, for the charts
    std::vector<SettingChange> changes;    ///< of settings after the start of the run
    bool completed = false;                ///< its budget is used up
    std::int64_t training_images = 0, held_out_images = 0;  ///< 0: not open for training
    int processes = 1;                                      ///< that train the run, or have trained it
    std::string no_ema_lengths = {};  ///< why the length of the EMA cannot be chosen; empty: it can
};

/// Settings of the run in training have changed, from its next step on.
struct RunChanged {
    JobId job = 0;
    RunConfig config;
    std::vector<SettingChange> changes;
};

/// All steps since the last batch, in order.
struct MetricsBatch {
    JobId job = 0;
    std::vector<StepMetrics> steps;
};

/// Mean loss by timestep, over equal bins of 0 .. T-1; NaN: no loss yet.
struct TimestepLosses {
    JobId job = 0;
    std::vector<double> bins;
};

struct TrainingProgress {
    JobId job = 0;
    std::int64_t step = 0;
    std::int64_t total_steps = 0;   ///< estimated when the budget is in minutes; 0 while unknown
    double fraction = 0;            ///< of the budget, 0 .. 1
    double remaining_seconds = -1;  ///< negative: unknown
    double images_per_second = 0;
    std::int64_t memory_bytes = 0;  ///< resident memory of the process
};

/// The result of ForecastTraining.
struct TrainingForecast {
    JobId job = 0;
    double images_per_second = 0;   ///< 0: unknown, because this computer has not trained yet
    bool measured = false;          ///< the speed was measured with this network, and not another one
    std::int64_t steps = 0;         ///< in the budget; 0: unknown
    double minutes = 0;             ///< 0: unknown
    std::int64_t memory_bytes = 0;  ///< without the dataset
    /// What to expect of the samples and when, in sentences (see expectation.h); empty: nothing was measured.
    std::string expectation;
};

/// A grid of samples drawn during training with the EMA weights. All grids of a run start from the same
/// noise.
struct PreviewReady {
    JobId job = 0;
    std::int64_t step = 0;
    ImageBatch images;
};

/// What the images of a PreviewReady have in common with those of the dataset. It comes after them.
struct PreviewJudged {
    JobId job = 0;
    std::int64_t step = 0;
    SampleFigures figures;
};

struct CheckpointSaved {
    JobId job = 0;
    std::filesystem::path path;
    std::int64_t step = 0;
};

/// The run is closed for training.
struct TrainingEnded {
    JobId job = 0;
    std::filesystem::path folder;
    std::int64_t step = 0;
    bool completed = false;  ///< true: the budget is used up; false: the run was stopped
};

/// The image and step of an earlier sampling job from which a branch starts, and the seed of its noise.
struct BranchPoint {
    int image = 0, step = 0;
    std::int64_t seed = 0;
    bool operator==(const BranchPoint&) const = default;
};

/// Sampling has started; its frames follow.
struct SampleStarted {
    JobId job = 0;
    SampleRequest request;                      ///< with all values set; for a branch, those of its origin
    std::vector<int> timesteps;                 ///< in the order of sampling
    std::vector<double> alpha_bar;              ///< of the model's complete schedule, T values
    std::int64_t model_step = 0;                ///< training steps of the model
    int first_step = 0;                         ///< of a branch; the steps before are those of its origin
    std::vector<BranchPoint> branches = {};     ///< from the original sample to this branch
    std::filesystem::path model = {};           ///< as in the request; empty: the open model
    std::vector<std::string> class_names = {};  ///< as in RunOpened
    bool keep_states = true;                    ///< as in the request
    Execution execution = {};                   ///< how the network is computed
    std::string speeds = {};  ///< of the executions that were compared, for the log; empty: none were
};

/// Root mean squares over the pixels of one image, of the numbers themselves and not of the 8-bit pictures.
struct StepNorms {
    double x_t = 0, x0 = 0, eps = 0;
    double change = 0;  ///< of x_0, compared with the step before; NaN at the first step of a job
    bool operator==(const StepNorms&) const = default;
};

/// Step `index` of the sampler, in which the network was evaluated at `timestep`.
struct SampleFrame {
    JobId job = 0;
    int index = 0;
    int timestep = 0;
    ImageBatch x_t;                     ///< input of the network
    ImageBatch x0;                      ///< predicted x_0, clipped
    ImageBatch eps = {};                ///< predicted noise; values beyond -1 and 1 are shown as these
    std::vector<StepNorms> norms = {};  ///< of each image
};

struct SampleResult {
    JobId job = 0;
    double seconds = 0;
    ImageBatch images;
    FloatArray x0 = {};          ///< the same images as float32 in [-1, 1]; empty unless requested
    double sampler_seconds = 0;  ///< in the steps of the sampler alone, without the jobs beside it
    double evaluations = 0;      ///< of the network, for each image
};

/// The result of Predict, the network's output [B,C,H,W] or [B,2C,H,W], or of Encode, x_T.
struct Computed {
    JobId job = 0;
    FloatArray numbers;
};

struct ModelConverted {
    JobId job = 0;
    std::filesystem::path path;
};

/// The variational bound in bits per dimension (Ho et al. 2020, sec. 3.4), averaged over the images.
struct BitsPerDim {
    std::int64_t images = 0;      ///< number of images of the dataset
    double total = 0, prior = 0;  ///< prior: L_T
    std::vector<double> terms;    ///< L_0 .. L_{T-1}
    std::vector<double> mse;      ///< mean squared error of eps by timestep
    bool held_out = false;        ///< of images on which the model has not been trained
};

/// The results that all metrics in a feature space have in common.
struct SampleComparison {
    std::int64_t samples = 0, reference_images = 0;
    std::string feature_space;   ///< name of the feature space
    double class_accuracy = -1;  ///< fraction of samples classified as the requested class; -1: unknown
    double sampling_seconds = 0;
};

struct FrechetScore : SampleComparison {
    double distance = 0;
    double floor = 0;     ///< the distance of the same number of real images from the dataset
    std::string caution;  ///< why the distance is unreliable; usually empty
};

struct PrecisionRecallScore : SampleComparison {
    double precision = 0, recall = 0;
};

/// The nearest image of the dataset to each sample in the feature space.
struct NearestImages : SampleComparison {
    std::vector<std::int64_t> indices;
    std::vector<double> distances;
    ImageBatch images, neighbours;
};

struct EvaluationResult {
    JobId job = 0;
    std::variant<BitsPerDim, FrechetScore, PrecisionRecallScore, NearestImages> score;
};

/// All events of a job except JobEnded.
using JobEvent = std::variant<Problem, Notice, JobProgress, DatasetReady, RunOpened, RunChanged, MetricsBatch,
                              TimestepLosses, TrainingProgress, TrainingForecast, PreviewReady, PreviewJudged,
                              CheckpointSaved, TrainingEnded, SampleStarted, SampleFrame, SampleResult,
                              Computed, ModelConverted, EvaluationResult>;

}  // namespace denoise
