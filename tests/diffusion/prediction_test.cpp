#include "engine/diffusion/prediction.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/diffusion/forward_process.h"

namespace denoise {
namespace {

torch::Tensor constant(double value) {
    return torch::full({1, 1, 1, 1}, value, torch::kFloat64);
}

// Constants computed independently in float64.

TEST(ReverseStep, MatchesTheReferenceAtT500) {
    const NoiseSchedule schedule = make_schedule({});
    const Prediction prediction = read_output(PredictionType::eps, constant(0.3), constant(0.5),
                                              NoiseLevel(schedule.alpha_bar[500]), Clipping::range);
    EXPECT_NEAR(prediction.x0.item<double>(), 0.7597352132, 1e-10);
    EXPECT_NEAR(posterior_mean(prediction.x0, constant(0.5), schedule.posterior_mean_x0[500],
                               schedule.posterior_mean_xt[500])
                    .item<double>(),
                0.4993754890, 1e-10);
}

TEST(ReverseStep, ClipsX0BeforeTheMean) {
    const NoiseSchedule schedule = make_schedule({});
    const Prediction prediction = read_output(PredictionType::eps, constant(0.3), constant(2.0),
                                              NoiseLevel(schedule.alpha_bar[500]), Clipping::range);
    EXPECT_DOUBLE_EQ(prediction.x0.item<double>(), 1.0);
    EXPECT_NEAR(posterior_mean(prediction.x0, constant(2.0), schedule.posterior_mean_x0[500],
                               schedule.posterior_mean_xt[500])
                    .item<double>(),
                1.9912667586, 1e-10);
}

constexpr Clipping kClippings[] = {Clipping::none, Clipping::range, Clipping::dynamic};

class EachPrediction : public testing::TestWithParam<PredictionType> {};

TEST_P(EachPrediction, RestoresImageAndNoise) {
    const double alpha_bar = 0.37;
    const auto x0 = torch::rand({2, 1, 3, 3}, torch::kFloat64) * 2 - 1,
               eps = torch::randn({2, 1, 3, 3}, torch::kFloat64);
    const auto a = torch::full({}, std::sqrt(alpha_bar), torch::kFloat64),
               s = torch::full({}, std::sqrt(1 - alpha_bar), torch::kFloat64);
    const auto x_t = a * x0 + s * eps, output = prediction_target(GetParam(), x0, eps, a, s);
    for (const Clipping clipping : kClippings) {
        const Prediction prediction = read_output(GetParam(), output, x_t, NoiseLevel(alpha_bar), clipping);
        EXPECT_TRUE(torch::allclose(prediction.x0, x0, 1e-9, 1e-9));
        EXPECT_TRUE(torch::allclose(prediction.eps, eps, 1e-9, 1e-9));
    }
}

TEST_P(EachPrediction, X0AndEpsAddUpToXtWithAnyClipping) {
    const double alpha_bar = 0.2;
    const auto x_t = torch::randn({2, 1, 8, 8}, torch::kFloat64) * 3,
               output = torch::randn({2, 1, 8, 8}, torch::kFloat64) * 3;
    for (const Clipping clipping : kClippings) {
        const Prediction prediction = read_output(GetParam(), output, x_t, NoiseLevel(alpha_bar), clipping);
        EXPECT_EQ(prediction.x0.abs().max().item<double>() > 1, clipping == Clipping::none);
        EXPECT_TRUE(
            torch::allclose(std::sqrt(alpha_bar) * prediction.x0 + std::sqrt(1 - alpha_bar) * prediction.eps,
                            x_t, 1e-9, 1e-9));
    }
}

TEST_P(EachPrediction, IsFiniteForPureNoise) {
    const auto x_t = torch::randn({1, 1, 4, 4});
    for (const Clipping clipping : kClippings) {
        const Prediction prediction =
            read_output(GetParam(), torch::randn({1, 1, 4, 4}), x_t, NoiseLevel(0.0), clipping);
        EXPECT_TRUE(prediction.x0.isfinite().all().item<bool>());
        EXPECT_TRUE(prediction.eps.isfinite().all().item<bool>());
    }
}

INSTANTIATE_TEST_SUITE_P(All, EachPrediction,
                         testing::Values(PredictionType::eps, PredictionType::x0, PredictionType::v));

TEST(DynamicThreshold, DividesByTheQuantileOfEachImage) {
    const auto x0 = torch::randn({3, 2, 11, 13}, torch::kFloat64) * 4;
    const auto quantile = torch::quantile(x0.abs().flatten(1), 0.995, 1).view({3, 1, 1, 1});
    EXPECT_TRUE(torch::allclose(dynamic_threshold(x0), torch::clamp(x0 / quantile, -1.0, 1.0), 1e-12, 1e-12));
}

TEST(DynamicThreshold, OnlyClipsImagesWithinTheRange) {
    auto x0 = torch::rand({1, 1, 20, 20}) * 2 - 1;
    x0[0][0][3][3] = 7;  // one pixel of 400 is above the quantile
    EXPECT_TRUE(torch::equal(dynamic_threshold(x0), x0.clamp(-1, 1)));
}

TEST(DynamicThreshold, SupportsASinglePixel) {
    EXPECT_DOUBLE_EQ(dynamic_threshold(constant(-3)).item<double>(), -1);
    EXPECT_DOUBLE_EQ(dynamic_threshold(constant(0.5)).item<double>(), 0.5);
}

}  // namespace
}  // namespace denoise
