#include "engine/runs/training_health.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>

namespace denoise {
namespace {

using Shape = std::function<double(std::int64_t step)>;

/// Steps with the noise of real training steps: up to 10 % up and down.
std::vector<StepMetrics> series(std::int64_t steps, const Shape& loss) {
    std::vector<StepMetrics> all;
    for (std::int64_t step = 1; step <= steps; ++step) {
        const double noise = 0.07 * std::sin(static_cast<double>(step) * 12.9898) +
                             0.03 * std::sin(static_cast<double>(step) * 4.1);
        all.push_back({.step = step, .loss = loss(step) * (1 + noise)});
    }
    return all;
}

/// The means of 20 steps of the preset "quick" on glyphs, with 150 steps of warm-up.
double measured(std::int64_t step) {
    constexpr double means[] = {0.896, 0.727, 0.617, 0.463, 0.329, 0.234, 0.182, 0.158, 0.139, 0.131, 0.123};
    const double place = static_cast<double>(step) / 20;
    const auto before = static_cast<std::size_t>(place);
    if (before + 1 >= std::size(means)) return 0.085 + 0.038 * 220 / static_cast<double>(step);
    const double share = place - static_cast<double>(before);
    return means[before] * (1 - share) + means[before + 1] * share;
}

TrainingHealth health(const std::vector<StepMetrics>& steps, double fraction = 0.1,
                      const TrainingConfig& training = find_preset("quick").config.training) {
    return judge_training(steps, training, fraction);
}

TEST(TrainingHealth, AnOrdinaryTrainingIsNeverCalledAProblem) {
    const std::vector<StepMetrics> whole = series(3000, measured);
    for (std::size_t step = 1; step <= whole.size(); step += step < 400 ? 1 : 50) {
        const std::vector<StepMetrics> so_far(whole.begin(),
                                              whole.begin() + static_cast<std::ptrdiff_t>(step));
        const TrainingHealth now = health(so_far, static_cast<double>(step) / 3000);
        ASSERT_FALSE(now.is_problem()) << "step " << step << ": " << now.text;
        if (step < 40) {
            ASSERT_EQ(now.trend, Trend::starting) << step;
        } else if (step >= 60 && step < 400) {
            ASSERT_EQ(now.trend, Trend::falling) << "step " << step << ": " << now.text;
        }
    }
    EXPECT_EQ(health(whole, 0.6).trend, Trend::slow);
}

TEST(TrainingHealth, AFlatLossAtTheEndOfTheBudgetIsNormal) {
    const std::vector<StepMetrics> whole = series(3000, measured);
    EXPECT_EQ(health(whole, 0.95).trend, Trend::finishing);
    EXPECT_EQ(health(whole, 1).trend, Trend::finishing);
    EXPECT_THAT(health(whole, 1).text, testing::HasSubstr("Finished"));
    TrainingConfig steady = find_preset("quick").config.training;
    steady.anneal = false;
    EXPECT_EQ(health(whole, 0.95, steady).trend, Trend::slow) << "its learning rate does not go to 0";
}

TEST(TrainingHealth, ALossThatDoesNotFallIsExplainedByTheLearningRate) {
    const auto flat = series(400, [](std::int64_t) { return 0.9; });
    TrainingConfig training = find_preset("quick").config.training;
    training.learning_rate = 1e-6;
    EXPECT_EQ(health(flat, 0.1, training).trend, Trend::not_falling);
    EXPECT_THAT(health(flat, 0.1, training).text, testing::HasSubstr("1e-06, is probably too low"));
    training.learning_rate = 0.5;
    EXPECT_THAT(health(flat, 0.1, training).text, testing::HasSubstr("0.5, is probably too high"));
    training.learning_rate = 2e-3;
    EXPECT_EQ(health(flat, 0.1, training).trend, Trend::not_falling);
    EXPECT_THAT(health(flat, 0.1, training).text, testing::Not(testing::HasSubstr("probably")));
    EXPECT_EQ(health(flat, 0.02, training).trend, Trend::starting) << "still in its warm-up";
}

TEST(TrainingHealth, MeasuredTrainingsWithABadLearningRateAreToldFromGoodOnes) {
    TrainingConfig training = find_preset("quick").config.training;
    training.learning_rate = 1e-5;
    const auto slow = series(
        400, [](std::int64_t step) { return 0.72 + 0.22 * std::exp(-static_cast<double>(step) / 160); });
    EXPECT_EQ(health(slow, 0.3, training).trend, Trend::not_falling);
    EXPECT_THAT(health(slow, 0.3, training).text, testing::HasSubstr("too low"));
    training.learning_rate = 0.3;
    const auto wild = series(400, [](std::int64_t step) {
        return step < 3 ? 0.94 : step < 40 ? 3 / (1 + 0.07 * static_cast<double>(step)) : 0.71;
    });
    EXPECT_EQ(health(wild, 0.3, training).trend, Trend::not_falling);
    EXPECT_THAT(health(wild, 0.3, training).text, testing::HasSubstr("too high"));
}

TEST(TrainingHealth, ALossThatRisesAgainIsSeenWithin40Steps) {
    const auto rising = series(600, [](std::int64_t step) {
        return step < 500 ? measured(step) : measured(500) * (1 + 0.01 * static_cast<double>(step - 500));
    });
    const auto until = [&](std::ptrdiff_t step) {
        return health({rising.begin(), rising.begin() + step}).trend;
    };
    EXPECT_NE(until(500), Trend::rising);
    EXPECT_EQ(until(540), Trend::rising);
    EXPECT_THAT(health(rising).text, testing::HasSubstr("half of it"));
}

TEST(TrainingHealth, JumpsAreToldFromTheNoiseOfSteps) {
    auto jumping = series(600, measured);
    jumping[480].loss *= 4;
    EXPECT_FALSE(health(jumping).is_problem()) << "one jump can happen";
    jumping[520].loss *= 4;
    EXPECT_EQ(health(jumping).trend, Trend::spikes);
    EXPECT_THAT(health(jumping).text, testing::HasSubstr("2 of the last 200 steps"));
    auto recovered = series(1000, measured);
    recovered[480].loss *= 4;
    recovered[520].loss *= 4;
    EXPECT_FALSE(health(recovered).is_problem()) << "long ago";
}

TEST(TrainingHealth, ALossThatIsNoNumberHasDiverged) {
    auto steps = series(100, measured);
    steps.back().loss = std::nan("");
    EXPECT_EQ(health(steps).trend, Trend::diverged);
    steps.back().loss = HUGE_VAL;
    EXPECT_EQ(health(steps).trend, Trend::diverged);
    steps.back().loss = 0.2;
    steps[50].loss = std::nan("");
    EXPECT_FALSE(health(steps).is_problem()) << "it has continued since";
}

TEST(TrainingHealth, NothingIsSaidOfAFewSteps) {
    EXPECT_EQ(health({}).trend, Trend::starting);
    EXPECT_EQ(health(series(39, [](std::int64_t step) { return static_cast<double>(step); })).trend,
              Trend::starting);
}

}  // namespace
}  // namespace denoise
