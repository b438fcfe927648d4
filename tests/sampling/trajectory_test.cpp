#include "engine/sampling/trajectory.h"

#include <gtest/gtest.h>

#include "engine/schedule/spacing.h"
#include "tests/support/gaussian_toy.h"

namespace denoise {
namespace {

constexpr int steps = 24;

/// A sampling with noise and history, which can be continued from any of its states.
Sampling continue_from(SamplerState state) {
    const test::GaussianToy toy{.mean = 0.1, .deviation = 0.3, .schedule = make_schedule({})};
    const SamplerPlan plan{spaced_timesteps(toy.schedule, steps, Spacing::trailing)};
    return sample(solver_named("dpmpp-2m-sde"), toy.model(Clipping::range), plan, std::move(state),
                  StepNoise(3, 2));
}

struct Recorded {
    Trajectory trajectory;
    std::vector<SamplerState> states;
};

Recorded record() {
    Recorded result;
    finish<torch::Tensor, Step>(continue_from({0, StepNoise(3, 2).initial({1, 4, 4})}),
                                [&](const Step& step) {
                                    result.trajectory.add(step);
                                    result.states.push_back(step.state());
                                });
    return result;
}

void expect_equal(const SamplerState& a, const SamplerState& b) {
    EXPECT_EQ(a.i, b.i);
    EXPECT_TRUE(torch::equal(a.x, b.x)) << "step " << a.i;
    ASSERT_EQ(a.history.size(), b.history.size());
    for (std::size_t k = 0; k < a.history.size(); ++k) EXPECT_TRUE(torch::equal(a.history[k], b.history[k]));
}

TEST(Trajectory, KeepsEveryStateWhileThereIsRoom) {
    const Recorded recorded = record();
    EXPECT_EQ(recorded.trajectory.stride(), 1);
    for (const SamplerState& state : recorded.states)
        expect_equal(recorded.trajectory.at_or_before(state.i), state);
}

TEST(Trajectory, GivesEveryStateBitForBitAfterThinning) {
    Recorded recorded = record();
    while (recorded.trajectory.thin()) {
        for (const SamplerState& state : recorded.states) {
            const int kept = recorded.trajectory.at_or_before(state.i).i;
            EXPECT_EQ(kept, state.i / recorded.trajectory.stride() * recorded.trajectory.stride());
            expect_equal(finish(state_at(recorded.trajectory, state.i, continue_from)), state);
        }
    }
    EXPECT_EQ(recorded.trajectory.at_or_before(steps - 1).i, 0);  // x_T is never dropped
}

TEST(Trajectory, ThinningHalvesTheMemoryAndCountsForLaterSteps) {
    Recorded recorded = record();
    const std::size_t before = recorded.trajectory.bytes();
    ASSERT_TRUE(recorded.trajectory.thin());
    EXPECT_NEAR(static_cast<double>(recorded.trajectory.bytes()), static_cast<double>(before) / 2,
                static_cast<double>(before) / 10);
    const std::size_t thinned = recorded.trajectory.bytes();
    const auto x = torch::zeros({2, 1, 4, 4});
    recorded.trajectory.add(Step(steps + 1, 0, x, x, x, {}));  // between the strides
    EXPECT_EQ(recorded.trajectory.bytes(), thinned);
}

TEST(Trajectory, OfABranchBeginsAtItsFirstStep) {
    const Recorded recorded = record();
    Trajectory branch;
    finish<torch::Tensor, Step>(continue_from(recorded.states[7]),
                                [&](const Step& step) { branch.add(step); });
    expect_equal(branch.at_or_before(7), recorded.states[7]);
    ASSERT_TRUE(branch.thin());
    expect_equal(finish(state_at(branch, 11, continue_from)), recorded.states[11]);
}

}  // namespace
}  // namespace denoise
