#include "ui/text/dataset_text.h"

#include <gtest/gtest.h>

namespace denoise::testing {
namespace {

TEST(DatasetText, DescribesItsImages) {
    EXPECT_EQ(ui::images_text(60'000, 28, 20, 1, 10), "60,000 images of 28×20, grey, 10 classes");
    EXPECT_EQ(ui::images_text(5, 64, 64, 3, 1), "5 images of 64×64, colour") << "one class is none";
}

TEST(DatasetText, ANameComesFromThePath) {
    EXPECT_EQ(ui::dataset_title("glyphs"), "Glyphs");
    EXPECT_EQ(ui::dataset_title("/data/birds"), "birds");
}

}  // namespace
}  // namespace denoise::testing
