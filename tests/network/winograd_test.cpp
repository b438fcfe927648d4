#include <gmock/gmock.h>

#include "engine/network/convolution.h"
#include "engine/network/winograd_convolution.h"
#include "engine/training/trainer.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

struct Inputs {
    torch::Tensor x, weight, bias, added, dy;
};

Inputs random_inputs(std::int64_t B, std::int64_t C, std::int64_t K, std::int64_t H, std::int64_t W) {
    torch::manual_seed(5);
    return {torch::randn({B, C, H, W}).contiguous(channels_last),
            (torch::randn({K, C, 3, 3}) / std::sqrt(9.0 * static_cast<double>(C))).contiguous(channels_last),
            torch::randn({K}), torch::randn({B, K, H, W}).contiguous(channels_last),
            torch::randn({B, K, H, W}).contiguous(channels_last)};
}

/// The result and the gradients of x, weight, bias and the added tensor.
using Values = std::vector<torch::Tensor>;

Values exact_values(const Inputs& in) {
    const auto leaf = [](const torch::Tensor& t) { return t.to(torch::kFloat64).detach().requires_grad_(); };
    const auto x = leaf(in.x), weight = leaf(in.weight), bias = leaf(in.bias), added = leaf(in.added);
    const auto y = torch::conv2d(x, weight, bias, 1, 1) + added;
    y.backward(in.dy.to(torch::kFloat64));
    return {y.detach(), x.grad(), weight.grad(), bias.grad(), added.grad()};
}

Values values_with(const WinogradPlan& plan, const Inputs& in) {
    torch::nn::Conv2d convolution(
        torch::nn::Conv2dOptions(in.weight.size(1), in.weight.size(0), 3).padding(1));
    convolution->weight.set_data(in.weight.clone());
    convolution->bias.set_data(in.bias.clone());
    const auto x = in.x.detach().clone().requires_grad_(), added = in.added.detach().clone().requires_grad_();
    const WinogradPlan before = use_winograd(plan);
    const auto y = convolve_3x3(convolution, x, added);
    use_winograd(before);
    y.backward(in.dy);
    return {y.detach(), x.grad(), convolution->weight.grad(), convolution->bias.grad(), added.grad()};
}

double error(const torch::Tensor& value, const torch::Tensor& exact) {
    const auto difference = (value.to(torch::kFloat64) - exact).abs().max().item<double>();
    return difference / exact.abs().max().item<double>();
}

constexpr WinogradPlan everything{true, true, true};

TEST(Winograd, EqualsTheConvolutionWithItsGradients) {
    // Sizes that are multiples of 4 and those that are not, more than 128 tiles, and a last panel of half the
    // width.
    for (const auto& [B, C, K, H, W] : {std::tuple{32, 32, 64, 8, 8},
                                        {33, 64, 48, 7, 7},
                                        {3, 48, 32, 28, 28},
                                        {5, 16, 16, 13, 18},
                                        {4, 96, 160, 14, 11}}) {
        SCOPED_TRACE(testing::Message() << B << " x " << C << " -> " << K << ", " << H << " x " << W);
        const Inputs in = random_inputs(B, C, K, H, W);
        const Values exact = exact_values(in), values = values_with(everything, in);
        for (std::size_t i = 0; i < exact.size(); ++i) EXPECT_LT(error(values[i], exact[i]), 4e-5) << i;
        EXPECT_TRUE(values[0].is_contiguous(channels_last));
    }
}

TEST(Winograd, IsExactForSmallIntegersUpToRounding) {
    Inputs in = random_inputs(8, 16, 16, 8, 8);
    in.x = in.x.round();
    in.weight = torch::zeros_like(in.weight);
    in.weight.select(2, 1).select(2, 1).fill_diagonal_(1);  // the identity
    in.bias.zero_();
    in.added.zero_();
    const Values values = values_with(everything, in);
    EXPECT_LT((values[0] - in.x).abs().max().item<double>(), 1e-5);
    EXPECT_LT((values[1] - in.dy).abs().max().item<double>(), 1e-5);
}

TEST(Winograd, PartsOfThePlanAreIndependent) {
    const Inputs in = random_inputs(32, 32, 32, 8, 8);
    const Values plain = values_with({}, in), all = values_with(everything, in),
                 without_weights = values_with({true, true, false}, in),
                 only_results = values_with({true, false, false}, in);
    EXPECT_TRUE(torch::equal(only_results[0], all[0]));
    EXPECT_TRUE(torch::equal(only_results[1], plain[1]));
    EXPECT_TRUE(torch::equal(without_weights[1], all[1]));
    EXPECT_TRUE(torch::equal(without_weights[2], plain[2]));
    EXPECT_FALSE(torch::equal(all[0], plain[0]));
    EXPECT_FALSE(torch::equal(all[1], plain[1]));
    EXPECT_FALSE(torch::equal(all[2], plain[2]));
}

TEST(Winograd, GivesTheSameBitsWithAnyNumberOfThreads) {
    const Inputs in = random_inputs(9, 64, 32, 14, 14);
    at::set_num_threads(1);
    const Values one = values_with(everything, in);
    at::set_num_threads(3);
    const Values three = values_with(everything, in);
    at::set_num_threads(1);
    for (std::size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(torch::equal(one[i], three[i])) << i;
}

TEST(Winograd, IsOnlyUsedWhereItIsSupportedAndFaster) {
    const auto x = torch::randn({2, 32, 8, 8}), weight = torch::randn({32, 32, 3, 3});
    EXPECT_FALSE(supports_winograd(x, weight));
    const auto x_last = x.contiguous(channels_last);
    EXPECT_TRUE(supports_winograd(x_last, weight));
    EXPECT_FALSE(supports_winograd(x_last.to(torch::kBFloat16), weight));
    EXPECT_FALSE(supports_winograd(x_last, torch::randn({1, 32, 3, 3})));
    EXPECT_FALSE(supports_winograd(x_last, torch::randn({32, 32, 1, 1})));
    // The 5 x 5 positions of an image need four tiles of 4 x 4, and a single image has too few tiles.
    for (const auto& [B, side] : {std::pair{64, 5}, {1, 8}}) {
        const Inputs in = random_inputs(B, 32, 32, side, side);
        EXPECT_TRUE(torch::equal(values_with(everything, in)[0], values_with({}, in)[0])) << side;
    }
}

TEST(Winograd, APlanIsKeptAsText) {
    EXPECT_EQ(to_string(WinogradPlan{}), "");
    EXPECT_EQ(to_string(everything), "results input-gradients weight-gradients");
    for (const WinogradPlan& plan : {WinogradPlan{}, everything, WinogradPlan{true, false, true}})
        EXPECT_EQ(winograd_plan(to_string(plan)), plan);
    EXPECT_EQ(winograd_plan("results something-new"), (WinogradPlan{true, false, false}));
}

/// A run with convolutions for which Winograd's algorithm is used.
RunConfig wide_run() {
    RunConfig config = test::small_run();
    config.unet.base_width = 16;
    config.unet.groups = 8;
    return config;
}

TEST(Winograd, AResumedTrainingGivesTheSameBits) {
    const Execution execution{.threads = 1, .winograd = to_string(everything)};
    Trainer through(wide_run(), test::glyphs(), execution), first(wide_run(), test::glyphs(), execution);
    for (int i = 0; i < 2; ++i) {
        through.step(0.05);
        first.step(0.05);
    }
    Trainer resumed(wide_run(), test::glyphs(), execution);
    resumed.restore(first.state());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(resumed.step(0.05).loss, through.step(0.05).loss);
    EXPECT_TRUE(torch::equal(resumed.state().values, through.state().values));
}

TEST(Winograd, TwoHundredStepsWithAndWithoutItAgree) {
    const RunConfig config = wide_run();
    const auto trained = [&](const WinogradPlan& plan) {
        Trainer trainer(config, test::glyphs(), {.threads = 1, .winograd = to_string(plan)});
        double last = 0;
        for (int i = 0; i < 200; ++i)
            last = i < 150 ? 0 * trainer.step(0.05).loss : last + trainer.step(0.05).loss;
        return last / 50;
    };
    const double plain = trained({});
    const double fast = trained(everything);
    EXPECT_NE(fast, plain);
    EXPECT_NEAR(fast, plain, 0.01 * plain);
}

}  // namespace
}  // namespace denoise
