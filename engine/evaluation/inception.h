#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "engine/base/compute_device.h"
#include "engine/evaluation/feature_extractor.h"
#include "engine/evaluation/tensor_file.h"

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
/// network of 2015-12-05, whose average pools do not count the padding and whose last block uses max pooling.
class Inception {
  public:
    static constexpr std::int64_t feature_count = 2048;
    static constexpr std::int64_t side = 299;

    /// Uses the tensors of the convolutions in `tensors`, with the names of the PyTorch port (pytorch-fid);
    /// others, such as those of the last layer, are ignored. `source` is the file's name for errors. Throws
    /// Error naming the tensors that are missing, have another shape or are not finite.
    Inception(const TensorMap& tensors, const std::string& source, const torch::Device& device = torch::kCPU);

    /// uint8 [B,C,H,W] with 1 or 3 channels, anywhere -> float32 [B,2048] on the device. A grey channel is
    /// repeated; images are resized to 299x299 (bilinear, without antialiasing) and scaled to [-1, 1].
    torch::Tensor features(const torch::Tensor& images) const;

  private:
    struct Folded {
        torch::Tensor weight, bias;  ///< including the batch norm
        std::vector<std::int64_t> stride, padding;
    };

    torch::Tensor apply(const std::string& name, const torch::Tensor& x) const;
    torch::Tensor apply_chain(const std::string& block, std::initializer_list<const char*> names,
                              torch::Tensor x) const;
    torch::Tensor block_a(const std::string& block, const torch::Tensor& x) const;
    torch::Tensor block_b(const std::string& block, const torch::Tensor& x) const;
    torch::Tensor block_c(const std::string& block, const torch::Tensor& x) const;
    torch::Tensor block_d(const std::string& block, const torch::Tensor& x) const;
    torch::Tensor block_e(const std::string& block, const torch::Tensor& x, bool max_pool) const;

    torch::Device device_;
    std::map<std::string, Folded> convolutions_;
};

/// InceptionV3 with the weights in the .safetensors file `path`, computed with all digits of float32 on a
/// definite device. Throws Error.
FeatureExtractor inception_extractor(const std::filesystem::path& path,
                                     ComputeDevice device = ComputeDevice::cpu);

}  // namespace denoise
