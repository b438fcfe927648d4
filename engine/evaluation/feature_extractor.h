#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "engine/base/picture.h"

namespace denoise {

/// How far a long evaluation is. Called on the calling thread.
using WorkProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// A map from images to vectors in which distances mean something.
struct FeatureExtractor {
    std::string name;             ///< the feature space in words, for every table that shows a number from it
    std::int64_t dimension = 0;   ///< values per image
    std::int64_t batch_size = 0;  ///< images per call that suit the network
    /// uint8 [B,C,H,W] -> float32 [B,dimension], without gradients.
    std::function<torch::Tensor(const torch::Tensor& images)> features;
    /// Throws Error when images of this size cannot be looked at. May be empty.
    std::function<void(int channels, int height, int width)> check;
};

/// The uint8 tensor [count,C,H,W] over the memory of images [first, first + count).
torch::Tensor tensor_over(const ImageBatch& images, std::int64_t first, std::int64_t count);

/// Calls `take(first, features [B,D])` for one batch of `images` after the other, so that the features of a
/// large set need not be in memory together. Throws Error and Cancelled.
void for_each_features(const FeatureExtractor& extractor, const ImageBatch& images,
                       const std::function<void(std::int64_t first, const torch::Tensor& features)>& take,
                       const WorkProgress& progress = {}, const std::stop_token& stop = {});

/// The features of all images, float32 [N,D].
torch::Tensor features_of(const FeatureExtractor& extractor, const ImageBatch& images,
                          const WorkProgress& progress = {}, const std::stop_token& stop = {});

}  // namespace denoise
