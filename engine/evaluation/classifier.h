#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/dataset.h"
#include "engine/evaluation/feature_extractor.h"

namespace denoise {

class ClassifierNetwork;

/// What is known of a classifier besides its weights.
struct ClassifierFacts {
    std::string dataset_name;
    std::string dataset_fingerprint;
    std::vector<std::string> class_names;
    int channels = 0, height = 0, width = 0;
    std::uint64_t seed = 0;
    double accuracy = 0;          ///< on images that it was not trained on
    std::int64_t held_out = 0;    ///< how many those are
    std::int64_t trained_on = 0;  ///< different images
};

/// A small convolutional network that tells a dataset's classes apart. Copies share their weights, which do
/// not change. All calls are for the thread that owns the tensors.
class Classifier {
  public:
    static constexpr std::int64_t feature_count = 128;

    Classifier(ClassifierFacts facts, std::shared_ptr<ClassifierNetwork> network);

    const ClassifierFacts& facts() const { return facts_; }
    /// "classifier of MNIST, 99.1 % on 10,000 held-out images"
    std::string name() const;

    /// uint8 [B,C,H,W] -> float32 [B,feature_count], the layer before the last.
    torch::Tensor features(const torch::Tensor& images) const;
    /// uint8 [B,C,H,W] -> float32 [B,classes], each row sums to 1.
    torch::Tensor probabilities(const torch::Tensor& images) const;
    /// float32 [N,classes] for all of `images`. Throws Error when their size is not that of the dataset, and
    /// Cancelled.
    torch::Tensor probabilities_of(const ImageBatch& images, const WorkProgress& progress = {},
                                   const std::stop_token& stop = {}) const;

    FeatureExtractor feature_extractor() const;
    void save(const std::filesystem::path& path) const;
    /// Throws Error when the file is damaged, of another version or no classifier.
    static Classifier load(const std::filesystem::path& path);

  private:
    void check(int channels, int height, int width) const;

    ClassifierFacts facts_;
    std::shared_ptr<ClassifierNetwork> network_;
};

/// Trains a classifier of `dataset`, which takes about a minute on two cores for 60,000 images of 28x28, and
/// measures it on a sixth of the images (at most 10,000) that are kept from training. The same seed, dataset
/// and number of threads give the same weights. `progress` counts images. Throws Error for a set without
/// classes, and Cancelled.
Classifier train_classifier(const Dataset& dataset, const WorkProgress& progress = {},
                            const std::stop_token& stop = {}, std::uint64_t seed = 0);

/// The file in `folder` that keeps the classifier of a dataset.
std::filesystem::path classifier_file(const std::filesystem::path& folder, const Dataset& dataset);

/// A classifier and where it came from.
struct CachedClassifier {
    Classifier classifier;
    bool was_trained = false;        ///< false: it was read from the file
    std::optional<Error> not_saved;  ///< why the next time will have to train again
};

/// The classifier of `dataset` out of `folder`, or a new one that is saved there. A file that cannot be used
/// is replaced, and one that cannot be written is no reason to fail.
CachedClassifier cached_classifier(const std::filesystem::path& folder, const Dataset& dataset,
                                   const WorkProgress& progress = {}, const std::stop_token& stop = {});

}  // namespace denoise
