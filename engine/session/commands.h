#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/picture.h"
#include "engine/diffusion/sampler_info.h"
#include "engine/diffusion/spacing.h"
#include "engine/formats/npy_file.h"
#include "engine/training/run_config.h"

namespace denoise {

/// Loads a dataset; ends a load in progress.
struct LoadDataset {
    DatasetConfig config;
};
struct CancelLoading {};

/// Trains a new run on `config.dataset`, which is loaded first when it is not the one that is loaded.
struct StartTraining {
    RunConfig config;
    std::filesystem::path folder;  ///< must not hold a run; empty: a new one in default_runs_folder()
};

/// Goes on with the newest good checkpoint of a run folder. `steps` or `minutes` > 0 replace its budget.
struct ResumeTraining {
    std::filesystem::path folder;
    std::int64_t steps = 0;
    double minutes = 0;
};

struct PauseTraining {};
struct ContinueTraining {};
struct StepTraining {};     ///< one step, then paused
struct StopTraining {};     ///< saves a checkpoint and closes the run for training; sampling stays possible
struct DiscardTraining {};  ///< stops without saving
struct SaveCheckpoint {};

/// Opens a run folder (its newest checkpoint), one checkpoint file, or a diffusers pipeline or U-Net folder
/// for sampling and evaluation.
struct OpenModel {
    std::filesystem::path path;
};

/// Keeps what is white in `mask` [1,1,H,W] or [1,C,H,W] of `picture` [1,C,H,W] and draws the rest anew.
struct Inpainting {
    ImageBatch picture, mask;
    bool operator==(const Inpainting&) const = default;
};

/// Other futures of one image: the sampler goes the way of the request's image `image` up to step `step` and
/// from there on with noise of another seed, `count` times. A sampler that draws no noise has only one future
/// and gives way to DDIM with eta 1.
struct Branch {
    int image = 0, step = 0;
    std::int64_t seed = 0;
    bool operator==(const Branch&) const = default;
};

/// Draws images with the open model, also while it trains (then with a snapshot of its EMA weights).
struct SampleRequest {
    SamplerKind sampler = SamplerKind::ddim;
    int count = 16;
    int steps = 50;  ///< 0: as many as the model has timesteps
    double eta = 0;  ///< DDIM only: 0 deterministic, 1 as noisy as DDPM
    std::int64_t seed = 0;
    bool frames = true;  ///< whether a SampleFrame follows each step
    Spacing spacing = Spacing::trailing;
    int label = -1;             ///< the class of all images; -1: image k has class k modulo their number
    double guidance_scale = 1;  ///< classifier-free guidance: 1 none (Ho & Salimans 2022, with w = scale - 1)
    double guidance_rescale = 0;  ///< 0 .. 1: pulls the contrast back that guidance adds (Lin et al. 2023)
    Clipping clipping = Clipping::range;
    std::vector<Branch> branches = {};  ///< the second is a branch of an image of the first, and so on
    std::optional<std::int64_t> to_seed =
        {};  ///< x_T goes from the first image of `seed` to that of this one

    // What only programs give
    std::shared_ptr<const FloatArray> initial_noise = nullptr;   ///< x_T [B,C,H,W]; B replaces `count`
    std::shared_ptr<const FloatArray> noise_per_step = nullptr;  ///< z [steps,B,C,H,W]
    std::shared_ptr<const Inpainting> inpainting = nullptr;
    bool exact = false;  ///< whether SampleEnded carries x_0 as numbers too

    bool operator==(const SampleRequest&) const = default;
};
struct Sample {
    SampleRequest request;
};
struct CancelSampling {};

/// One call of the open model's network: what it answers to x_t [B,C,H,W] at `timestep`.
struct Predict {
    FloatArray x_t;
    int timestep = 0;
    int label = -1;  ///< -1: unlabelled
};

/// The x_T from which DDIM arrives at `images` again (Song et al. 2021, sec. 4.3).
struct Encode {
    ImageBatch images;
    int steps = 50;
    int label = -1;
};

enum class ModelFormat { diffusers, safetensors };
/// Writes the open model's EMA weights to `path`: a pipeline folder, or a file of weights and config.
struct ConvertModel {
    ModelFormat format = ModelFormat::diffusers;
    std::filesystem::path path;
};

enum class Metric { bits_per_dim, frechet, precision_recall, nearest };
enum class FeatureSpace { classifier, inception };

/// Measures the open model on a dataset.
struct Evaluate {
    DatasetConfig dataset;
    std::int64_t count = 64;  ///< bits per dimension: images of the set; otherwise samples that are drawn
    std::int64_t seed = 0;
    Metric metric = Metric::bits_per_dim;
    FeatureSpace features = FeatureSpace::classifier;
    std::filesystem::path weights = {};  ///< of InceptionV3
    SampleRequest samples = {};          ///< how they are drawn; count and seed are those above
};
struct CancelEvaluation {};

using Command =
    std::variant<LoadDataset, CancelLoading, StartTraining, ResumeTraining, PauseTraining, ContinueTraining,
                 StepTraining, StopTraining, DiscardTraining, SaveCheckpoint, OpenModel, Sample,
                 CancelSampling, Predict, Encode, ConvertModel, Evaluate, CancelEvaluation>;

}  // namespace denoise
