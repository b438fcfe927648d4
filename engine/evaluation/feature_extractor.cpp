#include "engine/evaluation/feature_extractor.h"

#include <algorithm>

#include "engine/base/cancelled.h"

namespace denoise {

torch::Tensor tensor_over(const ImageBatch& images, std::int64_t first, std::int64_t count) {
    return torch::from_blob(const_cast<std::uint8_t*>(images.image(first)),
                            {count, images.channels, images.height, images.width}, torch::kUInt8);
}

void for_each_features(const FeatureExtractor& extractor, const ImageBatch& images,
                       const std::function<void(std::int64_t first, const torch::Tensor& features)>& take,
                       const WorkProgress& progress, const std::stop_token& stop) {
    if (extractor.check) extractor.check(images.channels, images.height, images.width);
    const torch::NoGradGuard no_grad;
    if (progress) progress(0, images.count);
    for (std::int64_t first = 0; first < images.count; first += extractor.batch_size) {
        if (stop.stop_requested()) throw Cancelled{};
        const std::int64_t count = std::min(extractor.batch_size, images.count - first);
        take(first, extractor.features(tensor_over(images, first, count)));
        if (progress) progress(first + count, images.count);
    }
    if (stop.stop_requested()) throw Cancelled{};
}

torch::Tensor features_of(const FeatureExtractor& extractor, const ImageBatch& images,
                          const WorkProgress& progress, const std::stop_token& stop) {
    auto all = torch::empty({images.count, extractor.dimension});
    const auto keep = [&all](std::int64_t first, const torch::Tensor& features) {
        all.narrow(0, first, features.size(0)).copy_(features);
    };
    for_each_features(extractor, images, keep, progress, stop);
    return all;
}

}  // namespace denoise
