#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "engine/diffusion/forward_process.h"
#include "engine/diffusion/loss.h"
#include "engine/diffusion/prediction.h"
#include "engine/diffusion/variational_bound.h"
#include "engine/schedule/noised_picture.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

NoiseSchedule linear_1000() {
    return make_schedule({});
}

torch::Tensor constant(double value) {
    return torch::full({1, 1, 1, 1}, value, torch::kFloat64);
}

/// A "network" that always predicts the noise `eps`.
DiffusionModel always(double eps, VarianceKind variance = VarianceKind::beta_tilde) {
    return {[eps](const torch::Tensor& x, const torch::Tensor&) { return torch::full_like(x, eps); },
            linear_1000(), PredictionType::eps, variance};
}

// ------------------------------------------------------------------ computed independently in float64

TEST(VariationalBound, DecoderLikelihoodMatchesTheReference) {
    const auto nats = discretised_log_likelihood(constant(0.5), constant(0.4), constant(-3.0));
    EXPECT_NEAR(nats.item<double>(), -4.781067794, 1e-9);
}

TEST(VariationalBound, PriorTermMatchesTheReference) {
    const NoiseSchedule schedule = linear_1000();
    const double alpha_bar = schedule.alpha_bar.back();
    const auto kl = normal_kl(constant(std::sqrt(alpha_bar)), constant(std::log(1 - alpha_bar)), constant(0),
                              constant(0));
    EXPECT_NEAR(kl.item<double>() / std::numbers::ln2, 2.9113e-5, 1e-9);
}

// ------------------------------------------------------------------ properties

TEST(VariationalBound, DecoderProbabilitiesOfAllBytesSumToOne) {
    const auto bytes = torch::arange(256, torch::kFloat64) / 127.5 - 1;
    for (const double log_sigma : {-5.0, -2.0, 0.0}) {
        const auto sum =
            discretised_log_likelihood(bytes, torch::full_like(bytes, 0.123), constant(log_sigma))
                .exp()
                .sum();
        EXPECT_NEAR(sum.item<double>(), 1.0, 1e-8) << log_sigma;
    }
}

TEST(VariationalBound, KlOfANormalToItselfIsZeroAndElsewherePositive) {
    EXPECT_NEAR(normal_kl(constant(0.3), constant(-1), constant(0.3), constant(-1)).item<double>(), 0, 1e-15);
    EXPECT_GT(normal_kl(constant(0.3), constant(-1), constant(0.4), constant(-1)).item<double>(), 0);
    EXPECT_GT(normal_kl(constant(0.3), constant(-1), constant(0.3), constant(-1.1)).item<double>(), 0);
}

TEST(VariationalBound, OfAPerfectDenoiserIsTheDecoderTermAlone) {
    // The data is one known image, so the best network predicts x_0 and every KL term is zero.
    const auto x0 = torch::tensor({-1.0, -0.2, 0.4, 1.0}).view({1, 1, 2, 2});
    DiffusionModel model = always(0);
    model.prediction = PredictionType::x0;
    model.denoiser = [&](const torch::Tensor&, const torch::Tensor&) { return x0; };
    const VariationalBound bound =
        finish(variational_bound(model, x0, at::make_generator<at::CPUGeneratorImpl>(1)));
    double steps = 0;
    for (std::size_t t = 1; t < bound.terms.size(); ++t) steps += bound.terms[t];
    EXPECT_NEAR(steps, 0, 1e-6);
    EXPECT_GT(bound.terms[0], 0);
    EXPECT_NEAR(bound.total(), bound.prior + bound.terms[0], 1e-6);
}

TEST(VariationalBound, ComputesOneTimestepPerStep) {
    const DiffusionModel model = always(0);
    const auto x0 = torch::zeros({1, 1, 2, 2});
    Work<VariationalBound> work = variational_bound(model, x0, at::make_generator<at::CPUGeneratorImpl>(1));
    for (int done = 1; done <= 3; ++done) {
        ASSERT_TRUE(work.step());
        EXPECT_EQ(work.report().done, done);
        EXPECT_EQ(work.report().total, 1000);
    }
}

torch::Tensor noised(const NoiseSchedule& schedule, const torch::Tensor& x0, const torch::Tensor& eps,
                     int timestep) {
    const ScheduleTables tables(schedule);
    const auto t = torch::tensor({std::int64_t{timestep}});
    return add_noise(x0, eps, at_timesteps(tables.sqrt_alpha_bar, t),
                     at_timesteps(tables.sqrt_one_minus_alpha_bar, t));
}

TEST(ForwardProcess, KeepsUnitVarianceForUnitVarianceData) {
    auto generator = at::make_generator<at::CPUGeneratorImpl>(3);
    const auto x0 = torch::randn({1, 1, 300, 300}, generator),
               eps = torch::randn({1, 1, 300, 300}, generator);
    for (const int t : {0, 259, 500, 999})
        EXPECT_NEAR(noised(linear_1000(), x0, eps, t).var().item<double>(), 1.0, 0.02) << t;
}

TEST(ForwardProcess, MatchesTheNoisedPictureOfTheWindow) {
    const NoiseSchedule schedule = linear_1000();
    const NoisedPicture window(Picture{2, 1, 1, {0, 255}}, 5);
    // At alpha_bar = 0, the picture is the noise.
    const Picture picture = window.x_t(schedule.alpha_bar[100]);
    const auto eps =
        (torch::tensor({double(window.eps().pixels[0]), double(window.eps().pixels[1])}) / 127.5 - 1)
            .view({1, 1, 1, 2});
    const auto x0 = torch::tensor({-1.0, 1.0}).view({1, 1, 1, 2});
    const auto x_t = noised(schedule, x0, eps.to(torch::kFloat32), 100);
    for (int i = 0; i < 2; ++i) {
        ASSERT_LT(std::abs(eps.flatten()[i].item<double>()), 0.99) << "clipped: choose another seed";
        const double byte = std::clamp((x_t.flatten()[i].item<double>() + 1) * 127.5, 0.0, 255.0);
        EXPECT_NEAR(picture.pixels[static_cast<std::size_t>(i)], byte, 1.0);
    }
}

TEST(SimpleLoss, IsOneMeanPerImage) {
    const auto target = torch::zeros({2, 1, 1, 2}),
               prediction = torch::tensor({3.0f, 0.5f, 0.0f, 0.0f}).view({2, 1, 1, 2});
    const auto loss = [&](LossKind kind) { return simple_loss(kind, prediction, target); };
    EXPECT_TRUE(torch::allclose(loss(LossKind::mse), torch::tensor({(9.0f + 0.25f) / 2, 0.0f})));
    EXPECT_TRUE(torch::allclose(loss(LossKind::l1), torch::tensor({1.75f, 0.0f})));
    EXPECT_TRUE(torch::allclose(loss(LossKind::huber), torch::tensor({(2.5f + 0.125f) / 2, 0.0f})));
}

}  // namespace
}  // namespace denoise
