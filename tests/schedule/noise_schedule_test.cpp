#include "engine/schedule/noise_schedule.h"

#include <cmath>

#include "engine/schedule/spacing.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

// The constants come from outside this project: from the papers' own programs, recomputed in double
// precision. Each is compared to as many digits as it has.

NoiseSchedule schedule(ScheduleKind kind, int timesteps = 1000, bool scale_ends = true) {
    return make_schedule({.schedule = kind, .timesteps = timesteps, .scale_ends = scale_ends});
}

void expect_close(double value, double reference, double relative = 1e-9) {
    EXPECT_NEAR(value, reference, std::abs(reference) * relative);
}

TEST(LinearSchedule, AlphaBarOfHoEtAl) {
    const NoiseSchedule linear = schedule(ScheduleKind::linear);
    expect_close(linear.alpha_bar[0], 0.9999);
    expect_close(linear.alpha_bar[1], 0.999780092072, 1e-12);
    expect_close(linear.alpha_bar[499], 0.0785872428818, 1e-11);
    expect_close(linear.alpha_bar[999], 4.03582976538e-5, 1e-11);
    EXPECT_EQ(linear.beta.front(), 1e-4);
    EXPECT_DOUBLE_EQ(linear.beta.back(), 0.02);
}

TEST(LinearSchedule, PosteriorVariance) {
    const NoiseSchedule linear = schedule(ScheduleKind::linear);
    EXPECT_EQ(linear.beta_tilde[0], 0.0);
    expect_close(linear.beta_tilde[1], 5.453187661e-5);
    expect_close(linear.beta_tilde[487], 0.00979157, 1e-6);
    expect_close(linear.beta_tilde[999], 0.0199999835, 2.5e-9);
    expect_close(linear.log_beta_tilde_clipped[0], -9.8167251, 1e-8);  // index 1 in its place
    expect_close(linear.log_beta_tilde_clipped[1], -9.8167251, 1e-8);
}

TEST(LinearSchedule, PosteriorMeanCoefficients) {
    const NoiseSchedule linear = schedule(ScheduleKind::linear);
    expect_close(linear.posterior_mean_x0[500], 0.003058057076);
    expect_close(linear.posterior_mean_xt[500], 0.9941043508);
    EXPECT_NEAR(linear.posterior_mean_x0[0], 1.0, 1e-11);
    EXPECT_EQ(linear.posterior_mean_xt[0], 0.0);
}

TEST(LinearSchedule, AlphaBarBeforeIndexZeroIsOne) {
    const NoiseSchedule linear = schedule(ScheduleKind::linear);
    EXPECT_EQ(linear.alpha_bar_prev[0], 1.0);
    for (int t = 1; t < 1000; ++t) EXPECT_EQ(linear.alpha_bar_prev[t], linear.alpha_bar[t - 1]);
}

TEST(LinearSchedule, SignalFallsBelowNoiseAt259) {
    const NoiseSchedule linear = schedule(ScheduleKind::linear);
    EXPECT_GE(linear.snr(258), 1.0);
    EXPECT_LT(linear.snr(259), 1.0);
}

TEST(LinearSchedule, PriorTermInBitsPerDimension) {
    // L_T = KL(N(sqrt(ab) x0, 1 - ab) || N(0, 1)) for |x0| = 1, in bits.
    const double ab = schedule(ScheduleKind::linear).alpha_bar[999];
    const double nats = 0.5 * (-std::log(1 - ab) + (1 - ab) + ab - 1);
    expect_close(nats / std::log(2.0), 2.9113e-5, 2e-5);
}

TEST(LinearSchedule, OneAncestralStepAt500) {
    const NoiseSchedule linear = schedule(ScheduleKind::linear);
    const double ab = linear.alpha_bar[500], eps = 0.3;
    const auto x0_of = [&](double x) { return (x - std::sqrt(1 - ab) * eps) / std::sqrt(ab); };
    const auto mean_of = [&](double x, double x0) {
        return linear.posterior_mean_x0[500] * x0 + linear.posterior_mean_xt[500] * x;
    };
    expect_close(x0_of(0.5), 0.7597352132);
    expect_close(mean_of(0.5, x0_of(0.5)), 0.4993754890);
    expect_close(mean_of(2.0, std::min(x0_of(2.0), 1.0)), 1.9912667586);
    const double before = linear.alpha_bar[480];
    expect_close(std::sqrt(before) * x0_of(0.5) + std::sqrt(1 - before) * eps, 0.5194194050);
}

TEST(LinearSchedule, VarianceOfASparseStepFollowsFromTheRatios) {
    // DDIM with eta = 1 over a step from t to t' has the posterior variance of the respaced schedule.
    const NoiseSchedule linear = schedule(ScheduleKind::linear);
    const auto variance = [&](int t, int before) { return respace(linear, {before, t}).beta_tilde[1]; };
    expect_close(variance(420, 400), 0.1477195, 1e-6);
    expect_close(variance(980, 960), 0.3246052, 1e-6);
}

TEST(LinearSchedule, UnscaledEndsLeaveSignalInShortSchedules) {
    const auto last = [](int T) { return schedule(ScheduleKind::linear, T, false).alpha_bar.back(); };
    EXPECT_NEAR(last(300), 0.0481, 5e-5);
    EXPECT_NEAR(last(200), 0.1322, 5e-5);
    EXPECT_NEAR(last(50), 0.603, 5e-4);
    for (const int T : {50, 200, 300, 4000})
        EXPECT_LT(schedule(ScheduleKind::linear, T).alpha_bar.back(), 1e-4) << T;
}

TEST(CosineSchedule, ConstantsOfNicholAndDhariwal) {
    const NoiseSchedule cosine = schedule(ScheduleKind::cosine);
    expect_close(cosine.beta[0], 4.128422e-5, 2e-7);
    expect_close(cosine.alpha_bar[499], 0.493843590441, 1e-11);
    expect_close(cosine.alpha_bar[999], 2.4288e-9, 2e-5);
    expect_close(std::sqrt(1 / cosine.alpha_bar[999] - 1), 20291, 3e-5);
    for (int t = 0; t < 999; ++t) EXPECT_LT(cosine.beta[t], 0.999);
    EXPECT_EQ(cosine.beta[999], 0.999);  // the last one alone is capped
}

TEST(SigmoidSchedule, IsHalfWayInTheMiddle) {
    expect_close(schedule(ScheduleKind::sigmoid).alpha_bar[499], 0.5);
}

TEST(QuadraticSchedule, TheRootsOfBetaGrowEvenly) {
    const NoiseSchedule quadratic = schedule(ScheduleKind::quadratic);
    expect_close(quadratic.beta.front(), 1e-4);
    expect_close(quadratic.beta.back(), 0.02);
    const double step = (std::sqrt(0.02) - std::sqrt(1e-4)) / 999;
    for (int t = 1; t < 1000; ++t)
        EXPECT_NEAR(std::sqrt(quadratic.beta[t]) - std::sqrt(quadratic.beta[t - 1]), step, 1e-12);
}

TEST(SigmoidBetaSchedule, BetaIsASigmoidOfItsEnds) {
    const NoiseSchedule s = schedule(ScheduleKind::sigmoid_beta);
    const double low = 1 / (1 + std::exp(6.0));
    expect_close(s.beta.front(), low * (0.02 - 1e-4) + 1e-4);
    expect_close(s.beta.back(), (1 - low) * (0.02 - 1e-4) + 1e-4);
    expect_close((s.beta[499] + s.beta[500]) / 2, (0.02 + 1e-4) / 2);
}

TEST(LaplaceSchedule, HasAsMuchSignalAsNoiseInTheMiddle) {
    const NoiseSchedule s = schedule(ScheduleKind::laplace);
    // The curve starts at log SNR = -0.5 log(1e-6), not at no noise at all; alpha_bar is relative to that.
    const double start = 1 / (1 + std::exp(0.5 * std::log(1e-6)));
    EXPECT_NEAR(s.alpha_bar[499] * start, 0.5, 1e-6);
    const double log_snr_at_quarter = -0.5 * std::log(0.5 + 1e-6);
    EXPECT_NEAR(s.alpha_bar[249] * start, 1 / (1 + std::exp(-log_snr_at_quarter)), 1e-9);
}

TEST(ZeroTerminalSnr, EndsInPureNoiseAndKeepsTheStart) {
    for (const ScheduleKind kind : {ScheduleKind::linear, ScheduleKind::quadratic, ScheduleKind::cosine}) {
        const NoiseSchedule before = schedule(kind);
        const NoiseSchedule s = make_schedule({.schedule = kind, .zero_terminal_snr = true});
        EXPECT_EQ(s.alpha_bar.back(), 0.0);
        expect_close(s.alpha_bar.front(), before.alpha_bar.front());
        // sqrt(alpha_bar) is shifted and scaled as a whole (Lin et al. 2023, alg. 1).
        const double root0 = std::sqrt(before.alpha_bar[0]), rootT = std::sqrt(before.alpha_bar[999]);
        EXPECT_NEAR(std::sqrt(s.alpha_bar[500]),
                    (std::sqrt(before.alpha_bar[500]) - rootT) * root0 / (root0 - rootT), 1e-10);
        for (const double value : s.posterior_mean_x0) EXPECT_TRUE(std::isfinite(value));
    }
}

class EverySchedule : public testing::TestWithParam<std::tuple<ScheduleKind, int>> {};

TEST_P(EverySchedule, LosesSignalMonotonicallyAndHasFiniteTables) {
    const auto [kind, timesteps] = GetParam();
    const NoiseSchedule s = schedule(kind, timesteps);
    ASSERT_EQ(s.timesteps(), timesteps);
    for (int t = 0; t < timesteps; ++t) {
        EXPECT_GT(s.beta[t], 0);
        EXPECT_LT(s.beta[t], 1);
        EXPECT_LT(s.alpha_bar[t], s.alpha_bar_prev[t]);
        EXPECT_LE(s.beta_tilde[t], s.beta[t]);
        EXPECT_TRUE(std::isfinite(s.log_beta_tilde_clipped[t]));
        // mu_tilde keeps the scale: for eps = 0, x_t = sqrt(ab_t) x0 leads to sqrt(ab_{t-1}) x0.
        EXPECT_NEAR(s.posterior_mean_x0[t] + s.posterior_mean_xt[t] * std::sqrt(s.alpha_bar[t]),
                    std::sqrt(s.alpha_bar_prev[t]), 1e-11);
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EverySchedule,
                         testing::Combine(testing::Values(ScheduleKind::linear, ScheduleKind::cosine,
                                                          ScheduleKind::quadratic, ScheduleKind::sigmoid,
                                                          ScheduleKind::sigmoid_beta, ScheduleKind::laplace,
                                                          ScheduleKind::drawn),
                                          testing::Values(2, 10, 300, 1000, 4000)),
                         [](const auto& param) {
                             return std::string(name_of(std::get<0>(param.param))) + "_" +
                                    std::to_string(std::get<1>(param.param));
                         });

TEST(Respacing, AllTimestepsGiveTheScheduleBack) {
    const NoiseSchedule linear = schedule(ScheduleKind::linear, 100);
    std::vector<int> all(100);
    for (int t = 0; t < 100; ++t) all[t] = t;
    const NoiseSchedule same = respace(linear, all);
    for (int t = 0; t < 100; ++t) expect_close(same.beta[t], linear.beta[t]);
}

TEST(Respacing, KeepsAlphaBarOfTheTimestepsVisited) {
    const NoiseSchedule linear = schedule(ScheduleKind::linear);
    const std::vector<int> visited{0, 99, 500, 999};
    const NoiseSchedule sparse = respace(linear, visited);
    for (std::size_t i = 0; i < visited.size(); ++i)
        expect_close(sparse.alpha_bar[i], linear.alpha_bar[visited[i]]);
}

TEST(SpacedTimesteps, TenOfAThousand) {
    EXPECT_THAT(spaced_timesteps(make_schedule({}), 10, Spacing::leading),
                testing::ElementsAre(900, 800, 700, 600, 500, 400, 300, 200, 100, 0));
    EXPECT_THAT(spaced_timesteps(make_schedule({}), 10, Spacing::linspace),
                testing::ElementsAre(999, 888, 777, 666, 555, 444, 333, 222, 111, 0));
    EXPECT_THAT(spaced_timesteps(make_schedule({}), 10, Spacing::trailing),
                testing::ElementsAre(999, 899, 799, 699, 599, 499, 399, 299, 199, 99));
}

TEST(SpacedTimesteps, KarrasFollowsTheNoiseLevelsOfEdm) {
    const NoiseSchedule schedule = make_schedule({});
    EXPECT_THAT(spaced_timesteps(schedule, 10, Spacing::karras),
                testing::ElementsAre(999, 937, 864, 775, 663, 511, 301, 102, 18, 0));
}

TEST(SpacedTimesteps, KarrasTakesAScheduleWithoutSignalAtItsEnd) {
    const NoiseSchedule schedule = make_schedule({.zero_terminal_snr = true});
    const std::vector<int> timesteps = spaced_timesteps(schedule, 10, Spacing::karras);
    EXPECT_EQ(timesteps.front(), 999);
    EXPECT_EQ(timesteps.back(), 0);
}

TEST(SpacedTimesteps, EveryCountIsStrictlyDecreasingAndInRange) {
    const NoiseSchedule schedule = make_schedule({.timesteps = 97});
    for (const NamedValue<Spacing>& spacing : names_of<Spacing>)
        for (int steps = 1; steps <= 97; ++steps) {
            const std::vector<int> timesteps = spaced_timesteps(schedule, steps, spacing.value);
            ASSERT_EQ(timesteps.size(), static_cast<std::size_t>(steps));
            EXPECT_LE(timesteps.front(), 96);
            EXPECT_GE(timesteps.back(), 0);
            for (std::size_t i = 1; i < timesteps.size(); ++i) EXPECT_LT(timesteps[i], timesteps[i - 1]);
        }
}

TEST(SpacedTimesteps, RefusesNoStepsAndTooManySteps) {
    EXPECT_THROW(spaced_timesteps(make_schedule({.timesteps = 10}), 0, Spacing::leading), Error);
    EXPECT_THROW(spaced_timesteps(make_schedule({.timesteps = 10}), 11, Spacing::leading), Error);
}

TEST(NoiseSchedule, AnErrorCarriesTheKeyOfItsSetting) {
    EXPECT_EQ(test::error_of([] { make_schedule({.timesteps = 1}); }).setting, "timesteps");
    EXPECT_EQ(test::error_of([] { make_schedule({.beta_start = 0.0}); }).setting, "beta_start");
    EXPECT_EQ(test::error_of([] { make_schedule({.beta_end = -1.0}); }).setting, "beta_end");
    EXPECT_EQ(test::error_of([] { schedule_from_betas({1.0, 0.1}); }).setting, "");
}

TEST(NoiseSchedule, RefusesWhatIsNoSchedule) {
    EXPECT_THROW(make_schedule({.timesteps = 1}), Error);
    EXPECT_THROW(make_schedule({.timesteps = -5}), Error);
    EXPECT_THROW(make_schedule({.beta_start = 0.0}), Error);
    EXPECT_THROW(make_schedule({.beta_start = std::nan("")}), Error);
    EXPECT_THROW(schedule_from_betas({1.0, 0.1}), Error);
}

}  // namespace
}  // namespace denoise
