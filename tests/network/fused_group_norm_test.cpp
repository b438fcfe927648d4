#include "engine/network/fused_group_norm.h"

#include <gmock/gmock.h>

#include "engine/training/trainer.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

constexpr double eps = 1e-6;

struct Inputs {
    torch::Tensor x, shift, weight, bias, dy;
};

Inputs random_inputs(std::int64_t B, std::int64_t C, std::int64_t H, std::int64_t W, double mean = 0) {
    torch::manual_seed(3);
    Inputs in;
    in.x = (torch::randn({B, C, H, W}) * 2 + mean).contiguous(at::MemoryFormat::ChannelsLast);
    in.shift = torch::randn({B, C});
    in.weight = torch::randn({C}) * 0.3 + 1;
    in.bias = torch::randn({C});
    in.dy = torch::randn({B, C, H, W}).contiguous(at::MemoryFormat::ChannelsLast);
    return in;
}

/// The result of LibTorch's operators, and its gradients, in float64.
std::vector<torch::Tensor> composed(const Inputs& in, std::int64_t groups, bool with_shift,
                                    FusedActivation activation = FusedActivation::silu) {
    const auto leaf = [](const torch::Tensor& t) { return t.to(torch::kFloat64).detach().requires_grad_(); };
    const auto x = leaf(in.x), shift = leaf(in.shift), weight = leaf(in.weight), bias = leaf(in.bias);
    const auto moved = with_shift ? x + shift.unsqueeze(-1).unsqueeze(-1) : x;
    const auto z = torch::group_norm(moved, groups, weight, bias, eps);
    const auto y = activation == FusedActivation::silu ? torch::silu(z) : z;
    y.backward(in.dy.to(torch::kFloat64));
    return {y.detach(), x.grad(), weight.grad(), bias.grad(), with_shift ? shift.grad() : torch::Tensor()};
}

std::vector<torch::Tensor> fused(const Inputs& in, std::int64_t groups, bool with_shift, torch::Dtype type,
                                 FusedActivation activation = FusedActivation::silu) {
    const auto leaf = [](const torch::Tensor& t) { return t.detach().clone().requires_grad_(); };
    const auto x = leaf(in.x.to(type)), weight = leaf(in.weight), bias = leaf(in.bias);
    const auto shift = with_shift ? leaf(in.shift.to(type)) : torch::Tensor();
    const auto y = fused_group_norm(x, shift, groups, weight, bias, eps, activation);
    EXPECT_EQ(y.scalar_type(), type);
    EXPECT_TRUE(y.is_contiguous(at::MemoryFormat::ChannelsLast));
    y.backward(in.dy.to(type));
    return {y.detach(), x.grad(), weight.grad(), bias.grad(), with_shift ? shift.grad() : torch::Tensor()};
}

void expect_close(const std::vector<torch::Tensor>& values, const std::vector<torch::Tensor>& exact,
                  double tolerance) {
    for (std::size_t i = 0; i < exact.size(); ++i) {
        if (!exact[i].defined()) continue;
        const auto error = (values[i].to(torch::kFloat64) - exact[i]).abs().max().item<double>();
        // At least 1: the gradient of the shift is 0 for groups of one channel.
        EXPECT_LT(error, tolerance * std::max(1.0, exact[i].abs().max().item<double>())) << "tensor " << i;
    }
}

TEST(FusedGroupNorm, EqualsTheCompositionWithItsGradients) {
    for (const bool with_shift : {false, true})
        for (const auto& [C, groups, side] :
             {std::tuple{48, 8, 7}, {32, 32, 5}, {6, 2, 3}, {24, 1, 4}, {130, 10, 2}}) {
            const Inputs in = random_inputs(3, C, side, side + 1);
            for (const FusedActivation activation : {FusedActivation::none, FusedActivation::silu})
                expect_close(fused(in, groups, with_shift, torch::kFloat32, activation),
                             composed(in, groups, with_shift, activation), 2e-6);
        }
}

TEST(FusedGroupNorm, IsAsExactAsBfloat16Allows) {
    Inputs in = random_inputs(2, 32, 6, 6);
    in.x = in.x.to(torch::kBFloat16).to(torch::kFloat32);
    in.shift = in.shift.to(torch::kBFloat16).to(torch::kFloat32);
    in.dy = in.dy.to(torch::kBFloat16).to(torch::kFloat32);
    expect_close(fused(in, 8, true, torch::kBFloat16), composed(in, 8, true), 1.0 / 256);
}

TEST(FusedGroupNorm, SurvivesALargeMeanAndLargeValues) {
    const Inputs far = random_inputs(2, 16, 8, 8, 1000);
    expect_close(fused(far, 4, false, torch::kFloat32), composed(far, 4, false), 3e-4);
    Inputs large = random_inputs(2, 16, 4, 4);
    large.weight.mul_(200);
    const auto values = fused(large, 4, false, torch::kFloat32);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(torch::isfinite(values[i]).all().item<bool>()) << i;
    expect_close(values, composed(large, 4, false), 2e-5);
}

TEST(FusedGroupNorm, GivesTheSameBitsWithAnyNumberOfThreads) {
    const Inputs in = random_inputs(5, 48, 6, 6);
    at::set_num_threads(1);
    const auto one = fused(in, 8, true, torch::kFloat32);
    at::set_num_threads(3);
    const auto three = fused(in, 8, true, torch::kFloat32);
    at::set_num_threads(1);
    for (std::size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(torch::equal(one[i], three[i])) << i;
}

TEST(FusedGroupNorm, IsOnlyUsedWhereItIsSupported) {
    const auto x = torch::randn({2, 8, 4, 4});
    EXPECT_FALSE(supports_fused_group_norm(x));
    EXPECT_TRUE(supports_fused_group_norm(x.contiguous(at::MemoryFormat::ChannelsLast)));
    EXPECT_FALSE(supports_fused_group_norm(x.to(torch::kFloat64).contiguous(at::MemoryFormat::ChannelsLast)));
}

TEST(FusedGroupNorm, TwoHundredStepsWithAndWithoutItAgree) {
    RunConfig config = test::small_run();
    const auto trained = [&](Kernels kernels) {
        Trainer trainer(config, test::glyphs(), {.threads = 1, .kernels = kernels});
        double last = 0;
        for (int i = 0; i < 200; ++i)
            last = i < 150 ? 0 * trainer.step(0.05).loss : last + trainer.step(0.05).loss;
        return last / 50;
    };
    const double plain = trained(Kernels::plain);
    EXPECT_NEAR(trained(Kernels::fused), plain, 0.01 * plain);
}

}  // namespace
}  // namespace denoise
