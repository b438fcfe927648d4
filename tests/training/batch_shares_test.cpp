// Batches whose shares are computed at the same time, by threads with networks of their own.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "engine/base/cancelled.h"
#include "engine/model/execution_race.h"
#include "engine/network/openmp_waiting.h"
#include "engine/network/stop_check.h"
#include "engine/runs/run_header.h"
#include "engine/training/trainer.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using test::glyphs;
using test::run_with_everything;
using test::small_run;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;

/// Other tests use one thread.
class BatchShares : public testing::Test {
  protected:
    BatchShares() { limit_active_waiting(); }
    ~BatchShares() override { at::set_num_threads(1); }
};

RunConfig with_batch(RunConfig config, int batch, int parts = 1) {
    config.training.batch_size = batch;
    config.training.batch_parts = parts;
    return config;
}

Execution in_shares(int shares) {
    return {.threads = shares, .batch_shares = shares};
}

std::vector<double> losses_of(Trainer& trainer, int steps) {
    std::vector<double> losses;
    for (int i = 0; i < steps; ++i) losses.push_back(trainer.step(0.5).loss);
    return losses;
}

TEST_F(BatchShares, HaveTheStepsOfTheWholeBatch) {
    for (const auto& [batch, shares] : {std::pair{8, 2}, std::pair{5, 3}}) {
        const RunConfig config = with_batch(run_with_everything(), batch);
        Trainer whole(config, glyphs(), {.threads = 1}), trainer(config, glyphs(), in_shares(shares));
        EXPECT_THAT(losses_of(trainer, 8), Pointwise(DoubleNear(1e-5), losses_of(whole, 8))) << batch;
        EXPECT_TRUE(trainer.state().ema.allclose(whole.state().ema, 1e-3, 1e-4)) << batch;
        EXPECT_TRUE(torch::equal(trainer.state().losses_seen, whole.state().losses_seen));
    }
}

TEST_F(BatchShares, HaveTheGradientOfTheWholeBatch) {
    const RunConfig config = with_batch(small_run(), 7);
    Trainer whole(config, glyphs(), {.threads = 1}), trainer(config, glyphs(), in_shares(3));
    for (int i = 0; i < 3; ++i) {
        trainer.restore(whole.state());
        const TrainStep wanted = whole.step(0.5), step = trainer.step(0.5);
        EXPECT_NEAR(step.loss, wanted.loss, 1e-6 * wanted.loss);
        EXPECT_NEAR(step.gradient_norm, wanted.gradient_norm, 1e-5 * wanted.gradient_norm);
        const torch::Tensor moment = whole.state().first_moment;
        EXPECT_TRUE(trainer.state().first_moment.allclose(moment, 1e-3, 1e-6));
    }
}

TEST_F(BatchShares, AreSharesOfTheParts) {
    const RunConfig config = with_batch(small_run(), 9, 3);
    Trainer whole(config, glyphs(), {.threads = 1}), trainer(config, glyphs(), in_shares(2));
    EXPECT_THAT(losses_of(trainer, 4), Pointwise(DoubleNear(1e-5), losses_of(whole, 4)));
}

TEST_F(BatchShares, GiveTheSameResultsAgainAndAfterResuming) {
    const RunConfig config = with_batch(run_with_everything(), 5);
    Trainer first(config, glyphs(), in_shares(3)), second(config, glyphs(), in_shares(3));
    EXPECT_EQ(losses_of(first, 3), losses_of(second, 3));
    Trainer resumed(config, glyphs(), in_shares(3));
    resumed.restore(first.state());
    EXPECT_EQ(losses_of(resumed, 3), losses_of(first, 3));
    EXPECT_TRUE(torch::equal(resumed.state().values, first.state().values));
}

TEST_F(BatchShares, LeaveNoTraceOfAStoppedStep) {
    const RunConfig config = with_batch(small_run(), 4);
    Trainer undisturbed(config, glyphs(), in_shares(2)), trainer(config, glyphs(), in_shares(2));
    EXPECT_EQ(losses_of(trainer, 2), losses_of(undisturbed, 2));
    int stops = 0;
    for (bool stopped = true; stopped; stops += stopped) {
        int checks = 0;
        const StopScope stop([&] { return checks++ == stops; });
        try {
            trainer.step(0.5);
            stopped = false;
        } catch (const Cancelled&) {
            EXPECT_EQ(trainer.state().step, 2);
            EXPECT_FALSE(trainer.is_torn());
        }
    }
    EXPECT_GT(stops, 10) << "in the forward pass, the backward pass, and before the optimizer";
    undisturbed.step(0.5);  // the last step of the loop was not stopped
    EXPECT_EQ(losses_of(trainer, 2), losses_of(undisturbed, 2));
    EXPECT_TRUE(torch::equal(trainer.state().values, undisturbed.state().values));
}

TEST_F(BatchShares, AreNotUsedWithDropoutOrPairedNoise) {
    RunConfig dropout = with_batch(small_run(), 4), paired = dropout;
    EXPECT_TRUE(can_be_divided(dropout));
    dropout.unet.dropout = 0.2;
    paired.training.noise_pairing = NoisePairing::immiscible;
    for (const RunConfig& config : {dropout, paired}) {
        EXPECT_FALSE(can_be_divided(config));
        Trainer whole(config, glyphs(), {.threads = 2}), trainer(config, glyphs(), in_shares(2));
        EXPECT_EQ(trainer.step(0.5).loss, whole.step(0.5).loss);
        EXPECT_TRUE(torch::equal(trainer.state().values, whole.state().values));
    }
}

TEST_F(BatchShares, AreTriedWithEveryNumberOfThreads) {
    const Execution one{.threads = 1}, two{.threads = 2};
    EXPECT_THAT(thread_choices(one, {}, 32), ElementsAre());
    EXPECT_THAT(thread_choices(two, {}, 32), ElementsAre(ThreadChoice{2, 2}));
    EXPECT_THAT(thread_choices(two, {}, 1), ElementsAre());
    EXPECT_THAT(thread_choices(one, {2}, 32), ElementsAre(ThreadChoice{2, 2}, ThreadChoice{2, 1}));
    EXPECT_THAT(thread_choices(in_shares(2), {1}, 32), ElementsAre(ThreadChoice{2, 1}, ThreadChoice{1, 1}));
    EXPECT_THAT(thread_choices({.threads = 4}, {}, 3), ElementsAre(ThreadChoice{4, 2}));
    EXPECT_THAT(thread_choices({.threads = 2, .kernels = Kernels::plain}, {1}, 32),
                ElementsAre(ThreadChoice{1, 1}));
}

TEST_F(BatchShares, AreKeptInRunsAndOlderRunsHaveNone) {
    const Execution execution = in_shares(2);
    nlohmann::json object = execution_to_json(execution);
    EXPECT_EQ(object.at("batch_shares"), 2);
    EXPECT_EQ(execution_from_json(object), execution);
    object.erase("batch_shares");
    EXPECT_EQ(execution_from_json(object), (Execution{.threads = 2}));
    EXPECT_FALSE(execution_to_json(Execution{}).contains("batch_shares"));
    object["batch_shares"] = -3;
    EXPECT_EQ(execution_from_json(object).batch_shares, 1);
}

}  // namespace
}  // namespace denoise
