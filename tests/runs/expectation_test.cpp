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

}  // namespace
}  // namespace denoise
