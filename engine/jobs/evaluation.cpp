#include "engine/jobs/evaluation.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "engine/base/user_folders.h"
#include "engine/data/append_images.h"
#include "engine/data/split.h"
#include "engine/diffusion/variational_bound.h"
#include "engine/evaluation/classifier.h"
#include "engine/evaluation/frechet.h"
#include "engine/evaluation/inception.h"
#include "engine/evaluation/nearest.h"
#include "engine/evaluation/precision_recall.h"
#include "engine/jobs/sampling.h"
#include "engine/jobs/tensors.h"

namespace denoise {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t samples_per_batch = 256;
constexpr const char* reading_dataset = "computing features of the dataset";
constexpr const char* reading_samples = "computing features of the samples";
constexpr const char* comparing = "computing the Frechet distance";

void check_size(const RunHeader& model, const ImageBatch& images) {
    if (images.channels == model.channels && images.height == model.height && images.width == model.width)
        return;
    const auto text = [](int channels, int height, int width) {
        return std::to_string(channels) + " x " + std::to_string(height) + " x " + std::to_string(width);
    };
    throw Error{"Cannot evaluate on this dataset",
                "its images are " + text(images.channels, images.height, images.width) + ", the model's " +
                    text(model.channels, model.height, model.width),
                "Choose a dataset of the same size, or set image_size and colour"};
}

/// Which images of the dataset the model has never seen. None if it is not exactly the dataset of its run.
std::vector<std::int64_t> unseen_images(const Model& model, const Dataset& dataset) {
    if (model.header.dataset_fingerprint != dataset.fingerprint) return {};
    const TrainingConfig& training = model.config().training;
    return split_dataset(dataset.labels, training.held_out, training.seed).held_out;
}

/// `count` images for the bound: of those that the model has never seen, if there are enough.
struct BoundImages {
    Chosen chosen;
    bool held_out = false;
};
BoundImages images_for_bound(const Model& model, const Dataset& dataset, std::int64_t count) {
    const std::vector<std::int64_t> unseen = unseen_images(model, dataset);
    if (std::ssize(unseen) < count) return {spread_over(dataset, count), false};
    Dataset part;
    part.class_names = dataset.class_names;
    part.images = images_at(dataset.images, unseen);
    for (const std::int64_t index : unseen)
        part.labels.push_back(dataset.labels[static_cast<std::size_t>(index)]);
    return {spread_over(part, count), true};
}

Work<BitsPerDim> measure_bits_per_dim(const Model& model, const Evaluate& request, const Dataset& dataset,
                                      ComputeDevice device) {
    const std::int64_t count = std::clamp<std::int64_t>(request.count, 1, dataset.images.count);
    const auto [chosen, held_out] = images_for_bound(model, dataset, count);
    torch::Tensor labels;
    if (model.config().unet.classes > 0) labels = torch::tensor(chosen.labels);
    check_memory(model, count, device);
    const DiffusionModel diffusion =
        diffusion_model(model, denoiser_of(model, execution_of(model.header, device)), labels);
    const torch::Tensor x0 = to_tensor(chosen.images);
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<std::uint64_t>(request.seed));
    const VariationalBound bound = co_await variational_bound(diffusion, x0, generator);
    BitsPerDim score;
    score.images = chosen.images.count;
    score.total = bound.total();
    score.prior = bound.prior;
    score.terms = bound.terms;
    score.mse = bound.mse;
    score.held_out = held_out;
    co_return score;
}

/// Draws request.count samples in batches, each with its own seed.
Work<ImageBatch> draw_samples(const Model& model, const Evaluate& request, SamplingExecutions& executions) {
    const std::int64_t largest = std::min(samples_per_batch, request.count);
    check_memory(model, largest, executions.device());
    const double images = evaluated_images(model, request.samples, request.count);
    const SamplingChoice choice = co_await executions.choose(model, request.samples, largest, images);
    const ConditionalDenoiser denoiser = denoiser_of(model, choice.execution);
    ImageBatch samples;
    for (std::int64_t batch = 0; samples.count < request.count; ++batch) {
        SampleRequest part = request.samples;
        part.count = static_cast<int>(std::min(samples_per_batch, request.count - samples.count));
        // Of any seed, without an overflow of signed numbers.
        part.seed = static_cast<std::int64_t>(static_cast<std::uint64_t>(request.seed) * 1'000'003 +
                                              static_cast<std::uint64_t>(batch));
        const double steps = step_count(model, part);
        Sampling sampling = sample_images(model, denoiser, part, choice.execution.device);
        while (sampling.step()) {
            const double share = (sampling.report().i + 1) / steps;
            const std::int64_t done = samples.count + static_cast<std::int64_t>(share * part.count);
            co_yield Progress(done, request.count, "drawing samples");
        }
        append_images(samples, to_images(sampling.result()));
    }
    co_return samples;
}

/// The requested classes of `count` samples of draw_samples().
torch::Tensor requested_labels(const Model& model, int label, std::int64_t count) {
    std::vector<torch::Tensor> labels;
    for (std::int64_t done = 0; done < count; done += samples_per_batch)
        labels.push_back(labels_of(model, label, std::min(samples_per_batch, count - done)));
    return torch::cat(labels);
}

/// Fraction of `samples` that the classifier assigns to their requested class.
Work<double> measure_class_accuracy(const Classifier& classifier, const Model& model, int label,
                                    const ImageBatch& samples) {
    const torch::Tensor probabilities = co_await classifier.probabilities_of(samples);
    const torch::Tensor requested = requested_labels(model, label, samples.count);
    co_return (probabilities.argmax(1) == requested).to(torch::kFloat64).mean().item<double>();
}

Work<FrechetScore> measure_frechet(const SampleComparison& comparison, const FeatureExtractor& features,
                                   const ImageBatch& samples, const Dataset& dataset) {
    const FeatureStatistics of_dataset = co_await statistics_of(features, dataset.images, reading_dataset);
    const FeatureStatistics of_samples = co_await statistics_of(features, samples, reading_samples);
    co_yield Progress(0, 0, comparing);
    const FrechetDistance result = frechet_distance(of_samples, of_dataset, features.name);

    // The same distance for as many images of the dataset, because the bias depends on their number.
    const ImageBatch subset = spread_over(dataset, samples.count).images;
    const FeatureStatistics of_subset = co_await statistics_of(features, subset, reading_dataset);
    co_yield Progress(0, 0, comparing);
    const FrechetDistance floor = frechet_distance(of_subset, of_dataset, features.name);

    FrechetScore score;
    static_cast<SampleComparison&>(score) = comparison;
    score.reference_images = result.references;
    score.distance = result.distance;
    score.floor = floor.distance;
    score.caution = result.warning;
    co_return score;
}

Work<PrecisionRecallScore> measure_precision_recall(const SampleComparison& comparison,
                                                    const FeatureExtractor& features,
                                                    const ImageBatch& samples, const Dataset& dataset) {
    const ImageBatch references = spread_over(dataset, samples.count).images;
    const torch::Tensor of_samples = co_await features_of(features, samples, reading_samples);
    const torch::Tensor of_references = co_await features_of(features, references, reading_dataset);
    const PrecisionRecall result = co_await precision_recall(of_samples, of_references);
    PrecisionRecallScore score;
    static_cast<SampleComparison&>(score) = comparison;
    score.reference_images = result.references;
    score.precision = result.precision;
    score.recall = result.recall;
    co_return score;
}

Work<NearestImages> find_nearest(const SampleComparison& comparison, const FeatureExtractor& features,
                                 const ImageBatch& samples, const Dataset& dataset,
                                 const std::vector<std::int64_t>& unseen) {
    Neighbours neighbours = co_await nearest_in_features(features, samples, dataset.images, unseen);
    NearestImages score;
    static_cast<SampleComparison&>(score) = comparison;
    score.reference_images = dataset.images.count - std::ssize(unseen);
    score.images = samples;
    score.neighbours = images_at(dataset.images, neighbours.indices);
    score.indices = std::move(neighbours.indices);
    score.distances = std::move(neighbours.distances);
    co_return score;
}

}  // namespace

Work<EvaluationResult> evaluate(const Model& model, const Evaluate& request, const Dataset& dataset,
                                SamplingExecutions& executions,
                                const std::function<void(std::string)>& notice) {
    check_size(model.header, dataset.images);
    EvaluationResult result;
    if (!uses_features(request.metric)) {
        BitsPerDim score = co_await measure_bits_per_dim(model, request, dataset, executions.device());
        result.score = std::move(score);
        co_return result;
    }

    std::optional<Classifier> classifier;
    FeatureExtractor features;
    if (request.features == FeatureSpace::classifier) {
        const std::filesystem::path folder = default_cache_folder() / "classifiers";
        CachedClassifier cached = co_await cached_classifier(folder, dataset);
        if (cached.not_saved) notice("The classifier could not be saved: " + cached.not_saved->why);
        classifier = std::move(cached.classifier);
        features = classifier->feature_extractor();
    } else {
        features =
            inception_extractor(request.weights, execution_of(model.header, executions.device()).device);
    }

    const auto begin = Clock::now();
    const ImageBatch samples = co_await draw_samples(model, request, executions);
    SampleComparison comparison;
    comparison.samples = samples.count;
    comparison.feature_space = features.name;
    comparison.sampling_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    if (classifier && model.config().unet.classes == static_cast<int>(dataset.class_names.size()))
        comparison.class_accuracy =
            co_await measure_class_accuracy(*classifier, model, request.samples.label, samples);

    if (request.metric == Metric::frechet) {
        FrechetScore score = co_await measure_frechet(comparison, features, samples, dataset);
        result.score = std::move(score);
    } else if (request.metric == Metric::precision_recall) {
        PrecisionRecallScore score =
            co_await measure_precision_recall(comparison, features, samples, dataset);
        result.score = std::move(score);
    } else {
        NearestImages score =
            co_await find_nearest(comparison, features, samples, dataset, unseen_images(model, dataset));
        result.score = std::move(score);
    }
    co_return result;
}

}  // namespace denoise
