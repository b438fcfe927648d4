// The Frechet distance of pictures that another program has drawn to a dataset, in the features of the
// classifier that `denoise-lab-cli evaluate` uses. Prints it, and that of as many images of the dataset.
#include <torch/torch.h>

#include <cstdio>

#include "engine/base/user_folders.h"
#include "engine/data/dataset.h"
#include "engine/evaluation/classifier.h"
#include "engine/evaluation/frechet.h"

using namespace denoise;

namespace {

template <class Result>
Result finish(Work<Result> work) {
    while (work.step()) {
    }
    return work.result();
}

Dataset load(const char* path, int size) {
    DatasetConfig config;
    config.dataset = path;
    config.image_size = size;
    return load_dataset(config);
}

void compare(const char* samples_path, const char* dataset_path) {
    const Dataset dataset = load(dataset_path, 0);
    const Dataset samples = load(samples_path, dataset.images.width);
    const CachedClassifier cached =
        finish(cached_classifier(default_cache_folder() / "classifiers", dataset));
    const FeatureExtractor features = cached.classifier.feature_extractor();
    const FeatureStatistics of_dataset = finish(statistics_of(features, dataset.images, "dataset"));
    const auto distance = [&](const ImageBatch& images) {
        return frechet_distance(finish(statistics_of(features, images, "samples")), of_dataset, features.name)
            .distance;
    };
    std::printf("%lld samples of %s: %.2f (as many real images: %.2f), %s\n",
                static_cast<long long>(samples.images.count), samples_path, distance(samples.images),
                distance(spread_over(dataset, samples.images.count).images), features.name.c_str());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "Usage: frechet_of_images SAMPLES DATASET\n");
        return 2;
    }
    try {
        compare(argv[1], argv[2]);
    } catch (const Error& error) {
        std::fprintf(stderr, "%s: %s\n", error.what.c_str(), error.why.c_str());
        return 1;
    }
    return 0;
}
