#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <set>

#include "engine/data/intact_images.h"
#include "engine/evaluation/classifier.h"
#include "engine/evaluation/classifier_network.h"
#include "engine/network/flat_parameters.h"
#include "engine/training/optimizer.h"

namespace denoise {
namespace {

constexpr std::int64_t batch_size = 100;
constexpr std::int64_t smallest_side = 8;
constexpr std::int64_t fewest_images = 12;
constexpr const char* doing = "training the classifier";

/// Indices of the images to train on and of those to measure the accuracy on, int64.
struct Split {
    torch::Tensor training, held_out;
};

Split split_of(std::int64_t count, at::Generator& generator) {
    // At random and not every sixth, because many datasets are sorted by class or alternate between classes.
    const auto order = torch::randperm(count, generator, torch::kInt64);
    const std::int64_t held_out = std::min<std::int64_t>(count / 6, 10'000);
    return {order.narrow(0, held_out, count - held_out), order.narrow(0, 0, held_out)};
}

/// How many images to train on in total, each counted once per pass.
std::int64_t training_length(std::int64_t count, std::int64_t pixels) {
    // Three passes over MNIST are enough for 99 %. Small sets need more passes. Large images get fewer, so
    // that training still takes about a minute.
    constexpr std::int64_t mnist_pixels = 28 * 28, most = 150'000, most_passes = 40;
    const std::int64_t affordable = most * mnist_pixels / std::max(mnist_pixels, pixels);
    return std::min({std::max<std::int64_t>(3 * count, 20'000), affordable, most_passes * count});
}

void check_dataset(const Dataset& dataset) {
    const std::string what = "Cannot train a classifier of " + dataset.name;
    const std::set<std::int64_t> used(dataset.labels.begin(), dataset.labels.end());
    if (dataset.class_names.size() < 2 || used.size() < 2)
        throw Error{what, "its images have no labels, or all the same one",
                    "Use InceptionV3's features with a weights file, or choose a dataset with classes: one "
                    "folder of images per class, or IDX files with labels"};
    const ImageBatch& images = dataset.images;
    if (dataset.labels.size() != static_cast<std::size_t>(images.count) || *used.begin() < 0 ||
        *used.rbegin() >= static_cast<std::int64_t>(dataset.class_names.size()))
        throw Error{what, "its labels do not fit its images", "Load the dataset again"};
    if (images.count < fewest_images)
        throw Error{what,
                    "it has " + std::to_string(images.count) + " images, but at least " +
                        std::to_string(fewest_images) + " are needed",
                    "Choose a larger dataset"};
    if (std::min(images.height, images.width) < smallest_side)
        throw Error{what, "its images are smaller than 8x8 pixels", "Choose a dataset with larger images"};
}

/// How many of the images at `indices` the network assigns to their class.
std::int64_t count_correct(ClassifierNetwork& network, const torch::Tensor& images,
                           const torch::Tensor& labels, const torch::Tensor& indices) {
    const torch::NoGradGuard no_grad;
    const auto logits = network.logits(network.features(classifier_input(images.index_select(0, indices))));
    return logits.argmax(1).eq(labels.index_select(0, indices)).sum().item<std::int64_t>();
}

/// Shifts a batch by a random offset of up to a sixteenth of its size, repeating the edge. Data augmentation.
torch::Tensor shifted(const torch::Tensor& x, at::Generator& generator) {
    const std::int64_t most = std::max<std::int64_t>(1, std::min(x.size(2), x.size(3)) / 16);
    const auto shift = torch::randint(0, 2 * most + 1, {2}, generator, torch::kInt64);
    const auto padded = torch::replication_pad2d(x, {most, most, most, most});
    return padded.narrow(2, shift[0].item<std::int64_t>(), x.size(2))
        .narrow(3, shift[1].item<std::int64_t>(), x.size(3));
}

/// One optimizer step on the cross entropy.
void train_step(ClassifierNetwork& network, const FlatParameters& parameters, AdamW& optimizer,
                const torch::Tensor& x, const torch::Tensor& labels, double learning_rate) {
    const torch::AutoGradMode with_gradients(true);  // jobs run without gradients
    parameters.gradients().zero_();
    torch::nn::functional::cross_entropy(network.logits(network.features(x)), labels).backward();
    clip_gradients(parameters.gradients(), 1.0);
    optimizer.step(parameters.values(), parameters.gradients(), learning_rate, 1e-2);
}

ClassifierFacts facts_of(const Dataset& dataset, std::uint64_t seed) {
    ClassifierFacts facts;
    facts.dataset_name = dataset.name;
    facts.dataset_fingerprint = dataset.fingerprint;
    facts.class_names = dataset.class_names;
    facts.channels = dataset.images.channels;
    facts.height = dataset.images.height;
    facts.width = dataset.images.width;
    facts.seed = seed;
    return facts;
}

/// Ends training: the parameters no longer have gradients.
void freeze(ClassifierNetwork& network) {
    for (torch::Tensor& parameter : network.parameters()) {
        // In the memory format that a classifier read from its file has, so that both compute exactly the
        // same numbers.
        parameter.set_data(parameter.detach().clone(torch::MemoryFormat::Contiguous));
        parameter.mutable_grad().reset();
        parameter.set_requires_grad(false);
    }
}

}  // namespace

Work<Classifier> train_classifier(const Dataset& dataset, std::uint64_t seed) {
    check_dataset(dataset);
    const auto images = tensor_over(dataset.images, 0, dataset.images.count);
    const auto labels =
        torch::from_blob(const_cast<std::int64_t*>(dataset.labels.data()), {images.size(0)}, torch::kInt64);
    at::Generator generator = at::detail::createCPUGenerator(seed);
    const Split split = split_of(images.size(0), generator);
    const std::int64_t count = split.training.size(0);
    const std::int64_t batch = std::clamp<std::int64_t>(count / 8, 4, batch_size);
    const std::int64_t side = ClassifierNetwork::largest_side;
    const std::int64_t pixels = std::min(images.size(2), side) * std::min(images.size(3), side);
    const std::int64_t steps = std::max<std::int64_t>(1, training_length(count, pixels) / batch);
    const std::int64_t total = steps * batch + split.held_out.size(0);

    const auto classes = static_cast<std::int64_t>(dataset.class_names.size());
    const auto network =
        std::make_shared<ClassifierNetwork>(images.size(1), Classifier::feature_count, classes, seed);
    const FlatParameters parameters(*network);
    AdamW optimizer(parameters.values());
    torch::Tensor order;
    std::int64_t used = count;
    for (std::int64_t step = 0; step < steps; ++step) {
        if (used + batch > count) {
            order = split.training.index_select(0, torch::randperm(count, generator, torch::kInt64));
            used = 0;
        }
        const auto indices = order.narrow(0, used, batch);
        used += batch;
        const double fraction = static_cast<double>(step) / static_cast<double>(steps);
        const auto x = shifted(classifier_input(images.index_select(0, indices)), generator);
        train_step(*network, parameters, optimizer, x, labels.index_select(0, indices),
                   learning_rate_at(fraction, 3e-3, 0.1, true));
        co_yield Progress((step + 1) * batch, total, doing);
    }

    std::int64_t correct = 0, done = steps * batch;
    const auto parts = split.held_out.split(4 * batch_size);
    for (const torch::Tensor& part : parts) {
        correct += count_correct(*network, images, labels, part);
        done += part.size(0);
        co_yield Progress(done, total, doing);
    }
    require_intact(dataset.images);
    freeze(*network);
    ClassifierFacts facts = facts_of(dataset, seed);
    facts.held_out = split.held_out.size(0);
    facts.accuracy = static_cast<double>(correct) / static_cast<double>(facts.held_out);
    facts.trained_on = std::min(count, steps * batch);
    Classifier classifier(std::move(facts), network);
    co_return classifier;
}

}  // namespace denoise
