#include "engine/training/held_out.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>

#include "engine/distributed/together.h"

namespace denoise {
namespace {

constexpr std::int64_t fewest = 8, most = 64;
constexpr double share_of_time = 0.01, share_of_step = 1.0 / 3;

double mean_loss(const Loss& loss, const ConditionalDenoiser& network, const torch::Tensor& x0,
                 const torch::Tensor& labels, const torch::Tensor& t, const torch::Tensor& eps) {
    return loss.at(network, x0, labels, t, eps).mean().item<double>();
}

torch::Tensor some(const torch::Tensor& all, const Share& share) {
    return all.defined() ? all.narrow(0, share.first, share.count) : all;
}

}  // namespace

std::int64_t held_out_count(int batch) {
    return std::clamp<std::int64_t>(batch, fewest, most);
}

std::int64_t held_out_interval(int batch) {
    const double in_steps = share_of_step * 2.0 * static_cast<double>(held_out_count(batch)) / batch;
    return static_cast<std::int64_t>(std::ceil(in_steps / share_of_time));
}

HeldOutComparison::HeldOutComparison(const torch::Tensor& images, const std::vector<std::int64_t>& labels,
                                     bool conditional, const DatasetSplit& split, const Loss& loss, int batch,
                                     std::int64_t seed) {
    const std::int64_t count = held_out_count(batch);
    const ComparedImages chosen = images_to_compare(split, labels, count);
    const auto part = [&](const std::vector<std::int64_t>& indices) {
        Images some;
        some.x0 = images.index_select(0, torch::tensor(indices)).to(torch::kFloat32).div_(127.5).sub_(1.0);
        if (!conditional) return some;
        std::vector<std::int64_t> classes;
        for (const std::int64_t index : indices) classes.push_back(labels[static_cast<std::size_t>(index)]);
        some.labels = torch::tensor(classes);
        return some;
    };
    training_ = part(chosen.training);
    held_out_ = part(chosen.held_out);
    t_ = loss.typical_timesteps(count);
    auto generator = at::detail::createCPUGenerator(static_cast<std::uint64_t>(seed));
    eps_ = torch::randn(held_out_.x0.sizes(), generator);
}

HeldOutLosses HeldOutComparison::measure(const Loss& loss, const ConditionalDenoiser& network) const {
    const torch::NoGradGuard no_grad;
    return {mean_loss(loss, network, held_out_.x0, held_out_.labels, t_, eps_),
            mean_loss(loss, network, training_.x0, training_.labels, t_, eps_)};
}

HeldOutLosses HeldOutComparison::measure_share(const Loss& loss, const ConditionalDenoiser& network, int rank,
                                               int size) const {
    const torch::NoGradGuard no_grad;
    const std::int64_t total = t_.size(0);
    const Share share = share_of(total, rank, size);
    if (share.count == 0) return {0, 0};
    const auto part = [&](const Images& images) {
        return mean_loss(loss, network, some(images.x0, share), some(images.labels, share), some(t_, share),
                         some(eps_, share)) *
               static_cast<double>(share.count) / static_cast<double>(total);
    };
    return {part(held_out_), part(training_)};
}

}  // namespace denoise
