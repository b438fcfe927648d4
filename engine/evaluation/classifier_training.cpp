#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <set>

#include "engine/base/cancelled.h"
#include "engine/evaluation/classifier.h"
#include "engine/evaluation/classifier_network.h"
#include "engine/training/flat_parameters.h"
#include "engine/training/optimizer.h"

namespace denoise {
namespace {

constexpr std::int64_t batch_size = 100;
constexpr std::int64_t smallest_side = 8;
constexpr std::int64_t fewest_images = 12;

/// Which images are learned from and which measure what was learned.
struct Split {
    torch::Tensor training, held_out;  ///< indices, int64
};

Split split_of(std::int64_t count, at::Generator& generator) {
    // By chance, not every sixth: sets come sorted by class or with the classes in turn.
    const auto order = torch::randperm(count, generator, torch::kInt64);
    const std::int64_t held_out = std::min<std::int64_t>(count / 6, 10'000);
    return {order.narrow(0, held_out, count - held_out), order.narrow(0, 0, held_out)};
}

/// How many images, counted each time that they are seen, training takes.
std::int64_t images_to_see(std::int64_t count, std::int64_t pixels) {
    // Three passes over MNIST are enough for 99 %. Small sets need more passes, and large pictures get fewer
    // images, so that a minute stays a minute.
    constexpr std::int64_t mnist_pixels = 28 * 28, most = 150'000, most_passes = 40;
    const std::int64_t affordable = most * mnist_pixels / std::max(mnist_pixels, pixels);
    return std::min({std::max<std::int64_t>(3 * count, 20'000), affordable, most_passes * count});
}

void check_dataset(const Dataset& dataset) {
    const std::string what = "Cannot train a classifier of " + dataset.name;
    const std::set<std::int64_t> seen(dataset.labels.begin(), dataset.labels.end());
    if (dataset.class_names.size() < 2 || seen.size() < 2)
        throw Error{
            what, "its images have no labels, or all the same one",
            "Use InceptionV3's features with a weights file, or choose a set with classes: one folder "
            "of images per class, or IDX files with labels"};
    const ImageBatch& images = dataset.images;
    if (dataset.labels.size() != static_cast<std::size_t>(images.count) || *seen.begin() < 0 ||
        *seen.rbegin() >= static_cast<std::int64_t>(dataset.class_names.size()))
        throw Error{what, "its labels do not fit its images", "Load the set again"};
    if (images.count < fewest_images)
        throw Error{what,
                    "it has " + std::to_string(images.count) + " images, and " +
                        std::to_string(fewest_images) + " are the fewest",
                    "Choose a larger set"};
    if (std::min(images.height, images.width) < smallest_side)
        throw Error{what, "its images are smaller than 8x8 pixels", "Choose a set of larger images"};
}

/// Share of the images at `indices` that the network calls by their name.
double accuracy_of(ClassifierNetwork& network, const torch::Tensor& images, const torch::Tensor& labels,
                   const torch::Tensor& indices, const std::stop_token& stop) {
    const torch::NoGradGuard no_grad;
    std::int64_t right = 0;
    for (const auto& part : indices.split(4 * batch_size)) {
        if (stop.stop_requested()) throw Cancelled{};
        const auto x = classifier_input(images.index_select(0, part));
        const auto guess = network.logits(network.features(x)).argmax(1);
        right += guess.eq(labels.index_select(0, part)).sum().item<std::int64_t>();
    }
    return static_cast<double>(right) / static_cast<double>(indices.size(0));
}

/// Shifts a batch by up to one pixel for every sixteen, repeating the edge: pictures drawn a little off stay
/// in their class.
torch::Tensor shifted(const torch::Tensor& x, at::Generator& generator) {
    const std::int64_t most = std::max<std::int64_t>(1, std::min(x.size(2), x.size(3)) / 16);
    const auto shift = torch::randint(0, 2 * most + 1, {2}, generator, torch::kInt64);
    const auto padded = torch::replication_pad2d(x, {most, most, most, most});
    return padded.narrow(2, shift[0].item<std::int64_t>(), x.size(2))
        .narrow(3, shift[1].item<std::int64_t>(), x.size(3));
}

/// One step down the gradient of the cross entropy.
void train_step(ClassifierNetwork& network, const FlatParameters& parameters, AdamW& optimizer,
                const torch::Tensor& x, const torch::Tensor& labels, double learning_rate) {
    parameters.gradients().zero_();
    torch::nn::functional::cross_entropy(network.logits(network.features(x)), labels).backward();
    clip_gradients(parameters.gradients(), 1.0);
    optimizer.step(parameters.values(), parameters.gradients(), learning_rate, 1e-2);
}

}  // namespace

Classifier train_classifier(const Dataset& dataset, const WorkProgress& progress, const std::stop_token& stop,
                            std::uint64_t seed) {
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
    const std::int64_t steps = std::max<std::int64_t>(1, images_to_see(count, pixels) / batch);

    const auto classes = static_cast<std::int64_t>(dataset.class_names.size());
    const auto network =
        std::make_shared<ClassifierNetwork>(images.size(1), Classifier::feature_count, classes, seed);
    const FlatParameters parameters(*network);
    AdamW optimizer(parameters.values());
    torch::Tensor order;
    std::int64_t used = count;
    for (std::int64_t step = 0; step < steps; ++step) {
        if (stop.stop_requested()) throw Cancelled{};
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
        if (progress) progress((step + 1) * batch, steps * batch);
    }

    ClassifierFacts facts{dataset.name,
                          dataset.fingerprint,
                          dataset.class_names,
                          dataset.images.channels,
                          dataset.images.height,
                          dataset.images.width,
                          seed};
    facts.accuracy = accuracy_of(*network, images, labels, split.held_out, stop);
    facts.held_out = split.held_out.size(0);
    facts.trained_on = std::min(count, steps * batch);
    for (torch::Tensor& parameter : network->parameters()) {
        // In the order of the file, not of the training: read again, it must give the same numbers to the
        // bit.
        parameter.set_data(parameter.detach().clone(torch::MemoryFormat::Contiguous));
        parameter.mutable_grad().reset();
        parameter.set_requires_grad(false);
    }
    return {std::move(facts), network};
}

}  // namespace denoise
