#include "engine/runs/expectation.h"

#include <gmock/gmock.h>

namespace denoise {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(Expectation, GetsBetterWithTheNumberOfImages) {
    RunConfig config = with_classes(find_preset("quick").config, 10);
    EXPECT_THAT(expected_samples(config, 28, 28, 1), HasSubstr("noise"));
    EXPECT_THAT(expected_samples(config, 28, 28, 700), HasSubstr("recognizable"));
    EXPECT_THAT(expected_samples(config, 32, 32, 2000), HasSubstr("clear"));
    EXPECT_THAT(expected_samples(config, 28, 28, 20000), HasSubstr("real"));
    config.training.batch_size = 320;
    EXPECT_THAT(expected_samples(config, 28, 28, 2000), HasSubstr("real"));
}

TEST(Expectation, IsOnlyGivenForWhatWasMeasured) {
    EXPECT_THAT(expected_samples(find_preset("quick").config, 64, 64, 1000), IsEmpty());
    EXPECT_THAT(expected_samples(find_preset("classic").config, 28, 28, 1000), IsEmpty());
    RunConfig smaller = find_preset("quick").config;
    smaller.unet.base_width = 16;
    EXPECT_THAT(expected_samples(smaller, 28, 28, 1000), IsEmpty());
}

}  // namespace
}  // namespace denoise
