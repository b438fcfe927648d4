#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "engine/base/cancelled.h"
#include "engine/diffusion/forward_process.h"
#include "engine/diffusion/noised_picture.h"
#include "engine/diffusion/objective.h"
#include "engine/diffusion/prediction.h"
#include "engine/diffusion/samplers.h"
#include "engine/diffusion/variational_bound.h"
#include "tests/engine/helpers.h"

namespace denoise {
namespace {

NoiseSchedule linear_1000() {
    return make_schedule({});
}

torch::Tensor constant(double value) {
    return torch::full({1, 1, 1, 1}, value, torch::kFloat64);
}

/// A "network" that always finds the noise `eps`.
DiffusionModel always(double eps, VarianceKind variance = VarianceKind::beta_tilde) {
    return {[eps](const torch::Tensor& x, const torch::Tensor&) { return torch::full_like(x, eps); },
            linear_1000(), Prediction::eps, variance};
}

// ------------------------------------------------------------------ constants recomputed in float64 outside
// this project

TEST(VariationalBound, DecoderHasTheKnownLikelihood) {
    const auto nats = discretised_log_likelihood(constant(0.5), constant(0.4), constant(-3.0));
    EXPECT_NEAR(nats.item<double>(), -4.781067794, 1e-9);
}

TEST(VariationalBound, PriorTermOfAFullRangeImageIsKnown) {
    const NoiseSchedule schedule = linear_1000();
    const double alpha_bar = schedule.alpha_bar.back();
    const auto kl = normal_kl(constant(std::sqrt(alpha_bar)), constant(std::log(1 - alpha_bar)), constant(0),
                              constant(0));
    EXPECT_NEAR(kl.item<double>() / std::numbers::ln2, 2.9113e-5, 1e-9);
}

// -------------------------------------------------------------------------------------------------------
// properties

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

TEST(VariationalBound, APerfectDenoiserPaysOnlyForTheDecoder) {
    // The data is one known image, so the best network knows x_0 and every KL term vanishes.
    const auto x0 = torch::tensor({-1.0, -0.2, 0.4, 1.0}).view({1, 1, 2, 2});
    DiffusionModel model = always(0);
    model.prediction = Prediction::x0;
    model.denoiser = [&](const torch::Tensor&, const torch::Tensor&) { return x0; };
    const VariationalBound bound = variational_bound(model, x0, at::make_generator<at::CPUGeneratorImpl>(1));
    double steps = 0;
    for (std::size_t t = 1; t < bound.terms.size(); ++t) steps += bound.terms[t];
    EXPECT_NEAR(steps, 0, 1e-6);
    EXPECT_GT(bound.terms[0], 0);
    EXPECT_NEAR(bound.total(), bound.prior + bound.terms[0], 1e-6);
}

TEST(VariationalBound, StopsWhenAsked) {
    std::stop_source stop;
    const auto stop_after_three = [&](int done) {
        if (done == 3) stop.request_stop();
    };
    EXPECT_THROW(
        variational_bound(always(0), torch::zeros({1, 1, 2, 2}), at::make_generator<at::CPUGeneratorImpl>(1),
                          stop_after_three, stop.get_token()),
        Cancelled);
}

TEST(ForwardProcess, KeepsUnitVarianceForUnitVarianceData) {
    const ForwardTables tables = make_forward_tables(linear_1000());
    auto generator = at::make_generator<at::CPUGeneratorImpl>(3);
    const auto x0 = torch::randn({1, 1, 300, 300}, generator),
               eps = torch::randn({1, 1, 300, 300}, generator);
    for (const int t : {0, 259, 500, 999})
        EXPECT_NEAR(add_noise(tables, x0, torch::tensor({std::int64_t{t}}), eps).var().item<double>(), 1.0,
                    0.02)
            << t;
}

TEST(ForwardProcess, AgreesWithTheWindowsNoisedPicture) {
    const NoiseSchedule schedule = linear_1000();
    const NoisedPicture noised(Picture{2, 1, 1, {0, 255}}, 5);
    // At alpha_bar = 0 the picture is the noise; both ends of x_0 move towards it by the same rule.
    const Picture picture = noised.x_t(schedule.alpha_bar[100]);
    const auto eps =
        (torch::tensor({double(noised.eps().pixels[0]), double(noised.eps().pixels[1])}) / 127.5 - 1)
            .view({1, 1, 1, 2});
    const auto x0 = torch::tensor({-1.0, 1.0}).view({1, 1, 1, 2});
    const auto x_t = add_noise(make_forward_tables(schedule), x0, torch::tensor({std::int64_t{100}}),
                               eps.to(torch::kFloat32));
    for (int i = 0; i < 2; ++i) {
        const double byte = std::clamp((x_t.flatten()[i].item<double>() + 1) * 127.5, 0.0, 255.0);
        if (std::abs(eps.flatten()[i].item<double>()) < 0.99) {
            EXPECT_NEAR(picture.pixels[static_cast<std::size_t>(i)], byte, 1.0);
        }
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
