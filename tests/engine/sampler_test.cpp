#include <gmock/gmock.h>

#include <cmath>

#include "engine/base/cancelled.h"
#include "engine/base/error.h"
#include "engine/diffusion/edm_sigmas.h"
#include "engine/diffusion/samplers.h"
#include "engine/diffusion/spacing.h"
#include "tests/engine/gaussian_toy.h"

namespace denoise {
namespace {

torch::Tensor constant(double value) {
    return torch::full({1, 1, 1, 1}, value, torch::kFloat64);
}

DiffusionModel model_of(std::function<torch::Tensor(const torch::Tensor& x, double t)> eps,
                        Clipping clipping = Clipping::range) {
    DiffusionModel model;
    model.schedule = make_schedule({});
    model.clipping = clipping;
    model.denoiser = [eps](const torch::Tensor& x, const torch::Tensor& t) {
        return eps(x, static_cast<double>(t[0].item<std::int64_t>()));
    };
    return model;
}

DiffusionModel always(double eps) {
    return model_of([eps](const torch::Tensor& x, double) { return torch::full_like(x, eps); });
}

/// A "network" with some shape to it.
DiffusionModel curved(Clipping clipping = Clipping::range) {
    return model_of([](const torch::Tensor& x, double t) { return 1.3 * (x + t / 1000).sin(); }, clipping);
}

SamplerPlan plan_of(int steps, double eta = 0) {
    return {spaced_timesteps(make_schedule({}), steps, Spacing::trailing), eta};
}

torch::Tensor sample(SamplerKind kind, const DiffusionModel& model, const SamplerPlan& plan,
                     SamplerState start, const StepNoise& noise, const StepCallback& callback = {},
                     std::stop_token stop = {}) {
    return sampler_of(kind).function(model, plan, std::move(start), noise, callback, std::move(stop));
}

torch::Tensor draw(SamplerKind kind, const DiffusionModel& model, const SamplerPlan& plan,
                   const StepNoise& noise, at::IntArrayRef shape) {
    return sample(kind, model, plan, {0, noise.initial(shape), {}}, noise);
}

test::GaussianToy narrow_toy() {
    return {.mean = 0.2, .deviation = 0.15, .schedule = make_schedule({})};
}

// ------------------------------------------------------------------ constants recomputed in float64 outside
// this project

TEST(Ddim, StepsFrom500To480AsKnown) {
    torch::Tensor at_480;
    sample(SamplerKind::ddim, always(0.3), {{500, 480}, 0}, {0, constant(0.5), {}}, StepNoise(0, 1),
           [&](const Step& step) {
               if (step.t == 480) at_480 = step.x_t;
           });
    EXPECT_NEAR(at_480.item<double>(), 0.5194194050, 1e-10);
}

TEST(Ddim, HasTheKnownVarianceAtEta1) {
    for (const auto& [t, prev, variance] :
         {std::tuple{420, 400, 0.1477195}, std::tuple{980, 960, 0.3246052}}) {
        // With x_t = 0 and eps = 0 only the noise, here 1, is left of the step.
        torch::Tensor after;
        sample(SamplerKind::ddim, always(0), {{t, prev}, 1}, {0, constant(0), {}},
               StepNoise(0, torch::ones({1, 1, 1, 1, 1})), [&](const Step& step) { after = step.x_t; });
        EXPECT_NEAR(after.square().item<double>(), variance, 1e-7) << t;
    }
}

TEST(Ddpm, StepsFrom500To499AsKnown) {
    torch::Tensor at_499;
    for (const auto& [x, mean] : {std::pair{0.5, 0.4993754890}, std::pair{2.0, 1.9912667586}}) {
        sample(SamplerKind::ddpm, always(0.3), {{500, 499}}, {0, constant(x), {}},
               StepNoise(0, torch::zeros({1, 1, 1, 1, 1})), [&](const Step& step) { at_499 = step.x_t; });
        EXPECT_NEAR(at_499.item<double>(), mean, 1e-10);
    }
}

TEST(EdmSigmas, AreAsPublished) {
    const auto sigmas = edm_sigmas(18);
    ASSERT_EQ(sigmas.size(), 18u);
    EXPECT_NEAR(sigmas[0], 80, 1e-12);
    EXPECT_NEAR(sigmas[1], 57.585985, 1e-6);
    EXPECT_NEAR(sigmas[2], 40.785574, 1e-6);
    EXPECT_NEAR(sigmas[17], 0.002, 1e-12);
    EXPECT_THAT(edm_sigmas(1), testing::ElementsAre(80));
    EXPECT_THROW(edm_sigmas(0), Error);
}

/// What diffusers' schedulers make of x_T = .5 with this network and this noise, in float64 as far as they
/// go.
TEST(Samplers, AgreeWithTheReferenceNumbers) {
    const auto network = [](const torch::Tensor& x, double t) { return 0.9 * x + 0.1 - t / 20000; };
    auto z = torch::tensor({0.5, -1.0, 0.25, 2.0, -0.75}, torch::kFloat64).repeat({2}).view({10, 1, 1, 1, 1});
    struct Reference {
        SamplerKind kind;
        int steps;
        double x0;
        double eta = 0;
    };
    for (const Reference& reference :
         {Reference{SamplerKind::ddim, 1, -0.00628474}, {SamplerKind::ddim, 2, -0.02482185},
          {SamplerKind::ddim, 10, 0.12148046},          {SamplerKind::ddim, 2, 0.07166251, 0.7},
          {SamplerKind::ddim, 10, 0.29782874, 0.7},     {SamplerKind::dpmpp_2m, 1, -0.00628474},
          {SamplerKind::dpmpp_2m, 2, -0.02482186},      {SamplerKind::dpmpp_2m, 3, 0.02724173},
          {SamplerKind::dpmpp_2m, 10, 0.14902784},      {SamplerKind::dpmpp_2m_sde, 2, -0.01983143},
          {SamplerKind::dpmpp_2m_sde, 3, -0.49755358},  {SamplerKind::dpmpp_2m_sde, 10, 0.25395857},
          {SamplerKind::unipc, 2, -0.02482186},         {SamplerKind::unipc, 3, 0.02483608},
          {SamplerKind::unipc, 10, 0.15112955},         {SamplerKind::pndm, 1, -0.00628044},
          {SamplerKind::pndm, 2, 0.08923647},           {SamplerKind::pndm, 10, 0.15569722},
          {SamplerKind::heun, 1, -0.00628214},          {SamplerKind::heun, 2, -0.08154619},
          {SamplerKind::heun, 3, 0.12690396},           {SamplerKind::heun, 10, 0.15692201},
          {SamplerKind::euler, 2, -0.02482192},         {SamplerKind::euler, 10, 0.12148055}}) {
        const auto x0 =
            sample(reference.kind, model_of(network, Clipping::none), plan_of(reference.steps, reference.eta),
                   {0, constant(0.5), {}}, StepNoise(0, z));
        EXPECT_NEAR(x0.item<double>(), reference.x0, 1e-5)
            << sampler_of(reference.kind).name << ", " << reference.steps << " steps";
    }
    for (const auto& [variance, learned, x0] : {std::tuple{VarianceKind::beta_tilde, false, -0.10364218},
                                                std::tuple{VarianceKind::beta, false, 0.49635892},
                                                std::tuple{VarianceKind::beta, true, 0.08679289}}) {
        DiffusionModel model = model_of(network, Clipping::none);
        model.variance = variance;
        model.learned_variance = learned;
        if (learned)
            model.denoiser = [eps = model.denoiser](const torch::Tensor& x, const torch::Tensor& t) {
                return torch::cat({eps(x, t), torch::full_like(x, 0.4)}, 1);
            };
        const auto found =
            sample(SamplerKind::ddpm, model, {spaced_timesteps(make_schedule({}), 10, Spacing::leading)},
                   {0, constant(0.5), {}}, StepNoise(0, z));
        EXPECT_NEAR(found.item<double>(), x0, 1e-5);
    }
}

// ------------------------------------------------------------------ what every sampler keeps to

class EachSampler : public testing::TestWithParam<SamplerKind> {};

TEST_P(EachSampler, IsInTheTableUnderItsKind) {
    EXPECT_EQ(sampler_of(GetParam()).kind, GetParam());
    EXPECT_EQ(samplers().size(), 8u);
}

TEST_P(EachSampler, GoesOnExactlyFromAnyStep) {
    const StepNoise noise(5, 2);
    const SamplerPlan plan = plan_of(12, 0.7);
    std::vector<Step> steps;
    const auto whole = sample(GetParam(), curved(), plan, {0, noise.initial({1, 4, 4}), {}}, noise,
                              [&](const Step& step) { steps.push_back(step); });
    ASSERT_EQ(steps.size(), 12u);
    for (const Step& step : steps) {
        const auto rest = sample(GetParam(), curved(), plan, {step.i, step.x_t, step.history}, noise);
        EXPECT_TRUE(torch::equal(whole, rest)) << "from step " << step.i;
    }
}

TEST_P(EachSampler, ReportsTheWayItTakes) {
    const StepNoise noise(5, 2);
    const SamplerPlan plan = plan_of(6, 0.5);
    const DiffusionModel model = curved();
    int i = 0;
    sample(GetParam(), model, plan, {0, noise.initial({1, 4, 4}), {}}, noise, [&](const Step& step) {
        EXPECT_EQ(step.i, i);
        EXPECT_EQ(step.t, plan.timesteps[static_cast<std::size_t>(i++)]);
        EXPECT_EQ(step.x_t.scalar_type(), torch::kFloat32);
        const double alpha_bar = model.schedule.alpha_bar[static_cast<std::size_t>(step.t)];
        EXPECT_TRUE(torch::allclose(std::sqrt(alpha_bar) * step.x0 + std::sqrt(1 - alpha_bar) * step.eps,
                                    step.x_t, 1e-4, 1e-5));
    });
    EXPECT_EQ(i, 6);
}

TEST_P(EachSampler, StopsBeforeTheNextCallOfTheNetwork) {
    std::stop_source stop;
    int calls = 0;
    const DiffusionModel model = model_of([&](const torch::Tensor& x, double) {
        ++calls;
        return torch::zeros_like(x);
    });
    std::vector<int> seen;
    const auto run = [&](int last) {
        stop = std::stop_source();
        calls = 0;
        seen.clear();
        sample(
            GetParam(), model, {{900, 600, 300, 0}, 0}, {0, torch::zeros({1, 1, 2, 2}), {}}, StepNoise(1, 1),
            [&](const Step& step) {
                seen.push_back(step.t);
                if (step.i == last) stop.request_stop();
            },
            stop.get_token());
    };
    EXPECT_THROW(run(0), Cancelled);
    EXPECT_EQ(calls, 1);
    EXPECT_THROW(run(1), Cancelled);
    EXPECT_THAT(seen, testing::ElementsAre(900, 600));
}

TEST_P(EachSampler, GivesTheSameImageWhateverTheBatch) {
    const auto images = [&](std::int64_t count) {
        return draw(GetParam(), curved(), plan_of(10, 1), StepNoise(11, count), {1, 4, 4});
    };
    EXPECT_TRUE(torch::equal(images(2), images(5).slice(0, 0, 2)));
}

TEST_P(EachSampler, ClipsX0AsTheModelSays) {
    // A network that is far off, on the schedule with the least left at its end.
    for (const Clipping clipping : {Clipping::none, Clipping::range, Clipping::dynamic}) {
        DiffusionModel model =
            model_of([](const torch::Tensor& x, double t) { return 3 * (5 * x + t).cos(); }, clipping);
        model.schedule = make_schedule({.schedule = ScheduleKind::cosine});
        const StepNoise noise(2, 2);
        double largest = 0, largest_x = 0;
        const auto result = sample(GetParam(), model, plan_of(10), {0, noise.initial({1, 8, 8}), {}}, noise,
                                   [&](const Step& step) {
                                       largest = std::max(largest, step.x0.abs().max().item<double>());
                                       largest_x = std::max(largest_x, step.x_t.abs().max().item<double>());
                                   });
        if (clipping == Clipping::none) {
            EXPECT_GT(largest, 100);
        } else {
            EXPECT_LE(largest, 1);
            EXPECT_LE(result.abs().max().item<double>(), 1);
            EXPECT_LT(largest_x, 20) << "blown up";
        }
    }
}

TEST_P(EachSampler, IsFiniteWhereTheLastTimestepIsPureNoise) {
    for (const Prediction prediction : {Prediction::eps, Prediction::x0, Prediction::v}) {
        DiffusionModel model = curved();
        model.schedule = make_schedule({.zero_terminal_snr = true});
        model.prediction = prediction;
        ASSERT_EQ(model.schedule.alpha_bar.back(), 0);
        const auto x0 = draw(GetParam(), model, plan_of(10, 0.5), StepNoise(3, 2), {1, 4, 4});
        EXPECT_TRUE(x0.isfinite().all().item<bool>());
        EXPECT_LE(x0.abs().max().item<double>(), 1);
    }
}

TEST_P(EachSampler, DrawsFromTheDistributionThatItsDenoiserKnows) {
    const auto x =
        draw(GetParam(), narrow_toy().model(Clipping::range), plan_of(200), StepNoise(7, 16), {1, 16, 16});
    EXPECT_NEAR(x.mean().item<double>(), 0.2, 0.01);
    EXPECT_NEAR(x.std().item<double>(), 0.15, 0.015);
}

TEST_P(EachSampler, ReturnsX0OfASingleStep) {
    const auto x = torch::randn({1, 1, 4, 4});
    torch::Tensor x0;
    const auto result = sample(GetParam(), curved(), {{400}, 1}, {0, x, {}}, StepNoise(1, 1),
                               [&](const Step& step) { x0 = step.x0; });
    EXPECT_TRUE(torch::equal(result, x0));
}

TEST_P(EachSampler, RefusesAPlanThatIsNone) {
    const auto x = torch::zeros({1, 1, 2, 2});
    for (const std::vector<int>& timesteps : {std::vector<int>{}, {1000}, {3, 3}, {3, 5}, {5, -1}}) {
        EXPECT_THROW(sample(GetParam(), always(0), {timesteps}, {0, x, {}}, StepNoise(1, 1)), Error);
    }
    EXPECT_THROW(sample(GetParam(), always(0), {{5, 1}}, {2, x, {}}, StepNoise(1, 1)), Error);
}

INSTANTIATE_TEST_SUITE_P(All, EachSampler,
                         testing::Values(SamplerKind::ddpm, SamplerKind::ddim, SamplerKind::dpmpp_2m,
                                         SamplerKind::dpmpp_2m_sde, SamplerKind::unipc, SamplerKind::heun,
                                         SamplerKind::euler, SamplerKind::pndm),
                         [](const auto& each) {
                             std::string name = sampler_of(each.param).name;
                             std::erase(name, '-');
                             return name;
                         });

// ------------------------------------------------------------------ what single samplers are for

TEST(Ddpm, DrawsFromTheDistributionThatItsDenoiserKnows) {
    for (const VarianceKind variance : {VarianceKind::beta, VarianceKind::beta_tilde}) {
        DiffusionModel model = narrow_toy().model(Clipping::range);
        model.variance = variance;
        const auto x = draw(SamplerKind::ddpm, model, plan_of(1000), StepNoise(7, 16), {1, 16, 16});
        EXPECT_NEAR(x.mean().item<double>(), 0.2, 0.01);
        EXPECT_NEAR(x.std().item<double>(), 0.15, 0.01);
    }
}

TEST(Ddpm, LearnedVarianceGoesFromBetaTildeToBeta) {
    const auto learned = [&](double v) {
        DiffusionModel model = curved();
        model.learned_variance = true;
        model.denoiser = [eps = model.denoiser, v](const torch::Tensor& x, const torch::Tensor& t) {
            return torch::cat({eps(x, t), torch::full_like(x, v)}, 1);
        };
        return draw(SamplerKind::ddpm, model, plan_of(20), StepNoise(4, 2), {3, 4, 4});
    };
    const auto fixed = [&](VarianceKind variance) {
        DiffusionModel model = curved();
        model.variance = variance;
        return draw(SamplerKind::ddpm, model, plan_of(20), StepNoise(4, 2), {3, 4, 4});
    };
    EXPECT_TRUE(torch::allclose(learned(1), fixed(VarianceKind::beta), 1e-4, 1e-4));
    EXPECT_TRUE(torch::allclose(learned(-1), fixed(VarianceKind::beta_tilde), 1e-4, 1e-4));
    EXPECT_FALSE(torch::allclose(learned(-1), learned(1), 1e-2, 1e-2));
}

TEST(Ddim, DrawsFromTheDistributionThatItsDenoiserKnowsWithAnyEta) {
    for (const double eta : {0.5, 1.0}) {
        const auto x = draw(SamplerKind::ddim, narrow_toy().model(Clipping::range), plan_of(500, eta),
                            StepNoise(7, 16), {1, 16, 16});
        EXPECT_NEAR(x.mean().item<double>(), 0.2, 0.01) << eta;
        EXPECT_NEAR(x.std().item<double>(), 0.15, 0.01) << eta;
    }
}

TEST(Ddim, WithEta1IsDdpm) {
    const auto images = [](SamplerKind kind) {
        return draw(kind, curved(), plan_of(20, 1), StepNoise(9, 2), {1, 4, 4});
    };
    EXPECT_TRUE(torch::allclose(images(SamplerKind::ddim), images(SamplerKind::ddpm), 1e-4, 1e-4));
}

TEST(StochasticSamplers, DifferWithTheSeedAndOthersDoNot) {
    for (const SamplerEntry& sampler : samplers()) {
        const auto x = StepNoise(1, 1).initial({1, 4, 4});
        const auto with = [&](std::uint64_t seed) {
            return sampler.function(curved(), plan_of(10), {0, x, {}}, StepNoise(seed, 1), {}, {});
        };
        EXPECT_EQ(torch::equal(with(1), with(2)), !sampler.stochastic) << sampler.name;
    }
}

}  // namespace
}  // namespace denoise
