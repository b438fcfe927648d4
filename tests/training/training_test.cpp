#include <gmock/gmock.h>

#include <cmath>

#include "engine/network/flat_parameters.h"
#include "engine/network/inference.h"
#include "engine/training/optimizer.h"
#include "engine/training/trainer.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using test::glyphs;
using test::run_with_everything;
using test::small_run;

std::vector<double> losses(Trainer& trainer, int steps) {
    std::vector<double> values;
    for (int i = 0; i < steps; ++i)
        values.push_back(trainer.step(static_cast<double>(trainer.state().step) / 40).loss);
    return values;
}

TrainingState copy_of(const TrainingState& state) {
    return {state.step,
            state.values.clone(),
            state.ema.clone(),
            state.first_moment.clone(),
            state.second_moment.clone(),
            state.timestep_losses,
            state.loss_history.defined() ? state.loss_history.clone() : torch::Tensor(),
            state.losses_seen.defined() ? state.losses_seen.clone() : torch::Tensor()};
}

TEST(Trainer, GivesTheSameResultsForTheSameSeedOnly) {
    Trainer first(small_run(), glyphs()), second(small_run(), glyphs());
    RunConfig other_seed = small_run();
    other_seed.training.seed = 1;
    Trainer third(other_seed, glyphs());
    const auto a = losses(first, 12);
    EXPECT_EQ(a, losses(second, 12));
    EXPECT_NE(a, losses(third, 12));
}

RunConfig with_dropout() {
    RunConfig config = small_run();
    config.unet.dropout = 0.2;
    config.training.flip = true;
    return config;
}

RunConfig with_adamw() {
    RunConfig config = small_run();
    config.training.optimizer = OptimizerKind::adamw;
    config.training.timestep_sampling = TimestepSampling::uniform;
    return config;
}

class Resumes : public testing::TestWithParam<RunConfig> {};

TEST_P(Resumes, BitForBitFromItsState) {
    const RunConfig config = GetParam();
    Trainer uninterrupted(config, glyphs());
    losses(uninterrupted, 11);  // into the second epoch: 64 images, batches of 8
    const TrainingState saved = copy_of(uninterrupted.state());
    const auto expected = losses(uninterrupted, 10);
    Trainer resumed(config, glyphs());
    resumed.restore(saved);
    torch::randn({100});  // the global generator must not matter
    EXPECT_EQ(losses(resumed, 10), expected);
    EXPECT_TRUE(torch::equal(resumed.state().values, uninterrupted.state().values));
    EXPECT_TRUE(torch::equal(resumed.state().ema, uninterrupted.state().ema));
}
INSTANTIATE_TEST_SUITE_P(PlainAndWithAllRandomnessAndHistory, Resumes,
                         testing::Values(small_run(), with_dropout(), run_with_everything(), with_adamw()),
                         [](const auto& tested) {
                             return tested.index == 0   ? "plain"
                                    : tested.index == 1 ? "dropout"
                                    : tested.index == 2 ? "everything"
                                                        : "adamw";
                         });

TEST(Trainer, ConditionsTheNetworkOnTheClassesOfTheDataset) {
    const auto set = glyphs();
    const Trainer trainer(small_run(), set);
    EXPECT_EQ(trainer.config().unet.classes, static_cast<int>(set->class_names.size()));
    EXPECT_TRUE(trainer.config().unet.unlabelled_class);
    RunConfig untold = small_run();
    untold.training.class_labels = false;
    EXPECT_EQ(Trainer(untold, set).config().unet.classes, 0);
}

TEST(Trainer, LearnsToGenerateAClass) {
    // Two classes, all black and all white. After training, the prediction depends only on the label.
    auto set = std::make_shared<Dataset>();
    set->name = "black and white";
    set->images = {32, 1, 8, 8, std::vector<std::uint8_t>(32 * 64)};
    set->class_names = {"black", "white"};
    for (int i = 0; i < 32; ++i) {
        set->labels.push_back(i % 2);
        std::fill_n(set->images.pixels.begin() + i * 64, 64, i % 2 == 1 ? 255 : 0);
    }
    RunConfig config = small_run();
    config.training.learning_rate = 3e-3;
    Trainer trainer(config, set);
    for (int i = 0; i < 150; ++i) trainer.step(0.05);
    UNet network = make_network(trainer.config().unet, 1, 8, 8, trainer.state().values);
    const int T = config.schedule.timesteps;
    const auto x_t = torch::zeros({2, 1, 8, 8});
    const auto t = torch::full({2}, T - 1, torch::kInt64);
    const auto v = predict(network, x_t, t, torch::tensor({std::int64_t{0}, std::int64_t{1}}), {});
    // With x_t = 0, the prediction v is -x_0 / sqrt(1 - alpha_bar), and alpha_bar is nearly 0.
    EXPECT_NEAR(v[0].mean().item<double>(), 1, 0.3);
    EXPECT_NEAR(v[1].mean().item<double>(), -1, 0.3);
}

TEST(Trainer, LearnsTheVarianceWithoutChangingTheMean) {
    // The same run with and without the second half of the channels: the hybrid loss adds a term, which has
    // no gradient with respect to the mean.
    RunConfig config = small_run();
    config.unet.learned_variance = true;
    Trainer trainer(config, glyphs());
    const double first = trainer.step(0.05).loss;
    Trainer plain(small_run(), glyphs());
    EXPECT_GT(first, plain.step(0.05).loss);  // by the term of the bound
    std::vector<double> values;
    for (int i = 0; i < 100; ++i) values.push_back(trainer.step(0.05).loss);
    EXPECT_LT(values.back(), values.front());
}

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
    // At the first step the prediction is 0, so the loss of v is its variance: about 1 for data in [-1, 1].
    EXPECT_NEAR(values[0], 1.0, 0.35);
    for (const double bin : trainer.state().timestep_losses) EXPECT_GT(bin, 0);
}

TEST(Trainer, DoesNotChangeTheWeightsIfTheLossIsNotFinite) {
    RunConfig config = small_run();
    Trainer trainer(config, glyphs());
    losses(trainer, 2);
    TrainingState broken = copy_of(trainer.state());
    broken.values.fill_(1e30f);
    trainer.restore(broken);
    const TrainStep step = trainer.step(0.5);
    EXPECT_FALSE(step.finite);
    EXPECT_EQ(trainer.state().step, 2);
    EXPECT_TRUE(torch::equal(trainer.state().values, broken.values));
}

TEST(Trainer, RefusesABatchLargerThanTheDataset) {
    RunConfig config = small_run();
    config.training.batch_size = 65;
    try {
        Trainer trainer(config, glyphs());
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_THAT(error.why, testing::HasSubstr("batch_size is 65 and the set has 64 images"));
    }
}

TEST(FlatParameters, ShareMemoryWithTheModule) {
    torch::nn::Sequential module(torch::nn::Conv2d(2, 3, 3), torch::nn::Linear(5, 7));
    const auto before = module->parameters()[0].clone();
    const FlatParameters flat(*module);
    EXPECT_TRUE(torch::equal(module->parameters()[0], before));
    const torch::NoGradGuard no_grad;
    flat.values().mul_(2);
    EXPECT_TRUE(torch::equal(module->parameters()[0], 2 * before));
    for (const FlatParameters::Slice& slice : flat.slices()) EXPECT_EQ(slice.offset % 64, 0);
}

class AdamWWithBeta2 : public testing::TestWithParam<double> {};

TEST_P(AdamWWithBeta2, MatchesLibTorch) {
    auto reference = torch::linspace(-1, 1, 64).clone().set_requires_grad(true);
    auto ours = reference.detach().clone();
    torch::optim::AdamW theirs(
        {reference}, torch::optim::AdamWOptions(0.01).betas({0.9, GetParam()}).eps(1e-8).weight_decay(0.1));
    AdamW optimizer(ours, GetParam());
    for (int i = 0; i < 20; ++i) {
        theirs.zero_grad();
        (reference.pow(4).sum() + reference.sum()).backward();
        theirs.step();
        const auto gradient = 4 * ours.pow(3) + 1;
        optimizer.step(ours, gradient, 0.01, 0.1);
    }
    EXPECT_TRUE(torch::allclose(ours, reference.detach(), 1e-5, 1e-6));
}

INSTANTIATE_TEST_SUITE_P(Values, AdamWWithBeta2, testing::Values(0.99, 0.999));

TEST(Trainer, PassesBeta2ToTheOptimizer) {
    RunConfig config = with_adamw();
    Trainer usual(config, glyphs());
    config.training.adam_beta2 = 0.9;
    Trainer quick_to_forget(config, glyphs());
    usual.step(0.5);
    quick_to_forget.step(0.5);
    // After the first step, the second moment is (1 - beta_2) g^2.
    const torch::Tensor moment = usual.state().second_moment;
    EXPECT_GT(moment.max().item<float>(), 0);
    EXPECT_TRUE(torch::allclose(quick_to_forget.state().second_moment, 10 * moment, 1e-4, 0));
}

TEST(ClipGradients, OnlyScalesNormsAboveTheLimit) {
    auto gradients = torch::full({4}, 3.0f);
    EXPECT_FLOAT_EQ(clip_gradients(gradients, 100), 6.0);
    EXPECT_FLOAT_EQ(gradients.norm().item<float>(), 6.0);
    EXPECT_FLOAT_EQ(clip_gradients(gradients, 1.5), 6.0);
    EXPECT_FLOAT_EQ(gradients.norm().item<float>(), 1.5);
    EXPECT_FLOAT_EQ(clip_gradients(gradients, 0), 1.5);
}

TEST(LearningRate, IncreasesAndDecreases) {
    EXPECT_DOUBLE_EQ(learning_rate_at(0, 2, 0.1, true), 0);
    EXPECT_DOUBLE_EQ(learning_rate_at(0.05, 2, 0.1, true), 1);
    EXPECT_DOUBLE_EQ(learning_rate_at(0.1, 2, 0.1, true), 2);
    EXPECT_NEAR(learning_rate_at(0.55, 2, 0.1, true), 1, 1e-12);
    EXPECT_NEAR(learning_rate_at(1, 2, 0.1, true), 0, 1e-12);
    EXPECT_DOUBLE_EQ(learning_rate_at(1, 2, 0.1, false), 2);
}

TEST(Ema, LengthIsAFractionOfTheStepsDone) {
    EXPECT_DOUBLE_EQ(ema_decay(0, 0.05), 0);
    EXPECT_DOUBLE_EQ(ema_decay(20, 0.05), 0);
    EXPECT_DOUBLE_EQ(ema_decay(2000, 0.05), 0.99);
}

}  // namespace
}  // namespace denoise
