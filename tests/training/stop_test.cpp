#include "engine/network/stop_check.h"

#include <gtest/gtest.h>

#include "engine/base/cancelled.h"
#include "engine/network/inference.h"
#include "engine/training/trainer.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using test::glyphs;
using test::small_run;

/// Calls action() and stops it at the n-th check, from 0. Returns whether it was stopped.
template <class Action>
bool stopped_at(int n, const Action& action) {
    int checks = 0;
    const StopScope stop([&] { return checks++ == n; });
    try {
        action();
        return false;
    } catch (const Cancelled&) {
        return true;
    }
}

RunConfig annotated() {
    RunConfig config = small_run();
    config.unet = find_preset("annotated").config.unet;
    config.unet.base_width = 8;
    config.unet.groups = 4;
    return config;
}

RunConfig with_memory_of_losses() {
    RunConfig config = small_run();
    config.unet.dropout = 0.2;
    config.schedule.timesteps = 4;
    config.training.timestep_sampling = TimestepSampling::loss_second_moment;
    return config;
}

class StoppedStep : public testing::TestWithParam<RunConfig> {};

TEST_P(StoppedStep, LeavesNoTrace) {
    Trainer undisturbed(GetParam(), glyphs()), trainer(GetParam(), glyphs());
    for (int i = 0; i < 12; ++i)  // fills the history of losses
        EXPECT_EQ(trainer.step(0.1).loss, undisturbed.step(0.1).loss);
    const torch::Tensor before = trainer.state().values.clone();
    int stops = 0;
    while (stopped_at(stops, [&] { trainer.step(0.1); })) {
        EXPECT_EQ(trainer.state().step, 12);
        EXPECT_TRUE(torch::equal(trainer.state().values, before)) << stops;
        ++stops;
    }
    EXPECT_GT(stops, 10) << "in the forward pass, the backward pass, and before the optimizer";
    undisturbed.step(0.1);  // the last call of the loop was not stopped
    for (int i = 0; i < 3; ++i) EXPECT_EQ(trainer.step(0.1).loss, undisturbed.step(0.1).loss);
    EXPECT_TRUE(torch::equal(trainer.state().values, undisturbed.state().values));
    EXPECT_TRUE(torch::equal(trainer.state().ema, undisturbed.state().ema));
    EXPECT_TRUE(torch::equal(trainer.state().first_moment, undisturbed.state().first_moment));
}
INSTANTIATE_TEST_SUITE_P(OfNetworks, StoppedStep,
                         testing::Values(small_run(), annotated(), with_memory_of_losses()),
                         [](const auto& tested) {
                             return tested.index == 0   ? "standard"
                                    : tested.index == 1 ? "annotated"
                                                        : "losses";
                         });

TEST(StoppedSampling, EndsBetweenTheParts) {
    Trainer trainer(small_run(), glyphs());
    UNet network = make_network(trainer.config().unet, 1, 28, 28, trainer.state().values);
    const auto evaluate = [&] {
        predict(network, torch::zeros({1, 1, 28, 28}), torch::zeros({1}, torch::kInt64), {}, {});
    };
    EXPECT_TRUE(stopped_at(0, evaluate));
    EXPECT_TRUE(stopped_at(4, evaluate));
    EXPECT_FALSE(stopped_at(1000, evaluate));
    EXPECT_NO_THROW(evaluate()) << "without a StopScope";
}

}  // namespace
}  // namespace denoise
