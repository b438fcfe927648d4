#include "engine/network/flat_parameters.h"

namespace denoise {

torch::Tensor FlatParameters::view(const torch::Tensor& flat, const Slice& slice) {
    const auto part = flat.narrow(0, slice.offset, slice.size);
    if (slice.shape.size() != 4) return part.view(slice.shape);
    return part.view({slice.shape[0], slice.shape[2], slice.shape[3], slice.shape[1]}).permute({0, 3, 1, 2});
}

FlatParameters::FlatParameters(torch::nn::Module& module) {
    std::int64_t size = 0;
    for (const auto& entry : module.named_parameters()) {
        slices_.push_back({entry.key(), entry.value().sizes().vec(), size, entry.value().numel()});
        size += (entry.value().numel() + 63) / 64 * 64;  // aligned to cache lines and the widest vectors
    }
    const torch::NoGradGuard no_grad;
    auto parameters = module.parameters();
    const torch::Device device = parameters.empty() ? torch::kCPU : parameters.front().device();
    values_ = torch::zeros({size}, device);
    gradients_ = torch::zeros({size}, device);
    for (std::size_t i = 0; i < slices_.size(); ++i) {
        auto target = view(values_, slices_[i]);
        target.copy_(parameters[i]);
        parameters[i].set_data(target);
        parameters[i].mutable_grad() = view(gradients_, slices_[i]);
    }
}

}  // namespace denoise
