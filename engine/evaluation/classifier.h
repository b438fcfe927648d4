#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/dataset.h"
#include "engine/evaluation/feature_extractor.h"

namespace denoise {

class ClassifierNetwork;

/// The description of a classifier in its file.
struct ClassifierFacts {
    std::string dataset_name;
    std::string dataset_fingerprint;
    std::vector<std::string> class_names;
    int channels = 0, height = 0, width = 0;
    std::uint64_t seed = 0;
    double accuracy = 0;          ///< on the held-out images
    std::int64_t held_out = 0;    ///< number of images that it was not trained on
    std::int64_t trained_on = 0;  ///< number of different images that it was trained on
};

/// A small convolutional network that classifies the images of a dataset. Copies share their weights, which
/// do not change. All members must be called on the thread that owns the tensors.
class Classifier {
  public:
    static constexpr std::int64_t feature_count = 128;

    Classifier(ClassifierFacts facts, std::shared_ptr<ClassifierNetwork> network);

    const ClassifierFacts& facts() const { return facts_; }
    /// "classifier of MNIST, 99.1 % on 10,000 held-out images"
    std::string name() const;

    /// uint8 [B,C,H,W] -> float32 [B,feature_count], the output of the second last layer.
    torch::Tensor features(const torch::Tensor& images) const;
    /// uint8 [B,C,H,W] -> float32 [B,classes], each row sums to 1.
    torch::Tensor probabilities(const torch::Tensor& images) const;
    /// float32 [N,classes] for all of `images`, one batch per step. The classifier and `images` must outlive
    /// the work. Throws Error if the images do not have the size of those of the dataset.
    Work<torch::Tensor> probabilities_of(const ImageBatch& images) const;

    FeatureExtractor feature_extractor() const;
    void save(const std::filesystem::path& path) const;
    /// Throws Error if the file is damaged, of another version or not a classifier.
    static Classifier load(const std::filesystem::path& path);

  private:
    void check(int channels, int height, int width) const;

    ClassifierFacts facts_;
    std::shared_ptr<ClassifierNetwork> network_;
};

/// Trains a classifier of `dataset`, one batch per step, which takes about a minute on two cores for 60,000
/// images of 28x28. A sixth of the images (at most 10,000) is held out to measure its accuracy. The same
/// seed, dataset and number of threads give the same weights. `dataset` must outlive the work. Throws Error
/// for a dataset without classes.
Work<Classifier> train_classifier(const Dataset& dataset, std::uint64_t seed = 0);

/// The file in `folder` for the classifier of a dataset.
std::filesystem::path classifier_file(const std::filesystem::path& folder, const Dataset& dataset);

/// A classifier and where it came from.
struct CachedClassifier {
    Classifier classifier;
    bool was_trained = false;        ///< false: it was read from the file
    std::optional<Error> not_saved;  ///< why the file could not be written; the next call trains again
};

/// The classifier of `dataset` from its file in `folder`, or else a new one, which is saved there. A file
/// that cannot be used is replaced. Throws Error like train_classifier(). `dataset` must outlive the work.
Work<CachedClassifier> cached_classifier(std::filesystem::path folder, const Dataset& dataset);

}  // namespace denoise
