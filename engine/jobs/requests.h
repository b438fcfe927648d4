#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/enum_names.h"
#include "engine/base/picture.h"
#include "engine/formats/npy_file.h"
#include "engine/runs/run_config.h"
#include "engine/schedule/kinds.h"
#include "engine/schedule/spacing.h"

namespace denoise {

// The requests to the engine. Each becomes a job with its own id.

using JobId = std::int64_t;  ///< 1 is the first

/// Loads a dataset.
struct LoadDataset {
    DatasetConfig config;
};

/// Trains a new run on `config.dataset`, which is loaded first if necessary.
struct StartTraining {
    RunConfig config;
    std::filesystem::path folder;  ///< must not contain a run; empty: a new folder in default_runs_folder()
};

/// Predicts a training on `count` images [channels,height,width] of `classes` classes without starting it:
/// speed, steps, memory and quality. Nothing is emitted if the settings are not compatible.
struct ForecastTraining {
    RunConfig config;
    std::int64_t count = 0;
    int channels = 1, height = 28, width = 28;
    std::size_t classes = 0;
};

/// Continues a run from its newest readable checkpoint. `steps` or `minutes` > 0 replace its budget, and
/// `settings` all settings that can change during a training.
struct ResumeTraining {
    std::filesystem::path folder;
    std::int64_t steps = 0;
    double minutes = 0;
    std::optional<RunConfig> settings = {};
    /// Where the dataset of the run is now. Empty: where run.json says, or where it is found.
    std::string dataset = {};
    std::vector<std::string> known_datasets = {};  ///< other places in which it is looked for
    /// Those of the following steps, for other machines or another number of processes. 0: as before.
    int batch_size = 0, batch_parts = 0;
};

/// Opens a run folder (its newest checkpoint), one checkpoint file, or a diffusers pipeline or U-Net folder
/// for sampling and evaluation.
struct OpenModel {
    std::filesystem::path path;
};

/// Keeps the pixels of `picture` [1,C,H,W] where `mask` [1,1,H,W] or [1,C,H,W] is white, and samples the
/// others.
struct Inpainting {
    ImageBatch picture, mask;
    bool operator==(const Inpainting&) const = default;
};

/// Variations of one image of an earlier sampling job: `count` images that start from exactly its x_t at step
/// `step`, with the weights of that job and noise of another seed. A sampler without noise is replaced by
/// DDIM with eta 1, because all its variations would be equal.
struct Branch {
    JobId job = 0;
    int image = 0, step = 0;
    std::int64_t seed = 0;
    bool operator==(const Branch&) const = default;
};

/// Samples images from the open model; during training, from a snapshot of its EMA weights.
struct SampleRequest {
    std::string sampler = "dpmpp-2m-sde";  ///< a name in solvers()
    int count = 16;
    int steps = 20;  ///< 0: as many as the model has timesteps
    double eta = 0;  ///< DDIM only: 0 deterministic, 1 as noisy as DDPM
    std::int64_t seed = 0;
    bool frames = true;  ///< whether each step emits a SampleFrame
    Spacing spacing = Spacing::trailing;
    int label = -1;  ///< the class of all images; -1: image k has class k modulo the number of classes
    double guidance_scale = 1;  ///< classifier-free guidance: 1 none (Ho & Salimans 2022, with w = scale - 1)
    double guidance_rescale = 0;  ///< 0 .. 1: how much of the added contrast is removed (Lin et al. 2023)
    Clipping clipping = Clipping::range;
    /// The length of the EMA of the weights, a relative standard deviation (see ema_lengths.h); 0: the EMA
    /// that the model has been saved with.
    double ema_length = 0;
    /// How the network is computed, as recorded by an earlier sample; empty: as is fastest, see
    /// sampling_calibration.h.
    std::optional<Execution> execution = {};
    std::optional<Branch> branch = {};         ///< only `count`, `frames` and `exact` are used with it
    std::optional<std::int64_t> to_seed = {};  ///< interpolates x_T from the first image of `seed` to its own

    // For other programs
    std::shared_ptr<const FloatArray> initial_noise = nullptr;   ///< x_T [B,C,H,W]; B replaces `count`
    std::shared_ptr<const FloatArray> noise_per_step = nullptr;  ///< z [steps,B,C,H,W]
    std::shared_ptr<const Inpainting> inpainting = nullptr;
    bool exact = false;  ///< whether the result also contains x_0 as float32
    /// The number of the first image, with whose noise and class it starts: for a share of many images.
    std::int64_t first_image = 0;
    /// The number of images altogether, if this is a share of them: whether it is worth measuring the fastest
    /// way depends on all. 0: `count`.
    std::int64_t total_images = 0;

    bool operator==(const SampleRequest&) const = default;
};
struct Sample {
    SampleRequest request;
    /// Another model to sample from, as for OpenModel; it is not opened. Empty: the open model.
    std::filesystem::path model = {};
    /// Starts when this job has ended, with the weights that the model has now. 0: at once.
    JobId after = 0;
    bool keep_states = true;  ///< whether branches can start from it
};

/// Evaluates the open model's network once, for x_t [B,C,H,W] at `timestep`.
struct Predict {
    FloatArray x_t;
    int timestep = 0;
    int label = -1;  ///< -1: unlabelled
};

/// Computes the x_T from which DDIM reconstructs `images` (Song et al. 2021, sec. 4.3).
struct Encode {
    ImageBatch images;
    int steps = 50;
    int label = -1;
};

enum class ModelFormat { diffusers, safetensors, safetensors_half };
template <>
inline constexpr std::array names_of<ModelFormat> = {
    NamedValue{ModelFormat::diffusers, "diffusers", "diffusers folder", "a pipeline folder for diffusers"},
    NamedValue{ModelFormat::safetensors, "safetensors", "safetensors file",
               "a checkpoint with only the EMA weights"},
    NamedValue{ModelFormat::safetensors_half, "safetensors-half", "safetensors file in half precision",
               "the same in half precision, which takes half the space"},
};

/// Writes the open model's EMA weights to `path`: a pipeline folder, or a file of weights and config.
struct ConvertModel {
    ModelFormat format = ModelFormat::diffusers;
    std::filesystem::path path;
    double ema_length = 0;  ///< as in SampleRequest
};

enum class Metric { bits_per_dim, frechet, precision_recall, nearest };
template <>
inline constexpr std::array names_of<Metric> = {
    NamedValue{Metric::bits_per_dim, "bits-per-dim", "Bits per dimension",
               "the variational bound, over every timestep"},
    NamedValue{Metric::frechet, "frechet", "Frechet distance",
               "the distance between samples and dataset in a feature space"},
    NamedValue{Metric::precision_recall, "precision-recall", "Precision and recall",
               "how many samples look real, and how much of the dataset they cover"},
    NamedValue{Metric::nearest, "nearest", "Nearest images",
               "the image of the dataset that is nearest to each sample"},
};
/// Whether the metric compares samples with the dataset by their features. Otherwise it needs no samples.
constexpr bool uses_features(Metric metric) {
    return metric != Metric::bits_per_dim;
}

enum class FeatureSpace { classifier, inception };
template <>
inline constexpr std::array names_of<FeatureSpace> = {
    NamedValue{FeatureSpace::classifier, "classifier", "Classifier of the dataset",
               "trained on the dataset, which must have classes, and cached"},
    NamedValue{FeatureSpace::inception, "inception", "InceptionV3", "as in the standard FID code"},
};

/// Evaluates the open model on a dataset, which is loaded first if necessary.
struct Evaluate {
    DatasetConfig dataset;
    std::int64_t count = 64;  ///< bits per dimension: number of images; otherwise number of samples
    std::int64_t seed = 0;
    Metric metric = Metric::bits_per_dim;
    FeatureSpace features = FeatureSpace::classifier;
    std::filesystem::path weights = {};  ///< of InceptionV3
    SampleRequest samples = {};          ///< how samples are drawn; its count and seed are not used
};

}  // namespace denoise
