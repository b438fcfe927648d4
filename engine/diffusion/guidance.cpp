#include "engine/diffusion/guidance.h"

#include "engine/base/error.h"

namespace denoise {
namespace {

torch::Tensor deviation(const torch::Tensor& x) {
    return x.std({1, 2, 3}, /*unbiased=*/true, /*keepdim=*/true);
}

}  // namespace

Denoiser guided(ConditionalDenoiser network, torch::Tensor labels, const Guidance& guidance) {
    if (guidance.scale == 1)
        return [network = std::move(network), labels = std::move(labels)](
                   const torch::Tensor& x_t, const torch::Tensor& t) { return network(x_t, t, labels); };
    if (guidance.unlabelled < 0)
        throw Error{"Cannot guide these samples",
                    "guidance needs a model that was also trained without labels",
                    "Use a guidance scale of 1, or train with class_dropout above 0"};
    auto both = torch::cat({labels, torch::full_like(labels, guidance.unlabelled)});
    return [network = std::move(network), both = std::move(both), guidance](const torch::Tensor& x_t,
                                                                            const torch::Tensor& t) {
        const std::int64_t B = x_t.size(0), C = x_t.size(1);
        const auto output = network(torch::cat({x_t, x_t}), torch::cat({t, t}), both);
        const auto labelled = output.narrow(0, 0, B), unlabelled = output.narrow(0, B, B);
        const auto l = labelled.narrow(1, 0, C), u = unlabelled.narrow(1, 0, C);
        auto mixed = u + guidance.scale * (l - u);
        if (guidance.rescale > 0) {
            const auto factor = deviation(l) / deviation(mixed).clamp_min(1e-12);
            mixed = mixed * (guidance.rescale * factor + (1 - guidance.rescale));
        }
        if (labelled.size(1) == C) return mixed;
        return torch::cat({mixed, labelled.narrow(1, C, labelled.size(1) - C)}, 1);  // the learned variance
    };
}

}  // namespace denoise
