#include "engine/runs/expectation.h"

#include <gmock/gmock.h>

namespace denoise {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(Expectation, GetsBetterWithTheNumberOfImages) {
    RunConfig config = with_classes(find_preset("quick").config, 10);
    EXPECT_THAT(expected_samples(config, 1, 28, 28, 1), HasSubstr("noise"));
    EXPECT_THAT(expected_samples(config, 1, 28, 28, 700), HasSubstr("recognizable"));
    EXPECT_THAT(expected_samples(config, 1, 32, 32, 2000), HasSubstr("clear"));
    EXPECT_THAT(expected_samples(config, 1, 28, 28, 20000), HasSubstr("real"));
    config.training.batch_size = 320;
    EXPECT_THAT(expected_samples(config, 1, 28, 28, 2000), HasSubstr("real"));
}

TEST(Expectation, IsOnlyGivenForWhatWasMeasured) {
    const RunConfig measured = with_classes(find_preset("quick").config, 10);
    EXPECT_THAT(expected_samples(measured, 1, 64, 64, 1000), IsEmpty());
    EXPECT_THAT(expected_samples(measured, 3, 28, 28, 1000), IsEmpty());
    EXPECT_THAT(expected_samples(with_classes(find_preset("classic").config, 10), 1, 28, 28, 1000),
                IsEmpty());
    EXPECT_THAT(expected_samples(with_classes(measured, 0), 1, 28, 28, 1000), IsEmpty());
    RunConfig other = measured;
    other.training.learning_rate = 1e-5;
    EXPECT_THAT(expected_samples(other, 1, 28, 28, 1000), IsEmpty());
}

TEST(Milestones, ComeOneAfterTheOtherAndLaterWithALongerWarmUp) {
    const RunConfig config = with_classes(find_preset("quick").config, 10);
    const auto next = [&](std::int64_t step, std::int64_t total) {
        return next_milestone(config, 1, 28, 28, step, total);
    };
    ASSERT_TRUE(next(0, 7'500));
    EXPECT_EQ(next(0, 7'500)->step, 150);
    EXPECT_THAT(next(0, 7'500)->text, HasSubstr("Shapes"));
    EXPECT_EQ(next(150, 7'500)->step, 270);
    EXPECT_THAT(next(150, 7'500)->text, HasSubstr("recognized"));
    EXPECT_FALSE(next(270, 7'500));
    EXPECT_EQ(next(0, 500)->step, 60);
    EXPECT_EQ(next(0, 1'500)->step, 80);
    EXPECT_EQ(next(0, 45'000)->step, 280);
    EXPECT_GT(next(0, 20'000)->step, 150);
    EXPECT_LT(next(0, 20'000)->step, 280);
    EXPECT_FALSE(next(0, 0)) << "the number of steps is not known yet";
    EXPECT_FALSE(next(0, 1'000'000)) << "not measured";
}

TEST(Milestones, AreOnlyToldForWhatWasMeasured) {
    const RunConfig config = with_classes(find_preset("quick").config, 10);
    EXPECT_FALSE(next_milestone(config, 3, 32, 32, 0, 7'500));
    EXPECT_FALSE(next_milestone(config, 1, 64, 64, 0, 7'500));
    RunConfig other = config;
    other.training.batch_size = 128;
    EXPECT_FALSE(next_milestone(other, 1, 28, 28, 0, 7'500));
    EXPECT_FALSE(next_milestone(with_classes(find_preset("classic").config, 10), 1, 28, 28, 0, 7'500));
}

}  // namespace
}  // namespace denoise
