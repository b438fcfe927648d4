#include "engine/base/picture.h"

#include <stdexcept>

#include "tests/support/files.h"

namespace denoise {
namespace {

/// Two 2x1 RGB images whose bytes say where they come from: image * 100 + channel * 10 + x.
ImageBatch two_images() {
    return {2, 3, 1, 2, {0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121}};
}

TEST(Picture, PlanesBecomeInterleavedPixels) {
    EXPECT_EQ(picture_of(two_images(), 1), (Picture{2, 1, 3, {100, 110, 120, 101, 111, 121}}));
}

TEST(Picture, AnIndexOutsideTheBatchThrows) {
    EXPECT_THROW(picture_of(two_images(), 2), std::out_of_range);
    EXPECT_THROW(picture_of(two_images(), -1), std::out_of_range);
    EXPECT_THROW(picture_of({}, 0), std::out_of_range);
}

TEST(Picture, AGridHasGapsAroundAndBetweenItsImages) {
    const ImageBatch grey{3, 1, 1, 1, {1, 2, 3}};
    EXPECT_EQ(grid_of(grey, 2, 1, 9), (Picture{5, 5, 1, {9, 9, 9, 9, 9,  //
                                                         9, 1, 9, 2, 9,  //
                                                         9, 9, 9, 9, 9,  //
                                                         9, 3, 9, 9, 9,  //
                                                         9, 9, 9, 9, 9}}));
    EXPECT_EQ(grid_of(grey, 3, 0, 9), (Picture{3, 1, 1, {1, 2, 3}}));
}

TEST(Picture, AGridIsAsSquareAsItCanBe) {
    EXPECT_EQ(square_columns(1), 1);
    EXPECT_EQ(square_columns(16), 4);
    EXPECT_EQ(square_columns(17), 5);
    EXPECT_EQ(grid_of({5, 1, 1, 1, {1, 2, 3, 4, 5}}, 0, 0).width, 3);
    EXPECT_TRUE(grid_of({}).empty());
}

TEST(Picture, TheSizeOfAGridIsKnownBeforeItIsMade) {
    for (const int columns : {0, 1, 3, 99}) {
        const ImageBatch images{7, 1, 2, 3, std::vector<std::uint8_t>(7 * 2 * 3)};
        const Picture grid = grid_of(images, columns, 4);
        const GridSize size = grid_size(7, 3, 2, columns, 4);
        EXPECT_EQ(size.width, grid.width) << columns;
        EXPECT_EQ(size.height, grid.height) << columns;
    }
    EXPECT_EQ(grid_size(4096, 100'000, 100'000).width, 64 * 100'002 + 2) << "without overflow for any image";
}

TEST(Picture, AGridOfColourImagesKeepsTheirColours) {
    const Picture grid = grid_of(two_images(), 1, 0);
    EXPECT_EQ(grid, (Picture{2, 2, 3, {0, 10, 20, 1, 11, 21, 100, 110, 120, 101, 111, 121}}));
}

}  // namespace
}  // namespace denoise
