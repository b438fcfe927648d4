#include "engine/evaluation/feature_extractor.h"

#include <algorithm>

#include "engine/data/intact_images.h"

namespace denoise {

torch::Tensor tensor_over(const ImageBatch& images, std::int64_t first, std::int64_t count) {
    return torch::from_blob(const_cast<std::uint8_t*>(images.image(first)),
                            {count, images.channels, images.height, images.width}, torch::kUInt8);
}

torch::Tensor batch_features(const FeatureExtractor& extractor, const ImageBatch& images,
                             std::int64_t first) {
    if (extractor.check) extractor.check(images.channels, images.height, images.width);
    const torch::NoGradGuard no_grad;
    const std::int64_t count = std::min(extractor.batch_size, images.count - first);
    const torch::Tensor features = extractor.features(tensor_over(images, first, count));
    require_intact(images);
    return features;
}

Work<torch::Tensor> features_of(const FeatureExtractor& extractor, const ImageBatch& images,
                                std::string doing) {
    torch::Tensor features = torch::empty({images.count, extractor.dimension});
    co_yield Progress(0, images.count, doing);
    for (std::int64_t first = 0; first < images.count; first += extractor.batch_size) {
        const torch::Tensor batch = batch_features(extractor, images, first);
        features.narrow(0, first, batch.size(0)).copy_(batch);
        co_yield Progress(first + batch.size(0), images.count, doing);
    }
    co_return features;
}

}  // namespace denoise
