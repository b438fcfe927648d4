#include "engine/network/flat_parameters.h"

namespace denoise {
namespace {

/// Aligned to cache lines and the widest vectors.
std::int64_t padded(std::int64_t size) {
    return (size + 63) / 64 * 64;
}

using Slices = std::vector<FlatParameters::Slice>;

Slices slices_of(const torch::nn::Module& module) {
    Slices slices;
    std::int64_t offset = 0;
    for (const auto& entry : module.named_parameters()) {
        slices.push_back({entry.key(), entry.value().sizes().vec(), offset, entry.value().numel()});
        offset += padded(entry.value().numel());
    }
    return slices;
}

std::int64_t size_of(const Slices& slices) {
    return slices.empty() ? 0 : slices.back().offset + padded(slices.back().size);
}

torch::Device device_of(const torch::nn::Module& module) {
    const auto parameters = module.parameters();
    return parameters.empty() ? torch::Device(torch::kCPU) : parameters.front().device();
}

}  // namespace

torch::Tensor FlatParameters::view(const torch::Tensor& flat, const Slice& slice) {
    const auto part = flat.narrow(0, slice.offset, slice.size);
    if (slice.shape.size() != 4) return part.view(slice.shape);
    return part.view({slice.shape[0], slice.shape[2], slice.shape[3], slice.shape[1]}).permute({0, 3, 1, 2});
}

FlatParameters::FlatParameters(torch::nn::Module& module) : slices_(slices_of(module)) {
    const torch::NoGradGuard no_grad;
    values_ = torch::zeros({size_of(slices_)}, device_of(module));
    const auto parameters = module.parameters();
    for (std::size_t i = 0; i < slices_.size(); ++i) view(values_, slices_[i]).copy_(parameters[i]);
    adopt(module);
}

FlatParameters::FlatParameters(torch::nn::Module& module, const torch::Tensor& values)
    : values_(values), slices_(slices_of(module)) {
    adopt(module);
}

void FlatParameters::adopt(torch::nn::Module& module) {
    const torch::NoGradGuard no_grad;
    gradients_ = torch::zeros_like(values_);
    use_values(module, values_);
    auto parameters = module.parameters();
    for (std::size_t i = 0; i < slices_.size(); ++i)
        parameters[i].mutable_grad() = view(gradients_, slices_[i]);
}

void use_values(torch::nn::Module& module, const torch::Tensor& values) {
    const torch::NoGradGuard no_grad;
    const Slices slices = slices_of(module);
    TORCH_CHECK(values.numel() == size_of(slices), "the parameters belong to another network");
    auto parameters = module.parameters();
    for (std::size_t i = 0; i < slices.size(); ++i)
        parameters[i].set_data(FlatParameters::view(values, slices[i]));
}

}  // namespace denoise
