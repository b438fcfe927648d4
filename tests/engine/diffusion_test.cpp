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

TEST(ReverseStep, HasTheKnownValuesAtT500) {
    const NoiseSchedule schedule = linear_1000();
    const Denoised found =
        read_prediction(Prediction::eps, constant(0.3), constant(0.5), schedule.alpha_bar[500], true);
    EXPECT_NEAR(found.x0.item<double>(), 0.7597352132, 1e-10);
    EXPECT_NEAR(posterior_mean(schedule, 500, found.x0, constant(0.5)).item<double>(), 0.4993754890, 1e-10);
}

TEST(ReverseStep, ClipsX0BeforeTheMean) {
    const NoiseSchedule schedule = linear_1000();
    const Denoised found =
        read_prediction(Prediction::eps, constant(0.3), constant(2.0), schedule.alpha_bar[500], true);
    EXPECT_DOUBLE_EQ(found.x0.item<double>(), 1.0);
    EXPECT_NEAR(posterior_mean(schedule, 500, found.x0, constant(2.0)).item<double>(), 1.9912667586, 1e-10);
}

TEST(Ddim, StepsFrom500To480AsKnown) {
    BatchNoise noise(0, 1);
    torch::Tensor at_480;
    sample_ddim(always(0.3), {{500, 480}, 0}, constant(0.5), noise, [&](const Step& step) {
        if (step.t == 480) at_480 = step.x_t;
    });
    EXPECT_NEAR(at_480.item<double>(), 0.5194194050, 1e-10);
}

TEST(Ddim, HasTheKnownVarianceAtEta1) {
    for (const auto& [t, prev, variance] :
         {std::tuple{420, 400, 0.1477195}, std::tuple{980, 960, 0.3246052}}) {
        // With x_t = 0 and eps = 0 only the noise is left of the step.
        BatchNoise noise(1, 4096);
        torch::Tensor after;
        sample_ddim(always(0), {{t, prev}, 1}, torch::zeros({4096, 1, 4, 4}), noise,
                    [&, p = prev](const Step& step) {
                        if (step.t == p) after = step.x_t;
                    });
        EXPECT_NEAR(after.var().item<double>(), variance, 0.01 * variance) << t;
    }
}

TEST(VariationalBound, DecoderHasTheKnownLikelihood) {
    const auto nats = discretised_log_likelihood(constant(0.5), constant(0.4), -3.0);
    EXPECT_NEAR(nats.item<double>(), -4.781067794, 1e-9);
}

TEST(VariationalBound, PriorTermOfAFullRangeImageIsKnown) {
    const NoiseSchedule schedule = linear_1000();
    const double alpha_bar = schedule.alpha_bar.back();
    const auto kl = normal_kl(constant(std::sqrt(alpha_bar)), std::log(1 - alpha_bar), constant(0), 0);
    EXPECT_NEAR(kl.item<double>() / std::numbers::ln2, 2.9113e-5, 1e-9);
}

// -------------------------------------------------------------------------------------------------------
// properties

TEST(VariationalBound, DecoderProbabilitiesOfAllBytesSumToOne) {
    const auto bytes = torch::arange(256, torch::kFloat64) / 127.5 - 1;
    for (const double log_sigma : {-5.0, -2.0, 0.0}) {
        const auto sum =
            discretised_log_likelihood(bytes, torch::full_like(bytes, 0.123), log_sigma).exp().sum();
        EXPECT_NEAR(sum.item<double>(), 1.0, 1e-8) << log_sigma;
    }
}

TEST(VariationalBound, KlOfANormalToItselfIsZeroAndElsewherePositive) {
    EXPECT_NEAR(normal_kl(constant(0.3), -1, constant(0.3), -1).item<double>(), 0, 1e-15);
    EXPECT_GT(normal_kl(constant(0.3), -1, constant(0.4), -1).item<double>(), 0);
    EXPECT_GT(normal_kl(constant(0.3), -1, constant(0.3), -1.1).item<double>(), 0);
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

class EachPrediction : public testing::TestWithParam<Prediction> {};

TEST_P(EachPrediction, GivesBackImageAndNoise) {
    const double alpha_bar = 0.37;
    const auto x0 = torch::rand({2, 1, 3, 3}, torch::kFloat64) * 2 - 1,
               eps = torch::randn({2, 1, 3, 3}, torch::kFloat64);
    const auto a = torch::full({}, std::sqrt(alpha_bar), torch::kFloat64),
               s = torch::full({}, std::sqrt(1 - alpha_bar), torch::kFloat64);
    const auto x_t = a * x0 + s * eps;
    for (const bool clip : {false, true}) {
        const Denoised found =
            read_prediction(GetParam(), prediction_target(GetParam(), x0, eps, a, s), x_t, alpha_bar, clip);
        EXPECT_TRUE(torch::allclose(found.x0, x0, 1e-9, 1e-9));
        EXPECT_TRUE(torch::allclose(found.eps, eps, 1e-9, 1e-9));
    }
}

TEST_P(EachPrediction, ClippedX0AndEpsStillMakeUpXt) {
    const double alpha_bar = 0.2;
    const auto x_t = torch::randn({1, 1, 8, 8}, torch::kFloat64) * 3;
    const Denoised found =
        read_prediction(GetParam(), torch::randn({1, 1, 8, 8}, torch::kFloat64) * 3, x_t, alpha_bar, true);
    EXPECT_LE(found.x0.abs().max().item<double>(), 1.0);
    EXPECT_TRUE(torch::allclose(std::sqrt(alpha_bar) * found.x0 + std::sqrt(1 - alpha_bar) * found.eps, x_t,
                                1e-9, 1e-9));
}

INSTANTIATE_TEST_SUITE_P(All, EachPrediction,
                         testing::Values(Prediction::eps, Prediction::x0, Prediction::v));

/// The exact denoiser of data that is N(mean, deviation^2) in every pixel.
DiffusionModel gaussian_model(double mean, double deviation,
                              VarianceKind variance = VarianceKind::beta_tilde) {
    const NoiseSchedule schedule = linear_1000();
    return {[=](const torch::Tensor& x, const torch::Tensor& t) {
                const double alpha_bar =
                    schedule.alpha_bar[static_cast<std::size_t>(t[0].item<std::int64_t>())];
                const double a = std::sqrt(alpha_bar),
                             variance_t = alpha_bar * deviation * deviation + 1 - alpha_bar;
                return std::sqrt(1 - alpha_bar) * (x - a * mean) / variance_t;  // E[eps | x_t]
            },
            schedule, Prediction::eps, variance};
}

TEST(Ddpm, DrawsFromTheDistributionThatItsDenoiserKnows) {
    for (const VarianceKind variance : {VarianceKind::beta, VarianceKind::beta_tilde}) {
        BatchNoise noise(7, 64);
        const auto x =
            sample_ddpm(gaussian_model(0.2, 0.15, variance),
                        {spaced_timesteps(1000, 1000, Spacing::trailing)}, noise.draw({1, 8, 8}), noise);
        EXPECT_NEAR(x.mean().item<double>(), 0.2, 0.01);
        EXPECT_NEAR(x.std().item<double>(), 0.15, 0.01);
    }
}

TEST(Ddim, DrawsFromTheDistributionThatItsDenoiserKnows) {
    for (const double eta : {0.0, 0.5, 1.0}) {
        BatchNoise noise(7, 64);
        const auto x =
            sample_ddim(gaussian_model(0.2, 0.15), {spaced_timesteps(1000, 1000, Spacing::trailing), eta},
                        noise.draw({1, 8, 8}), noise);
        EXPECT_NEAR(x.mean().item<double>(), 0.2, 0.01) << eta;
        EXPECT_NEAR(x.std().item<double>(), 0.15, 0.01) << eta;
    }
}

TEST(Samplers, GiveTheSameImageWhateverTheBatch) {
    for (const SamplerKind kind : {SamplerKind::ddpm, SamplerKind::ddim}) {
        const auto draw = [&](std::int64_t count) {
            BatchNoise noise(11, count);
            return sampler_of(kind).function(gaussian_model(0, 0.5),
                                             {spaced_timesteps(1000, 20, Spacing::trailing), 1},
                                             noise.draw({1, 4, 4}), noise, {}, {});
        };
        EXPECT_TRUE(torch::equal(draw(2), draw(5).slice(0, 0, 2)));
    }
}

TEST(Samplers, ReportEachStepAndStopAtOnce) {
    for (const SamplerKind kind : {SamplerKind::ddpm, SamplerKind::ddim}) {
        BatchNoise noise(1, 1);
        std::stop_source stop;
        std::vector<int> seen;
        const auto run = [&] {
            return sampler_of(kind).function(
                always(0), {{900, 600, 300, 0}, 0}, torch::zeros({1, 1, 2, 2}), noise,
                [&](const Step& step) {
                    seen.push_back(step.t);
                    if (step.i == 1) stop.request_stop();
                },
                stop.get_token());
        };
        EXPECT_THROW(run(), Cancelled);
        EXPECT_THAT(seen, testing::ElementsAre(900, 600));
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
