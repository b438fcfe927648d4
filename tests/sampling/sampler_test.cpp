#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "engine/base/error.h"
#include "engine/sampling/sampler.h"
#include "engine/schedule/edm_sigmas.h"
#include "engine/schedule/spacing.h"
#include "tests/support/files.h"
#include "tests/support/gaussian_toy.h"

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

/// A nonlinear "network".
DiffusionModel curved(Clipping clipping = Clipping::range) {
    return model_of([](const torch::Tensor& x, double t) { return 1.3 * (x + t / 1000).sin(); }, clipping);
}

SamplerPlan plan_of(int steps, double eta = 0) {
    return {spaced_timesteps(make_schedule({}), steps, Spacing::trailing), eta};
}

using StepCallback = std::function<void(const Step&)>;

torch::Tensor run(const std::string& solver, const DiffusionModel& model, const SamplerPlan& plan,
                  SamplerState start, const StepNoise& noise, const StepCallback& callback = {}) {
    return finish(sample(solver_named(solver), model, plan, std::move(start), noise), callback);
}

torch::Tensor draw(const std::string& solver, const DiffusionModel& model, const SamplerPlan& plan,
                   const StepNoise& noise, at::IntArrayRef shape) {
    return run(solver, model, plan, {0, noise.initial(shape)}, noise);
}

test::GaussianToy narrow_toy() {
    return {.mean = 0.2, .deviation = 0.15, .schedule = make_schedule({})};
}

// ------------------------------------------------------------------ computed independently in float64

TEST(Ddim, StepFrom500To480MatchesTheReference) {
    torch::Tensor at_480;
    run("ddim", always(0.3), {{500, 480}, 0}, {0, constant(0.5), {}}, StepNoise(0, 1), [&](const Step& step) {
        if (step.t == 480) at_480 = step.x_t;
    });
    EXPECT_NEAR(at_480.item<double>(), 0.5194194050, 1e-10);
}

TEST(Ddim, VarianceAtEta1MatchesTheReference) {
    for (const auto& [t, prev, variance] :
         {std::tuple{420, 400, 0.1477195}, std::tuple{980, 960, 0.3246052}}) {
        // With x_t = 0 and eps = 0, the step returns only the noise, which is 1 here.
        torch::Tensor after;
        run("ddim", always(0), {{t, prev}, 1}, {0, constant(0), {}},
            StepNoise(0, torch::ones({1, 1, 1, 1, 1})), [&](const Step& step) { after = step.x_t; });
        EXPECT_NEAR(after.square().item<double>(), variance, 1e-7) << t;
    }
}

TEST(Ddpm, StepFrom500To499MatchesTheReference) {
    torch::Tensor at_499;
    for (const auto& [x, mean] : {std::pair{0.5, 0.4993754890}, std::pair{2.0, 1.9912667586}}) {
        run("ddpm", always(0.3), {{500, 499}}, {0, constant(x), {}},
            StepNoise(0, torch::zeros({1, 1, 1, 1, 1})), [&](const Step& step) { at_499 = step.x_t; });
        EXPECT_NEAR(at_499.item<double>(), mean, 1e-10);
    }
}

TEST(EdmSigmas, MatchThePublishedValues) {
    const auto sigmas = edm_sigmas(18);
    ASSERT_EQ(sigmas.size(), 18u);
    EXPECT_NEAR(sigmas[0], 80, 1e-12);
    EXPECT_NEAR(sigmas[1], 57.585985, 1e-6);
    EXPECT_NEAR(sigmas[2], 40.785574, 1e-6);
    EXPECT_NEAR(sigmas[17], 0.002, 1e-12);
    EXPECT_THAT(edm_sigmas(1), testing::ElementsAre(80));
    EXPECT_THROW(edm_sigmas(0), Error);
}

/// The results of diffusers' schedulers for x_T = .5 with this network and this noise, in float64 where they
/// support it.
TEST(Samplers, MatchTheReference) {
    const auto network = [](const torch::Tensor& x, double t) { return 0.9 * x + 0.1 - t / 20000; };
    auto z = torch::tensor({0.5, -1.0, 0.25, 2.0, -0.75}, torch::kFloat64).repeat({2}).view({10, 1, 1, 1, 1});
    struct Reference {
        std::string solver;
        int steps;
        double x0;
        double eta = 0;
    };
    for (const Reference& reference : {Reference{"ddim", 1, -0.00628474}, {"ddim", 2, -0.02482185},
                                       {"ddim", 10, 0.12148046},          {"ddim", 2, 0.07166251, 0.7},
                                       {"ddim", 10, 0.29782874, 0.7},     {"dpmpp-2m", 1, -0.00628474},
                                       {"dpmpp-2m", 2, -0.02482186},      {"dpmpp-2m", 3, 0.02724173},
                                       {"dpmpp-2m", 10, 0.14902784},      {"dpmpp-2m-sde", 2, -0.01983143},
                                       {"dpmpp-2m-sde", 3, -0.49755358},  {"dpmpp-2m-sde", 10, 0.25395857},
                                       {"unipc", 2, -0.02482186},         {"unipc", 3, 0.02483608},
                                       {"unipc", 10, 0.15112955},         {"pndm", 1, -0.00628044},
                                       {"pndm", 2, 0.08923647},           {"pndm", 10, 0.15569722},
                                       {"heun", 1, -0.00628214},          {"heun", 2, -0.08154619},
                                       {"heun", 3, 0.12690396},           {"heun", 10, 0.15692201},
                                       {"euler", 2, -0.02482192},         {"euler", 10, 0.12148055}}) {
        const auto x0 = run(reference.solver, model_of(network, Clipping::none),
                            plan_of(reference.steps, reference.eta), {0, constant(0.5), {}}, StepNoise(0, z));
        EXPECT_NEAR(x0.item<double>(), reference.x0, 1e-5)
            << reference.solver << ", " << reference.steps << " steps";
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
        const auto found = run("ddpm", model, {spaced_timesteps(make_schedule({}), 10, Spacing::leading)},
                               {0, constant(0.5), {}}, StepNoise(0, z));
        EXPECT_NEAR(found.item<double>(), x0, 1e-5);
    }
}

// ------------------------------------------------------------------ all samplers

class EachSampler : public testing::TestWithParam<std::string> {};

TEST(Solvers, HaveUniqueNames) {
    std::set<std::string> names, titles;
    for (const Solver& solver : solvers()) {
        names.insert(solver.name);
        titles.insert(solver.title);
        EXPECT_EQ(&solver_named(solver.name), &solver);
    }
    EXPECT_EQ(names.size(), solvers().size());
    EXPECT_EQ(titles.size(), solvers().size());
    EXPECT_THAT(test::error_of([] { solver_named("nothing"); }).why,
                testing::HasSubstr("dpmpp-2m-sde, unipc"));
}

TEST_P(EachSampler, ContinuesExactlyFromAnyStep) {
    const StepNoise noise(5, 2);
    const SamplerPlan plan = plan_of(12, 0.7);
    std::vector<Step> steps;
    const auto whole = run(GetParam(), curved(), plan, {0, noise.initial({1, 4, 4}), {}}, noise,
                           [&](const Step& step) { steps.push_back(step); });
    ASSERT_EQ(steps.size(), 12u);
    for (const Step& step : steps) {
        const auto rest = run(GetParam(), curved(), plan, step.state(), noise);
        EXPECT_TRUE(torch::equal(whole, rest)) << "from step " << step.i;
    }
}

TEST_P(EachSampler, ReportsItsSteps) {
    const StepNoise noise(5, 2);
    const SamplerPlan plan = plan_of(6, 0.5);
    const DiffusionModel model = curved();
    int i = 0;
    run(GetParam(), model, plan, {0, noise.initial({1, 4, 4}), {}}, noise, [&](const Step& step) {
        EXPECT_EQ(step.i, i);
        EXPECT_EQ(step.t, plan.timesteps[static_cast<std::size_t>(i++)]);
        EXPECT_EQ(step.x_t.scalar_type(), torch::kFloat32);
        const double alpha_bar = model.schedule.alpha_bar[static_cast<std::size_t>(step.t)];
        EXPECT_TRUE(torch::allclose(std::sqrt(alpha_bar) * step.x0 + std::sqrt(1 - alpha_bar) * step.eps,
                                    step.x_t, 1e-4, 1e-5));
    });
    EXPECT_EQ(i, 6);
}

TEST_P(EachSampler, DoesOnlyTheRequestedSteps) {
    int calls = 0;
    const DiffusionModel model = model_of([&](const torch::Tensor& x, double) {
        ++calls;
        return torch::zeros_like(x);
    });
    Sampling sampling = sample(solver_named(GetParam()), model, {{900, 600, 300, 0}},
                               {0, torch::zeros({1, 1, 2, 2})}, StepNoise(1, 1));
    EXPECT_EQ(calls, 0);
    ASSERT_TRUE(sampling.step());
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(sampling.report().t, 900);
    ASSERT_TRUE(sampling.step());
    EXPECT_EQ(sampling.report().t, 600);
    EXPECT_LE(calls, 3);  // Heun and PNDM evaluate twice in the step between
}

TEST_P(EachSampler, GivesTheSameImageInAnyBatch) {
    const auto images = [&](std::int64_t count) {
        return draw(GetParam(), curved(), plan_of(10, 1), StepNoise(11, count), {1, 4, 4});
    };
    EXPECT_TRUE(torch::equal(images(2), images(5).slice(0, 0, 2)));
}

TEST_P(EachSampler, ClipsX0AccordingToTheModel) {
    // A network with large errors, and the schedule with the lowest final alpha_bar.
    for (const Clipping clipping : {Clipping::none, Clipping::range, Clipping::dynamic}) {
        DiffusionModel model =
            model_of([](const torch::Tensor& x, double t) { return 3 * (5 * x + t).cos(); }, clipping);
        model.schedule = make_schedule({.schedule = ScheduleKind::cosine});
        const StepNoise noise(2, 2);
        double largest = 0, largest_x = 0;
        const auto result = run(GetParam(), model, plan_of(10), {0, noise.initial({1, 8, 8}), {}}, noise,
                                [&](const Step& step) {
                                    largest = std::max(largest, step.x0.abs().max().item<double>());
                                    largest_x = std::max(largest_x, step.x_t.abs().max().item<double>());
                                });
        if (clipping == Clipping::none) {
            EXPECT_GT(largest, 100);
        } else {
            EXPECT_LE(largest, 1);
            EXPECT_LE(result.abs().max().item<double>(), 1);
            EXPECT_LT(largest_x, 20) << "x_t is too large";
        }
    }
}

TEST_P(EachSampler, IsFiniteIfTheLastTimestepIsPureNoise) {
    for (const PredictionType prediction : {PredictionType::eps, PredictionType::x0, PredictionType::v}) {
        DiffusionModel model = curved();
        model.schedule = make_schedule({.zero_terminal_snr = true});
        model.prediction = prediction;
        ASSERT_EQ(model.schedule.alpha_bar.back(), 0);
        const auto x0 = draw(GetParam(), model, plan_of(10, 0.5), StepNoise(3, 2), {1, 4, 4});
        EXPECT_TRUE(x0.isfinite().all().item<bool>());
        EXPECT_LE(x0.abs().max().item<double>(), 1);
    }
}

TEST_P(EachSampler, DrawsFromTheDistributionOfItsDenoiser) {
    const auto x =
        draw(GetParam(), narrow_toy().model(Clipping::range), plan_of(200), StepNoise(7, 16), {1, 16, 16});
    EXPECT_NEAR(x.mean().item<double>(), 0.2, 0.01);
    EXPECT_NEAR(x.std().item<double>(), 0.15, 0.015);
}

TEST_P(EachSampler, ReturnsX0OfASingleStep) {
    const auto x = torch::randn({1, 1, 4, 4});
    torch::Tensor x0;
    const auto result = run(GetParam(), curved(), {{400}, 1}, {0, x, {}}, StepNoise(1, 1),
                            [&](const Step& step) { x0 = step.x0; });
    EXPECT_TRUE(torch::equal(result, x0));
}

TEST_P(EachSampler, RefusesAnInvalidPlan) {
    const auto x = torch::zeros({1, 1, 2, 2});
    for (const std::vector<int>& timesteps : {std::vector<int>{}, {1000}, {3, 3}, {3, 5}, {5, -1}}) {
        EXPECT_THROW(run(GetParam(), always(0), {timesteps}, {0, x, {}}, StepNoise(1, 1)), Error);
    }
    EXPECT_THROW(run(GetParam(), always(0), {{5, 1}}, {2, x, {}}, StepNoise(1, 1)), Error);
}

INSTANTIATE_TEST_SUITE_P(All, EachSampler,
                         testing::Values("ddpm", "ddim", "dpmpp-2m", "dpmpp-2m-sde", "unipc", "heun", "euler",
                                         "pndm"),
                         [](const auto& each) {
                             std::string name = each.param;
                             std::erase(name, '-');
                             return name;
                         });

// ------------------------------------------------------------------ single samplers

TEST(Ddpm, DrawsFromTheDistributionOfItsDenoiser) {
    for (const VarianceKind variance : {VarianceKind::beta, VarianceKind::beta_tilde}) {
        DiffusionModel model = narrow_toy().model(Clipping::range);
        model.variance = variance;
        const auto x = draw("ddpm", model, plan_of(1000), StepNoise(7, 16), {1, 16, 16});
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
        return draw("ddpm", model, plan_of(20), StepNoise(4, 2), {3, 4, 4});
    };
    const auto fixed = [&](VarianceKind variance) {
        DiffusionModel model = curved();
        model.variance = variance;
        return draw("ddpm", model, plan_of(20), StepNoise(4, 2), {3, 4, 4});
    };
    EXPECT_TRUE(torch::allclose(learned(1), fixed(VarianceKind::beta), 1e-4, 1e-4));
    EXPECT_TRUE(torch::allclose(learned(-1), fixed(VarianceKind::beta_tilde), 1e-4, 1e-4));
    EXPECT_FALSE(torch::allclose(learned(-1), learned(1), 1e-2, 1e-2));
}

TEST(Ddim, DrawsFromTheDistributionOfItsDenoiserWithAnyEta) {
    for (const double eta : {0.5, 1.0}) {
        const auto x = draw("ddim", narrow_toy().model(Clipping::range), plan_of(500, eta), StepNoise(7, 16),
                            {1, 16, 16});
        EXPECT_NEAR(x.mean().item<double>(), 0.2, 0.01) << eta;
        EXPECT_NEAR(x.std().item<double>(), 0.15, 0.01) << eta;
    }
}

TEST(Ddim, WithEta1IsDdpm) {
    const auto images = [](const std::string& solver) {
        return draw(solver, curved(), plan_of(20, 1), StepNoise(9, 2), {1, 4, 4});
    };
    EXPECT_TRUE(torch::allclose(images("ddim"), images("ddpm"), 1e-4, 1e-4));
}

TEST(Solvers, DependOnTheSeedIfTheyAreStochastic) {
    for (const Solver& solver : solvers()) {
        const auto x = StepNoise(1, 1).initial({1, 4, 4});
        const auto with = [&](std::uint64_t seed) {
            return run(solver.name, curved(), plan_of(10), {0, x}, StepNoise(seed, 1));
        };
        EXPECT_EQ(torch::equal(with(1), with(2)), !solver.stochastic) << solver.name;
    }
}

}  // namespace
}  // namespace denoise
