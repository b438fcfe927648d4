#include "engine/sampling/editing.h"

#include <gmock/gmock.h>

#include <cmath>

#include "engine/base/error.h"
#include "engine/schedule/spacing.h"
#include "tests/support/gaussian_toy.h"

namespace denoise {
namespace {

test::GaussianToy toy() {
    return {.mean = 0.1, .deviation = 0.3, .schedule = make_schedule({})};
}

SamplerPlan plan_of(int steps) {
    return {spaced_timesteps(make_schedule({}), steps, Spacing::trailing)};
}

double alpha_bar_at(const SamplerPlan& plan, int i) {
    return toy().schedule.alpha_bar[static_cast<std::size_t>(plan.timesteps[static_cast<std::size_t>(i)])];
}

torch::Tensor decode(const DiffusionModel& model, const SamplerPlan& plan, SamplerState start) {
    const std::int64_t count = start.x.size(0);
    return finish(sample(solver_named("ddim"), model, plan, std::move(start), StepNoise(0, count)));
}

TEST(EncodeDdim, CanBeDecodedToTheImage) {
    const auto x0 = 0.1 + 0.3 * torch::randn({2, 1, 4, 4}, torch::kFloat64);
    const auto error = [&](int steps) {
        const auto x_T = finish(encode_ddim(toy().model(), plan_of(steps), x0));
        return (decode(toy().model(), plan_of(steps), {0, x_T}) - x0).abs().max().item<double>();
    };
    EXPECT_LT(error(50), 0.02);
    EXPECT_LT(error(200), error(50) / 4);
}

TEST(EncodeDdim, ComputesTheNoiseOfTheExactFlow) {
    const auto x0 = 0.1 + 0.3 * torch::randn({2, 1, 4, 4}, torch::kFloat64);
    const auto x_T = finish(encode_ddim(toy().model(), plan_of(1000), x0));
    const auto exact = toy().mean_at(999) + (x0 - 0.1) / 0.3 * std::sqrt(toy().variance_at(999));
    EXPECT_LT((x_T - exact).abs().max().item<double>(), 0.05);
}

TEST(EncodeDdim, CanBeDecodedFromAnyStep) {
    const auto x0 = 0.1 + 0.3 * torch::randn({1, 1, 4, 4}, torch::kFloat64);
    const SamplerPlan plan = plan_of(50);
    std::vector<int> seen;
    finish<torch::Tensor, Step>(encode_ddim(toy().model(), plan, x0), [&](const Step& step) {
        seen.push_back(step.t);
        EXPECT_TRUE(torch::allclose(decode(toy().model(), plan, {step.i, step.x_t}), x0, 0, 0.02)) << step.t;
    });
    EXPECT_THAT(seen, testing::ElementsAreArray(plan.timesteps.rbegin(), plan.timesteps.rend()));
}

TEST(Slerp, InterpolatesAndKeepsTheVarianceOfNoise) {
    const StepNoise noise(3, 2);
    const auto a = noise.initial({3, 32, 32}), b = noise.at_step(0, {3, 32, 32});
    EXPECT_TRUE(torch::allclose(slerp(a, b, 0), a));
    EXPECT_TRUE(torch::allclose(slerp(a, b, 1), b));
    EXPECT_NEAR(slerp(a, b, 0.5).std().item<double>(), 1, 0.03);  // a straight line would give .71
    EXPECT_TRUE(torch::allclose(slerp(a, a, 0.3), a));
    EXPECT_TRUE(slerp(torch::zeros_like(a), b, 0.3).isfinite().all().item<bool>());
}

TEST(Inpaint, KeepsTheKnownPixelsAndFillsTheOthers) {
    const auto known = torch::full({64, 1, 4, 4}, 0.7);
    auto mask = torch::zeros({1, 1, 4, 4});
    mask.slice(3, 0, 2).fill_(1);
    const StepNoise noise(1, 64);
    const auto x0 =
        finish(inpaint(toy().model(), plan_of(100), noise.initial({1, 4, 4}), known, mask, noise, {10, 2}));
    EXPECT_TRUE(torch::equal(x0.slice(3, 0, 2), known.slice(3, 0, 2)));
    EXPECT_NEAR(x0.slice(3, 2, 4).mean().item<double>(), 0.1, 0.05);
    EXPECT_NEAR(x0.slice(3, 2, 4).std().item<double>(), 0.3, 0.05);
}

TEST(Inpaint, EachStepHasTheNoiseOfItsTimestepAfterEveryJump) {
    // All pixels are known to be 0, so x_t must be N(0, 1 - alpha_bar_t) in every evaluation of the network.
    const SamplerPlan plan = plan_of(8);
    const StepNoise noise(1, 64);
    std::vector<int> seen;
    finish<torch::Tensor, Step>(inpaint(toy().model(), plan, noise.initial({1, 16, 16}),
                                        torch::zeros({64, 1, 16, 16}), torch::ones({1}), noise, {4, 3}),
                                [&](const Step& step) {
                                    seen.push_back(step.i);
                                    const double deviation = std::sqrt(1 - alpha_bar_at(plan, step.i));
                                    EXPECT_NEAR(step.x_t.std().item<double>() / deviation, 1, 0.03) << step.t;
                                });
    EXPECT_THAT(seen, testing::ElementsAre(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,  //
                                           4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7));
}

TEST(Inpaint, OfAnImageDependsOnlyOnTheSeed) {
    const auto paint = [](std::int64_t count) {
        const StepNoise noise(6, count);
        return finish(inpaint(toy().model(), plan_of(10), noise.initial({1, 4, 4}),
                              torch::zeros({1, 1, 4, 4}), torch::eye(4), noise, {5, 2}));
    };
    EXPECT_TRUE(torch::equal(paint(2), paint(3).slice(0, 0, 2)));
}

TEST(Inpaint, RefusesRepetitionsWithoutStepsOrPasses) {
    const auto x = torch::zeros({1, 1, 2, 2});
    const StepNoise noise(1, 1);
    EXPECT_THROW(finish(inpaint(toy().model(), plan_of(4), x, x, x, noise, {0, 1})), Error);
    EXPECT_THROW(finish(inpaint(toy().model(), plan_of(4), x, x, x, noise, {1, 0})), Error);
}

TEST(Branch, DiffersFromAStepOnOnlyWithAnotherSeed) {
    const SamplerPlan plan = plan_of(20);
    for (const std::string solver : {"ddpm", "dpmpp-2m-sde"}) {
        const auto start = [&](SamplerState state, const StepNoise& noise) {
            return sample(solver_named(solver), toy().model(), plan, std::move(state), noise);
        };
        const StepNoise noise(1, 2);
        SamplerState middle;
        const auto whole =
            finish<torch::Tensor, Step>(start({0, noise.initial({1, 4, 4})}, noise), [&](const Step& step) {
                if (step.i == 10) middle = step.state();
            });
        EXPECT_TRUE(torch::equal(finish(start(middle, noise)), whole));
        const auto branches = finish(start(branch(middle, 1, 3), StepNoise(2, 3)));
        ASSERT_EQ(branches.size(0), 3);
        for (int k = 0; k < 3; ++k) EXPECT_FALSE(torch::allclose(branches[k], whole[1], 0.01, 0.01));
        EXPECT_FALSE(torch::allclose(branches[0], branches[1], 0.01, 0.01));
        const auto first =
            finish(start(branch(middle, 0, 1), StepNoise(1, 1)));  // image 0 gets the same noise
        EXPECT_TRUE(torch::allclose(first[0], whole[0], 1e-6, 1e-6));
    }
}

}  // namespace
}  // namespace denoise
