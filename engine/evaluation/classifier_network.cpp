#include "engine/evaluation/classifier_network.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>

namespace denoise {
namespace nn = torch::nn;

ClassifierNetwork::ClassifierNetwork(std::int64_t channels, std::int64_t features, std::int64_t classes,
                                     std::uint64_t seed) {
    constexpr std::int64_t base = 32, hidden = 64, groups = 8, grid = 4;
    const auto conv = [](std::int64_t in, std::int64_t out, std::int64_t side, std::int64_t stride) {
        return nn::Conv2d(nn::Conv2dOptions(in, out, side).stride(stride).padding(side / 2).bias(false));
    };
    // The first convolution already halves the image: at full size it would be nine tenths of the
    // computation.
    conv1_ = register_module("conv1", conv(channels, base, 5, 2));
    norm1_ = register_module("norm1", nn::GroupNorm(groups, base));
    conv2_ = register_module("conv2", conv(base, hidden, 3, 1));
    norm2_ = register_module("norm2", nn::GroupNorm(groups, hidden));
    conv3_ = register_module("conv3", conv(hidden, hidden, 3, 1));
    norm3_ = register_module("norm3", nn::GroupNorm(groups, hidden));
    features_ = register_module("features", nn::Linear(hidden * grid * grid, features));
    last_ = register_module("last", nn::Linear(features, classes));

    const torch::NoGradGuard no_grad;
    at::Generator generator = at::detail::createCPUGenerator(seed);
    for (const auto& entry : named_parameters()) {
        torch::Tensor parameter = entry.value();
        if (parameter.dim() > 1) {  // He et al. 2015
            const std::int64_t inputs = parameter.numel() / parameter.size(0);
            parameter.normal_(0, std::sqrt(2 / static_cast<double>(inputs)), generator);
        } else {
            parameter.fill_(entry.key().starts_with("norm") && entry.key().ends_with("weight") ? 1 : 0);
        }
    }
}

torch::Tensor ClassifierNetwork::features(const torch::Tensor& x) {
    const std::int64_t height = std::min(x.size(2), largest_side), width = std::min(x.size(3), largest_side);
    auto h = height < x.size(2) || width < x.size(3) ? torch::adaptive_avg_pool2d(x, {height, width}) : x;
    h = torch::relu(norm1_(conv1_(h)));
    h = torch::max_pool2d(torch::relu(norm2_(conv2_(h))), 2);
    h = torch::relu(norm3_(conv3_(h)));
    h = torch::adaptive_avg_pool2d(h, {4, 4});  // from 7x7 for MNIST, at most 16x16
    return torch::relu(features_(h.flatten(1)));
}

torch::Tensor classifier_input(const torch::Tensor& images) {
    return images.to(torch::kFloat32).div_(127.5).sub_(1.0);
}

}  // namespace denoise
