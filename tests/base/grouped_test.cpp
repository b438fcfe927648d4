#include "engine/base/grouped.h"

#include <gtest/gtest.h>

namespace denoise {
namespace {

TEST(Grouped, DigitsAreInGroupsOfThree) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(1'234'567), "1,234,567");
}

}  // namespace
}  // namespace denoise
