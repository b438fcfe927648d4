#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <string>

#include "engine/base/picture.h"
#include "engine/base/work.h"

namespace denoise {

/// A function from images to vectors whose distances are meaningful.
struct FeatureExtractor {
    std::string name;             ///< of the feature space, shown with every number that is computed in it
    std::int64_t dimension = 0;   ///< features per image
    std::int64_t batch_size = 0;  ///< images per call
    /// uint8 [B,C,H,W] -> float32 [B,dimension], without gradients.
    std::function<torch::Tensor(const torch::Tensor& images)> features;
    /// Throws Error if the network does not accept images of this size. May be empty.
    std::function<void(int channels, int height, int width)> check;
};

/// The uint8 tensor [count,C,H,W] over the memory of images [first, first + count).
torch::Tensor tensor_over(const ImageBatch& images, std::int64_t first, std::int64_t count);

/// The features [B,dimension] of the batch of `images` that starts at `first`: B is `extractor.batch_size` or
/// what is left. Throws Error if the extractor does not accept the images.
torch::Tensor batch_features(const FeatureExtractor& extractor, const ImageBatch& images, std::int64_t first);

/// The features of all images, float32 [N,dimension], one batch per step. `extractor` and `images` must
/// outlive the work. Throws Error like batch_features().
Work<torch::Tensor> features_of(const FeatureExtractor& extractor, const ImageBatch& images,
                                std::string doing = "computing features");

}  // namespace denoise
