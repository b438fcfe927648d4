#include "engine/model/recently_used.h"

#include <gtest/gtest.h>

#include <string>

namespace denoise {
namespace {

TEST(RecentlyUsed, DropsWhatWasUsedFirstBeyondItsLimit) {
    RecentlyUsed<std::string, int> kept(10);
    kept.add("a", 1, 4);
    kept.add("b", 2, 4);
    ASSERT_NE(kept.find("a"), nullptr);
    EXPECT_EQ(*kept.find("a"), 1);
    kept.add("c", 3, 4);
    EXPECT_EQ(kept.find("b"), nullptr);
    EXPECT_NE(kept.find("a"), nullptr);
    EXPECT_NE(kept.find("c"), nullptr);
    EXPECT_EQ(kept.size(), 2u);
}

TEST(RecentlyUsed, DoesNotKeepWhatIsLargerThanItsLimit) {
    RecentlyUsed<std::string, int> kept(10);
    kept.add("large", 1, 11);
    EXPECT_EQ(kept.size(), 0u);
    kept.add("fits", 2, 10);
    EXPECT_NE(kept.find("fits"), nullptr);
}

TEST(RecentlyUsed, HasTheRoomOfWhatWasRemoved) {
    RecentlyUsed<std::string, int> kept(10);
    kept.add("old", 1, 6);
    kept.add("other", 2, 4);
    kept.remove_if([](const std::string& key) { return key == "old"; });
    EXPECT_EQ(kept.find("old"), nullptr);
    kept.add("new", 3, 6);
    EXPECT_NE(kept.find("other"), nullptr);
    EXPECT_NE(kept.find("new"), nullptr);
}

}  // namespace
}  // namespace denoise
