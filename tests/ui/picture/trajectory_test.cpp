#include "ui/picture/trajectory.h"

#include <gmock/gmock.h>

#include "tests/ui/support/marked_frames.h"

namespace denoise::ui {
namespace {

using denoise::testing::branch_start;
using denoise::testing::marked_frame;
using denoise::testing::marked_frame_with_noise;
using denoise::testing::marked_result;
using denoise::testing::marked_start;
using ::testing::ElementsAre;

constexpr int steps = denoise::testing::marked_steps;

std::vector<int> held_steps(const Trajectory& film) {
    std::vector<int> held;
    for (int i = 0; i < film.size(); ++i) held.push_back(film.frame(i).step);
    return held;
}

TEST(Trajectory, HoldsEveryFrameAndTheResult) {
    Trajectory film(marked_start(1));
    for (int i = 0; i < steps; ++i) film.add(marked_frame(1, i));
    film.add(marked_result(1));
    ASSERT_EQ(film.size(), steps + 1);
    EXPECT_EQ(film.stride(), 1);
    EXPECT_EQ(film.frame(3).timestep, 600);
    EXPECT_DOUBLE_EQ(film.frame(3).alpha_bar, 0.4);
    EXPECT_EQ(film.frame(steps).timestep, -1);
    EXPECT_EQ(film.frame(steps).x_t.pixels.at(0), 200);
}

TEST(Trajectory, KeepsToItsMemoryEvenlyWithFirstAndNewestFrame) {
    const std::size_t of_a_frame = 2 * 4 * 16;
    Trajectory film(marked_start(1), 4 * of_a_frame);
    for (int i = 0; i < steps; ++i) {
        film.add(marked_frame(1, i));
        EXPECT_LE(film.bytes(), 4 * of_a_frame);
        EXPECT_EQ(film.frame(0).step, 0);
        EXPECT_EQ(film.frame(film.size() - 1).step, i) << "the newest is always held";
    }
    EXPECT_EQ(film.stride(), 4);
    EXPECT_THAT(held_steps(film), ElementsAre(0, 4, 8, 9));
}

TEST(Trajectory, CopiesOfItsPicturesShareTheirPixels) {
    Trajectory film(marked_start(1));
    for (int i = 0; i < steps; ++i) film.add(marked_frame(1, i));
    const std::size_t before = film.bytes();
    film.add(marked_result(1));
    const TrajectoryFrame& result = film.frame(steps);
    EXPECT_EQ(result.x_t.image(0), result.x0.image(0));
    EXPECT_EQ(film.bytes(), before + 4 * 16) << "the pixels of the result count once";
    const ImageBatch shown = film.frame(3).x0;
    EXPECT_EQ(shown.image(0), film.frame(3).x0.image(0));
}

TEST(Trajectory, ACancelledSampleKeepsItsFramesAndHasNoResult) {
    Trajectory film(marked_start(1));
    film.add(marked_frame(1, 0));
    film.end();
    film.add(marked_frame(1, 1));
    film.add(marked_result(1));
    EXPECT_EQ(film.size(), 1);
    EXPECT_TRUE(film.ended());
}

TEST(Trajectory, ABranchBeginsWithTheFramesOfTheImageThatItBranchesFrom) {
    Trajectory origin(marked_start(1));
    for (int i = 0; i < steps; ++i) origin.add(marked_frame(1, i));
    Trajectory branch(branch_start(2, 1, 3, 6));
    branch.begin_as_branch_of(origin);
    ASSERT_THAT(held_steps(branch), ElementsAre(0, 1, 2, 3, 4, 5));
    for (int i = 0; i < branch.size(); ++i) {
        ASSERT_EQ(branch.frame(i).x_t.count, 2);
        EXPECT_EQ(branch.frame(i).timestep, origin.frame(i).timestep);
        for (int image = 0; image < 2; ++image) {
            EXPECT_EQ(picture_of(branch.frame(i).x_t, image), picture_of(origin.frame(i).x_t, 3));
            EXPECT_EQ(picture_of(branch.frame(i).x0, image), picture_of(origin.frame(i).x0, 3));
        }
    }
    branch.add(marked_frame(2, 6, 2));
    EXPECT_THAT(held_steps(branch), ElementsAre(0, 1, 2, 3, 4, 5, 6));
}

TEST(Trajectory, ABranchOfAThinnedSampleTakesTheFramesThatAreHeld) {
    Trajectory origin(marked_start(1));
    for (int i = 0; i < steps; ++i) origin.add(marked_frame(1, i));
    ASSERT_TRUE(origin.thin());
    Trajectory branch(branch_start(2, 1, 0, 5));
    branch.begin_as_branch_of(origin);
    EXPECT_THAT(held_steps(branch), ElementsAre(0, 2, 4));
    for (int i = 5; i < 8; ++i) branch.add(marked_frame(2, i, 2));
    EXPECT_THAT(held_steps(branch), ElementsAre(0, 2, 4, 6, 7)) << "evenly, with the newest";
}

TEST(Trajectory, HoldsTheNoiseAsLongAsItTakesLittleMemory) {
    Trajectory film(marked_start(1));
    for (int i = 0; i < steps; ++i) film.add(marked_frame_with_noise(1, i));
    EXPECT_EQ(film.frame(3).eps.pixels.at(0), 180);
    EXPECT_TRUE(film.keeps_eps());
    Trajectory narrow(marked_start(1), 15 * (128 + 4 * sizeof(FrameNorms)));
    std::size_t without = 0;
    for (int i = 0; i < steps; ++i) {
        narrow.add(marked_frame_with_noise(1, i));
        without += 2 * 4 * 16 + 4 * sizeof(FrameNorms);
    }
    EXPECT_FALSE(narrow.keeps_eps());
    EXPECT_TRUE(narrow.frame(0).eps.empty());
    EXPECT_EQ(narrow.frame(0).norms.size(), 4u) << "the numbers stay";
    ASSERT_EQ(narrow.stride(), 1);
    EXPECT_EQ(narrow.bytes(), without);
}

TEST(Trajectory, ABranchHasTheNoiseAndTheNumbersOfItsImage) {
    Trajectory origin(marked_start(1));
    for (int i = 0; i < steps; ++i) origin.add(marked_frame_with_noise(1, i));
    Trajectory branch(branch_start(2, 1, 3, 6));
    branch.begin_as_branch_of(origin);
    ASSERT_EQ(branch.frame(5).norms.size(), 2u);
    EXPECT_EQ(branch.frame(5).norms.at(1), origin.frame(5).norms.at(3));
    EXPECT_EQ(picture_of(branch.frame(5).eps, 1), picture_of(origin.frame(5).eps, 3));
}

}  // namespace
}  // namespace denoise::ui
