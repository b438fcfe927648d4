#include <gmock/gmock.h>

#include <cmath>

#include "engine/training/flat_parameters.h"
#include "engine/training/optimizer.h"
#include "engine/training/trainer.h"
#include "tests/engine/helpers.h"

namespace denoise {
namespace {

using test::glyphs;
using test::small_run;

std::vector<double> losses(Trainer& trainer, int steps) {
    std::vector<double> values;
    for (int i = 0; i < steps; ++i)
        values.push_back(trainer.step(static_cast<double>(trainer.steps_done()) / 40).loss);
    return values;
}

TrainerState copy_of(const TrainerState& state) {
    return {state.step,
            state.values.clone(),
            state.ema.clone(),
            state.first_moment.clone(),
            state.second_moment.clone(),
            state.timestep_losses};
}

TEST(Trainer, RepeatsItselfWithTheSameSeedAndNotWithAnother) {
    Trainer first(small_run(), glyphs()), second(small_run(), glyphs());
    RunConfig other_seed = small_run();
    other_seed.training.seed = 1;
    Trainer third(other_seed, glyphs());
    const auto a = losses(first, 12);
    EXPECT_EQ(a, losses(second, 12));
    EXPECT_NE(a, losses(third, 12));
}

class Resumes : public testing::TestWithParam<double> {};

TEST_P(Resumes, BitForBitFromItsState) {
    RunConfig config = small_run();
    config.unet.dropout = GetParam();
    config.training.flip = GetParam() > 0;
    Trainer uninterrupted(config, glyphs());
    losses(uninterrupted, 11);  // into the second epoch: 64 images, batches of 8
    const TrainerState saved = copy_of(uninterrupted.state());
    const auto expected = losses(uninterrupted, 10);
    Trainer resumed(config, glyphs());
    resumed.restore(saved);
    torch::randn({100});  // chance that others use must not matter
    EXPECT_EQ(losses(resumed, 10), expected);
    EXPECT_TRUE(torch::equal(resumed.state().values, uninterrupted.state().values));
    EXPECT_TRUE(torch::equal(resumed.state().ema, uninterrupted.state().ema));
}
INSTANTIATE_TEST_SUITE_P(WithoutAndWithDropout, Resumes, testing::Values(0.0, 0.2));

TEST(Trainer, Learns) {
    RunConfig config = small_run();
    config.training.learning_rate = 3e-3;
    Trainer trainer(config, glyphs());
    std::vector<double> values;
    for (int i = 0; i < 150; ++i) values.push_back(trainer.step(0.05).loss);
    const auto mean = [&](int from) {
        return std::accumulate(values.begin() + from, values.begin() + from + 20, 0.0) / 20;
    };
    EXPECT_LT(mean(130), 0.6 * mean(0));
    // At the first step the network answers 0, so the loss of v is its variance: about 1 for data in [-1, 1].
    EXPECT_NEAR(values[0], 1.0, 0.35);
    for (const double bin : trainer.timestep_losses()) EXPECT_GT(bin, 0);
}

TEST(Trainer, LeavesTheWeightsAloneWhenTheLossIsNotFinite) {
    RunConfig config = small_run();
    Trainer trainer(config, glyphs());
    losses(trainer, 2);
    TrainerState broken = copy_of(trainer.state());
    broken.values.fill_(1e30f);
    trainer.restore(broken);
    const TrainStep step = trainer.step(0.5);
    EXPECT_FALSE(step.finite);
    EXPECT_EQ(trainer.steps_done(), 2);
    EXPECT_TRUE(torch::equal(trainer.state().values, broken.values));
}

TEST(Trainer, RefusesABatchLargerThanTheSet) {
    RunConfig config = small_run();
    config.training.batch_size = 65;
    try {
        Trainer trainer(config, glyphs());
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_THAT(error.why, testing::HasSubstr("batch_size is 65 and the set has 64 images"));
    }
}

TEST(FlatParameters, AreTheModulesOwnWeights) {
    torch::nn::Sequential module(torch::nn::Conv2d(2, 3, 3), torch::nn::Linear(5, 7));
    const auto before = module->parameters()[0].clone();
    const FlatParameters flat(*module);
    EXPECT_TRUE(torch::equal(module->parameters()[0], before));
    const torch::NoGradGuard no_grad;
    flat.values().mul_(2);
    EXPECT_TRUE(torch::equal(module->parameters()[0], 2 * before));
    for (const FlatParameters::Slice& slice : flat.slices()) EXPECT_EQ(slice.offset % 64, 0);
}

TEST(AdamW, AgreesWithLibTorchsOwn) {
    auto reference = torch::linspace(-1, 1, 64).clone().set_requires_grad(true);
    auto ours = reference.detach().clone();
    torch::optim::AdamW theirs(
        {reference}, torch::optim::AdamWOptions(0.01).betas({0.9, 0.99}).eps(1e-8).weight_decay(0.1));
    AdamW optimizer(ours);
    for (int i = 0; i < 20; ++i) {
        theirs.zero_grad();
        (reference.pow(4).sum() + reference.sum()).backward();
        theirs.step();
        const auto gradient = 4 * ours.pow(3) + 1;
        optimizer.step(ours, gradient, 0.01, 0.1);
    }
    EXPECT_TRUE(torch::allclose(ours, reference.detach(), 1e-5, 1e-6));
}

TEST(ClipGradients, ShortensOnlyLongOnes) {
    auto gradients = torch::full({4}, 3.0f);
    EXPECT_FLOAT_EQ(clip_gradients(gradients, 100), 6.0);
    EXPECT_FLOAT_EQ(gradients.norm().item<float>(), 6.0);
    EXPECT_FLOAT_EQ(clip_gradients(gradients, 1.5), 6.0);
    EXPECT_FLOAT_EQ(gradients.norm().item<float>(), 1.5);
    EXPECT_FLOAT_EQ(clip_gradients(gradients, 0), 1.5);
}

TEST(LearningRate, RisesAndFalls) {
    EXPECT_DOUBLE_EQ(learning_rate_at(0, 2, 0.1, true), 0);
    EXPECT_DOUBLE_EQ(learning_rate_at(0.05, 2, 0.1, true), 1);
    EXPECT_DOUBLE_EQ(learning_rate_at(0.1, 2, 0.1, true), 2);
    EXPECT_NEAR(learning_rate_at(0.55, 2, 0.1, true), 1, 1e-12);
    EXPECT_NEAR(learning_rate_at(1, 2, 0.1, true), 0, 1e-12);
    EXPECT_DOUBLE_EQ(learning_rate_at(1, 2, 0.1, false), 2);
}

TEST(Ema, HorizonIsAShareOfTheStepsDone) {
    EXPECT_DOUBLE_EQ(ema_decay(0, 0.05), 0);
    EXPECT_DOUBLE_EQ(ema_decay(20, 0.05), 0);
    EXPECT_DOUBLE_EQ(ema_decay(2000, 0.05), 0.99);
}

}  // namespace
}  // namespace denoise
