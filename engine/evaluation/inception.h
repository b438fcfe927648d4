#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "engine/evaluation/feature_extractor.h"
#include "engine/evaluation/pytorch_file.h"

namespace denoise {

/// A convolution of InceptionV3, without bias, with the batch norm and the ReLU that follow it. Its tensors
/// are `name`.conv.weight and `name`.bn.{weight,bias,running_mean,running_var}.
struct InceptionConvolution {
    std::string name;
    std::int64_t in = 0, out = 0;
    std::int64_t height = 1, width = 1;
    std::int64_t stride = 1;
    std::int64_t pad_height = 0, pad_width = 0;
};

/// All 94 convolutions up to the last average pool, in the order of the network.
const std::vector<InceptionConvolution>& inception_convolutions();

/// InceptionV3 (Szegedy et al. 2015) in the variant that the Frechet Inception Distance is defined with: the
/// network of 2015-12-05 whose average pools leave out the padding and whose last block pools by maximum.
class Inception {
  public:
    static constexpr std::int64_t feature_count = 2048;
    static constexpr std::int64_t side = 299;

    /// Takes the convolutions' tensors from `tensors`, with the names of the usual PyTorch port; others, such
    /// as the last layer's, may be there. `source` names where they come from. Throws Error that names the
    /// tensors that are missing or have another shape.
    Inception(const TensorMap& tensors, const std::string& source);

    /// uint8 [B,C,H,W] with 1 or 3 channels -> float32 [B,2048]. Grey is repeated, the picture resized to
    /// 299x299 bilinearly without smoothing, and scaled to [-1, 1].
    torch::Tensor features(const torch::Tensor& images) const;

  private:
    struct Folded {
        torch::Tensor weight, bias;  ///< with the batch norm in them
        std::vector<std::int64_t> stride, padding;
    };

    torch::Tensor apply(const std::string& name, const torch::Tensor& x) const;
    torch::Tensor apply_chain(const std::string& block, std::initializer_list<const char*> names,
                              torch::Tensor x) const;
    torch::Tensor block_a(const std::string& block, const torch::Tensor& x) const;
    torch::Tensor block_b(const std::string& block, const torch::Tensor& x) const;
    torch::Tensor block_c(const std::string& block, const torch::Tensor& x) const;
    torch::Tensor block_d(const std::string& block, const torch::Tensor& x) const;
    torch::Tensor block_e(const std::string& block, const torch::Tensor& x, bool pool_by_maximum) const;

    std::map<std::string, Folded> convolutions_;
};

/// InceptionV3 with the weights in `path`: a .safetensors file or the .pth file of the usual PyTorch port.
/// Throws Error.
FeatureExtractor inception_extractor(const std::filesystem::path& path);

}  // namespace denoise
