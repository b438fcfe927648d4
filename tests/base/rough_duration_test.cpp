#include "engine/base/rough_duration.h"

#include <gtest/gtest.h>

namespace denoise {
namespace {

TEST(RoughDuration, HasTheUnitAndTheDigitsOfAnEstimate) {
    EXPECT_EQ(rough_duration(1), "10 s");
    EXPECT_EQ(rough_duration(44), "40 s");
    EXPECT_EQ(rough_duration(91), "2 min");
    EXPECT_EQ(rough_duration(600), "10 min");
    EXPECT_EQ(rough_duration(3600), "60 min");
    EXPECT_EQ(rough_duration(5400), "1.5 h");
    EXPECT_EQ(rough_duration(48.02 * 3600), "48 h");
    EXPECT_EQ(rough_duration(1000.04 * 3600), "1000 h");
}

}  // namespace
}  // namespace denoise
