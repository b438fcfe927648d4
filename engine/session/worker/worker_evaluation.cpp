// Worker: measuring a model on a dataset.

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

#include "engine/diffusion/variational_bound.h"
#include "engine/evaluation/classifier.h"
#include "engine/evaluation/frechet.h"
#include "engine/evaluation/inception.h"
#include "engine/evaluation/nearest.h"
#include "engine/evaluation/precision_recall.h"
#include "engine/session/runs.h"
#include "engine/session/worker/worker.h"

namespace denoise {
namespace {

constexpr std::int64_t samples_per_batch = 256;

void check_size(const SamplingModel& model, const ImageBatch& all) {
    if (all.channels == model.channels && all.height == model.height && all.width == model.width) return;
    const auto text = [](int channels, int height, int width) {
        return std::to_string(channels) + " x " + std::to_string(height) + " x " + std::to_string(width);
    };
    throw Error{"Cannot evaluate on this dataset",
                "its images are " + text(all.channels, all.height, all.width) + ", the model's " +
                    text(model.channels, model.height, model.width),
                "Choose a dataset of the same size, or set image_size and colour"};
}

void append(ImageBatch& images, const ImageBatch& more) {
    if (images.count == 0) {
        images = more;
        return;
    }
    images.count += more.count;
    images.pixels.insert(images.pixels.end(), more.pixels.begin(), more.pixels.end());
}

}  // namespace

WorkProgress Worker::progress_of(const std::string& doing, Clock::time_point& step_begin) {
    return [this, doing, &step_begin](std::int64_t done, std::int64_t total) {
        emit(EvaluationProgress{done, total, doing});
        between_job_steps(step_begin);
    };
}

void Worker::measure_bound(SamplingModel& model, const Evaluate& command, const Dataset& dataset,
                           EvaluationEnded& ended) {
    const std::int64_t count = std::clamp<std::int64_t>(command.count, 1, dataset.images.count);
    const Chosen chosen = spread_over(dataset, count);
    torch::Tensor labels;
    if (model.config.unet.classes > 0) labels = torch::tensor(chosen.labels);
    const DiffusionModel diffusion = model.diffusion(labels);
    const int T = diffusion.schedule.timesteps();
    auto generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<std::uint64_t>(command.seed));
    auto step_begin = Clock::now();
    const WorkProgress progress = progress_of("timestep by timestep", step_begin);
    const VariationalBound bound = variational_bound(
        diffusion, to_tensor(chosen.images), generator, [&](int done) { progress(done, T); },
        job_stop_.get_token());
    ended.images = chosen.images.count;
    ended.total_bits_per_dim = bound.total();
    ended.prior_bits_per_dim = bound.prior;
    ended.terms = bound.terms;
    ended.mse = bound.mse;
}

ImageBatch Worker::draw_for_evaluation(SamplingModel& model, const Evaluate& command) {
    ImageBatch samples;
    auto step_begin = Clock::now();
    const WorkProgress progress = progress_of("drawing samples", step_begin);
    for (std::int64_t batch = 0; samples.count < command.count; ++batch) {
        SampleRequest request = command.samples;
        request.count = static_cast<int>(std::min(samples_per_batch, command.count - samples.count));
        request.seed = command.seed * 1'000'003 + batch;
        const auto steps =
            static_cast<double>(request.steps == 0 ? model.config.schedule.timesteps : request.steps);
        const auto callback = [&](const Step& step) {
            const double share = (step.i + 1) / steps;
            progress(samples.count + static_cast<std::int64_t>(share * request.count), command.count);
        };
        append(samples, to_images(draw_samples(model, request, callback, job_stop_.get_token())));
    }
    return samples;
}

void Worker::measure_samples(SamplingModel& model, const Evaluate& command, const Dataset& dataset,
                             EvaluationEnded& ended) {
    const std::stop_token stop = job_stop_.get_token();
    auto step_begin = Clock::now();
    std::optional<Classifier> classifier;
    FeatureExtractor features;
    if (command.features == FeatureSpace::classifier) {
        CachedClassifier cached = cached_classifier(default_cache_folder() / "classifiers", dataset,
                                                    progress_of("learning the classes", step_begin), stop);
        if (cached.not_saved) emit(Notice{"The classifier could not be kept: " + cached.not_saved->why});
        classifier = std::move(cached.classifier);
        features = classifier->feature_extractor();
    } else {
        features = inception_extractor(command.weights);
    }
    ended.feature_space = features.name;

    const auto begin = Clock::now();
    const ImageBatch samples = draw_for_evaluation(model, command);
    ended.sampling_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    ended.images = samples.count;
    if (classifier && model.config.unet.classes == static_cast<int>(dataset.class_names.size())) {
        const auto found = classifier->probabilities_of(samples, {}, stop).argmax(1);
        std::vector<torch::Tensor> asked;
        for (std::int64_t done = 0; done < samples.count; done += samples_per_batch)
            asked.push_back(
                model.labels(command.samples.label, std::min(samples_per_batch, samples.count - done)));
        ended.class_accuracy = (found == torch::cat(asked)).to(torch::kFloat64).mean().item<double>();
    }

    const WorkProgress looking = progress_of("looking at the dataset", step_begin);
    switch (command.metric) {
        case Metric::bits_per_dim:
            break;
        case Metric::frechet: {
            const FeatureStatistics of_set = statistics_of(features, dataset.images, looking, stop);
            const auto distance_of = [&](const ImageBatch& images) {
                return frechet_distance(statistics_of(features, images, {}, stop), of_set, features.name,
                                        stop);
            };
            const FrechetDistance found = distance_of(samples);
            ended.frechet_floor = distance_of(spread_over(dataset, samples.count).images).distance;
            ended.reference_images = found.references;
            ended.frechet_distance = found.distance;
            ended.caution = found.warning;
            break;
        }
        case Metric::precision_recall: {
            const ImageBatch references = spread_over(dataset, samples.count).images;
            const PrecisionRecall found =
                precision_recall(features_of(features, samples, {}, stop),
                                 features_of(features, references, looking, stop), 3, {}, stop);
            ended.reference_images = found.references;
            ended.precision = found.precision;
            ended.recall = found.recall;
            break;
        }
        case Metric::nearest: {
            const Neighbours found = nearest_in_features(features, samples, dataset.images, 1, looking, stop);
            ended.reference_images = dataset.images.count;
            ended.samples = samples;
            for (const std::vector<Neighbour>& row : found) {
                ended.nearest.push_back(row.front().index);
                ended.nearest_distance.push_back(row.front().distance);
            }
            ended.neighbours = images_at(dataset.images, ended.nearest);
            break;
        }
    }
}

void Worker::evaluate(const Evaluate& command, const std::shared_ptr<const Dataset>& dataset) {
    EvaluationEnded ended;
    ended.metric = command.metric;
    try {
        SamplingModel model = current_model();
        check_size(model, dataset->images);
        if (command.metric == Metric::bits_per_dim)
            measure_bound(model, command, *dataset, ended);
        else
            measure_samples(model, command, *dataset, ended);
    } catch (const Cancelled&) {
        ended = {};
        ended.metric = command.metric;
        ended.cancelled = true;
    }
    emit(std::move(ended));
}

}  // namespace denoise
