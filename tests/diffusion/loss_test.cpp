#include "engine/diffusion/loss.h"

#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/error.h"
#include "engine/diffusion/guidance.h"
#include "engine/diffusion/timestep_sampler.h"
#include "engine/diffusion/variational_bound.h"

namespace denoise {
namespace {

torch::Tensor numbers(std::vector<double> values) {
    return torch::tensor(std::move(values), torch::kFloat64);
}

// ------------------------------------------------------------------ timesteps by log SNR

TEST(LogSnrSampling, GivesLogSnrANormalDistributionAroundZero) {
    for (const ScheduleKind kind : {ScheduleKind::cosine, ScheduleKind::linear}) {
        const auto snr = ScheduleTables(make_schedule({.schedule = kind})).snr.to(torch::kFloat64);
        const auto p = log_snr_probabilities(snr), log_snr = snr.clamp_min(1e-12).log();
        EXPECT_NEAR(p.sum().item<double>(), 1, 1e-12);
        EXPECT_GE(p.min().item<double>(), 0);
        const double mean = (p * log_snr).sum().item<double>();
        EXPECT_NEAR(mean, 0, 0.05);
        EXPECT_NEAR((p * (log_snr - mean).square()).sum().item<double>(), 4, 0.3);
    }
}

TEST(LogSnrSampling, DoesNotCollectTheTailsOfTheDistributionAtTheEnds) {
    // The schedule of the Annotated Diffusion Model ends at a log SNR of about -3.
    const auto p = log_snr_probabilities(
        ScheduleTables(
            make_schedule({.schedule = ScheduleKind::linear, .timesteps = 300, .scale_ends = false}))
            .snr);
    EXPECT_NEAR(p.sum().item<double>(), 1, 1e-12);
    EXPECT_LT(p[299].item<double>(), 1.1 * p[298].item<double>());
    EXPECT_LT(p[0].item<double>(), 1.1 * p[1].item<double>());
}

TEST(LogSnrSampling, ReachesTheLossWithoutWeights) {
    const NoiseSchedule schedule = make_schedule({.schedule = ScheduleKind::cosine});
    const Loss loss(schedule, {.timestep_sampling = TimestepSampling::log_snr});
    at::Generator generator = at::detail::createCPUGenerator(4);
    const auto x0 = torch::zeros({4000, 1, 1, 1});
    const auto network = [](const torch::Tensor& x_t, const torch::Tensor&, const torch::Tensor&) {
        return x_t;
    };
    const ImageLosses losses = loss(network, x0, {}, generator);
    EXPECT_FALSE(losses.weight.defined());
    const auto log_snr = ScheduleTables(schedule).snr.index_select(0, losses.t).log();
    EXPECT_NEAR(log_snr.mean().item<double>(), 0, 0.02);
    EXPECT_NEAR(log_snr.std().item<double>(), 2, 0.05);
}

// ------------------------------------------------------------------ loss weights

TEST(MinSnr, WeightsMatchTheFormulas) {
    const auto snr = numbers({0.5, 5, 20});
    EXPECT_TRUE(torch::allclose(min_snr_weights(PredictionType::eps, snr, 5), numbers({1, 1, 0.25})));
    EXPECT_TRUE(torch::allclose(min_snr_weights(PredictionType::x0, snr, 5), numbers({0.5, 5, 5})));
    EXPECT_TRUE(
        torch::allclose(min_snr_weights(PredictionType::v, snr, 5), numbers({0.5 / 1.5, 5.0 / 6, 5.0 / 21})));
}

TEST(MinSnr, IsTheSameObjectiveForEveryTarget) {
    // |eps error|^2 = S |x0 error|^2 and |v error|^2 = (S + 1) |x0 error|^2, so the weights have those
    // ratios.
    const auto snr = numbers({1e-3, 0.7, 3, 100});
    const auto x0 = min_snr_weights(PredictionType::x0, snr, 5);
    EXPECT_TRUE(torch::allclose(min_snr_weights(PredictionType::eps, snr, 5) * snr, x0));
    EXPECT_TRUE(torch::allclose(min_snr_weights(PredictionType::v, snr, 5) * (snr + 1), x0));
}

TEST(MinSnr, WeightForEpsIsOneAtPureNoise) {
    EXPECT_EQ(min_snr_weights(PredictionType::eps, numbers({0}), 5).item<double>(), 1);
}

// ------------------------------------------------------------------ importance sampling of t

LossSecondMomentSampler warmed(const std::vector<double>& losses) {
    LossSecondMomentSampler sampler(static_cast<int>(losses.size()));
    const auto t = torch::arange(static_cast<std::int64_t>(losses.size()));
    for (int i = 0; i < LossSecondMomentSampler::history_length; ++i)
        sampler.note(t, torch::tensor(losses).to(torch::kFloat32));
    return sampler;
}

TEST(LossSecondMoment, IsUniformUntilEveryTimestepHasTenLosses) {
    LossSecondMomentSampler sampler(4);
    const auto t = torch::arange(4);
    for (int i = 0; i < 9; ++i) sampler.note(t, torch::tensor({1.f, 2.f, 3.f, 4.f}));
    EXPECT_FALSE(sampler.warmed_up());
    EXPECT_TRUE(torch::allclose(sampler.probabilities(), numbers({0.25, 0.25, 0.25, 0.25})));
    sampler.note(t, torch::tensor({1.f, 2.f, 3.f, 4.f}));
    EXPECT_TRUE(sampler.warmed_up());
}

TEST(LossSecondMoment, DrawsInProportionToTheRootOfTheSecondMoment) {
    const auto p = warmed({1, 2, 3, 4}).probabilities();
    EXPECT_TRUE(torch::allclose(p, numbers({0.1, 0.2, 0.3, 0.4}) * 0.999 + 0.25 * 0.001));
    EXPECT_NEAR(p.sum().item<double>(), 1, 1e-12);
}

TEST(LossSecondMoment, KeepsOnlyTheLastTenLosses) {
    LossSecondMomentSampler sampler = warmed({9, 9});
    for (int i = 0; i < 10; ++i) sampler.note(torch::arange(2), torch::tensor({1.f, 3.f}));
    EXPECT_TRUE(torch::allclose(sampler.probabilities(), numbers({0.25, 0.75}) * 0.999 + 0.5 * 0.001));
}

TEST(LossSecondMoment, WeightsMakeTheMeanLossUniformAgain) {
    const std::vector<double> losses = {0.5, 1, 2, 8};
    const LossSecondMomentSampler sampler = warmed(losses);
    // Evenly spaced u represent the whole distribution.
    const auto u = (torch::arange(100000, torch::kFloat64) + 0.5) / 100000;
    const auto drawn = sampler.draw(u);
    const auto loss = torch::tensor(losses).to(torch::kFloat32).index_select(0, drawn.t);
    EXPECT_NEAR((loss * drawn.weight).mean().item<double>(), 11.5 / 4, 1e-3);
    const auto counts = torch::bincount(drawn.t, {}, 4).to(torch::kFloat64) / 100000;
    EXPECT_TRUE(torch::allclose(counts, sampler.probabilities(), 1e-3, 1e-4));
}

// ------------------------------------------------------------------ learned variance

ScheduleTables linear_tables() {
    return ScheduleTables(make_schedule({}));
}

torch::Tensor log_variance_at(const ScheduleTables& tables, const torch::Tensor& t, const torch::Tensor& v) {
    return learned_log_variance(v, at_timesteps(tables.log_beta, t), at_timesteps(tables.log_beta_tilde, t));
}

TEST(LearnedVariance, GoesFromBetaTildeToBeta) {
    const ScheduleTables tables = linear_tables();
    const auto t = torch::tensor({std::int64_t{487}});
    const auto at = [&](double v) {
        return log_variance_at(tables, t, torch::full({1, 1, 1, 1}, v)).item<double>();
    };
    EXPECT_NEAR(at(-1), std::log(0.00979157), 1e-6);
    EXPECT_NEAR(at(1), std::log(make_schedule({}).beta[487]), 1e-12);
    EXPECT_NEAR(at(0), (at(-1) + at(1)) / 2, 1e-12);
}

TEST(LearnedVariance, LogVariancesOfIndexZeroAreLogBetaTildeOfIndexOne) {
    const ScheduleTables tables = linear_tables();
    EXPECT_NEAR(tables.log_beta_tilde[0].item<double>(), -9.8167251, 1e-7);
    EXPECT_NEAR(tables.log_beta[0].item<double>(), -9.8167251, 1e-7);
}

TEST(LearnedVariance, TheBoundIsSmallestAtTheTrueVariance) {
    // The mean is exact, so the KL term has its minimum, zero, where p has the posterior's variance: v = -1.
    const ScheduleTables tables = linear_tables();
    const auto t = torch::tensor({std::int64_t{300}});
    const auto x0 = torch::full({1, 1, 2, 2}, 0.3), x_t = torch::full({1, 1, 2, 2}, 0.1);
    const auto term = [&](double v) {
        return bound_terms(tables, x0, x_t, t, x0, log_variance_at(tables, t, torch::full({1, 1, 2, 2}, v)))
            .item<double>();
    };
    EXPECT_NEAR(term(-1), 0, 1e-12);
    EXPECT_GT(term(-0.9), term(-1));
    EXPECT_GT(term(-1.1), term(-1));
}

TEST(LearnedVariance, ABatchOfTimestepsHasTheTermsOfEach) {
    const ScheduleTables tables = linear_tables();
    auto generator = at::make_generator<at::CPUGeneratorImpl>(1);
    const auto x0 = torch::rand({3, 1, 4, 4}, generator) * 2 - 1, x_t = torch::randn({3, 1, 4, 4}, generator),
               found = torch::rand({3, 1, 4, 4}, generator) * 2 - 1,
               v = torch::rand({3, 1, 4, 4}, generator) * 2 - 1;
    const auto t = torch::tensor({std::int64_t{0}, std::int64_t{1}, std::int64_t{700}});
    const auto together = bound_terms(tables, x0, x_t, t, found, log_variance_at(tables, t, v));
    for (int k = 0; k < 3; ++k) {
        const auto one = [k](const torch::Tensor& all) { return all.narrow(0, k, 1); };
        const auto alone = bound_terms(tables, one(x0), one(x_t), one(t), one(found),
                                       log_variance_at(tables, one(t), one(v)));
        EXPECT_NEAR(alone.item<double>(), together[k].item<double>(), 1e-9) << k;
    }
}

// ------------------------------------------------------------------ guidance

/// Returns the label everywhere, 100 for the unlabelled row 5, and counts the calls.
ConditionalDenoiser echo(int& calls) {
    return [&calls](const torch::Tensor& x_t, const torch::Tensor&, const torch::Tensor& labels) {
        ++calls;
        const auto said = torch::where(labels == 5, 100, labels).to(torch::kFloat32);
        return said.view({-1, 1, 1, 1}).expand_as(x_t).contiguous();
    };
}

TEST(Guidance, ExtrapolatesFromTheUnlabelledThroughTheLabelledOutputInOneCall) {
    int calls = 0;
    const auto denoiser =
        guided(echo(calls), torch::tensor({std::int64_t{1}, std::int64_t{4}}), {3.0, 0.0, 5});
    const auto answer = denoiser(torch::zeros({2, 1, 2, 2}), torch::zeros({2}, torch::kInt64));
    EXPECT_EQ(calls, 1);
    EXPECT_FLOAT_EQ(answer[0][0][0][0].item<float>(), 100 + 3 * (1 - 100));
    EXPECT_FLOAT_EQ(answer[1][0][1][1].item<float>(), 100 + 3 * (4 - 100));
}

TEST(Guidance, OfScaleOneIsTheLabelledOutput) {
    int calls = 0;
    const auto denoiser = guided(echo(calls), torch::tensor({std::int64_t{3}}), {1.0, 0.0, -1});
    EXPECT_FLOAT_EQ(denoiser(torch::zeros({1, 1, 1, 1}), torch::zeros({1}, torch::kInt64)).item<float>(), 3);
    EXPECT_EQ(calls, 1);
}

TEST(Guidance, NeedsAModelThatWasAlsoTrainedWithoutLabels) {
    int calls = 0;
    EXPECT_THROW(guided(echo(calls), torch::tensor({std::int64_t{3}}), {2.0, 0.0, -1}), Error);
}

TEST(Guidance, FullRescaleRestoresTheContrastOfTheLabelledOutput) {
    const auto pattern = torch::tensor({-1.f, 1.f, 2.f, -2.f}).view({1, 1, 2, 2});
    const ConditionalDenoiser network = [&](const torch::Tensor&, const torch::Tensor&,
                                            const torch::Tensor& labels) {
        return torch::where((labels == 1).view({-1, 1, 1, 1}), -0.5 * pattern, pattern);
    };
    const auto denoiser = guided(network, torch::tensor({std::int64_t{0}}), {4.0, 1.0, 1});
    const auto answer = denoiser(torch::zeros({1, 1, 2, 2}), torch::zeros({1}, torch::kInt64));
    EXPECT_NEAR(answer.std().item<double>(), pattern.std().item<double>(), 1e-5);
}

}  // namespace
}  // namespace denoise
