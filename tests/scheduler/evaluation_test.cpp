#include <gmock/gmock.h>

#include <limits>
#include <numeric>

#include "tests/scheduler/scheduler_fixture.h"

namespace denoise {
namespace {

using test::SchedulerTest;
using test::small_run;
using testing::HasSubstr;

TEST_F(SchedulerTest, EvaluatesInBitsPerDim) {
    train("run");
    const auto result = result_of<EvaluationResult>(Evaluate{small_run().dataset, 4});
    const auto& bound = std::get<BitsPerDim>(result.score);
    EXPECT_EQ(bound.terms.size(), 100u);
    EXPECT_GT(bound.total, 0.1);
    EXPECT_LT(bound.total, 12);
    EXPECT_NEAR(std::accumulate(bound.terms.begin(), bound.terms.end(), bound.prior), bound.total, 1e-9);
}

TEST_F(SchedulerTest, EvaluatesSamplesInTheFeaturesOfAClassifier) {
    qputenv("XDG_CACHE_HOME", (folder / "cache").c_str());
    train("run");
    Evaluate command{.dataset = {.dataset = "glyphs", .image_limit = 160}, .count = 30};
    command.samples.steps = 3;

    command.metric = Metric::frechet;
    const auto frechet = std::get<FrechetScore>(result_of<EvaluationResult>(command).score);
    EXPECT_EQ(frechet.samples, 30);
    EXPECT_EQ(frechet.reference_images, 160);
    EXPECT_THAT(frechet.feature_space, HasSubstr("classifier of"));
    EXPECT_THAT(frechet.caution, HasSubstr("biased upwards"));  // fewer images than features
    EXPECT_GT(frechet.floor, 0);
    EXPECT_GT(frechet.distance, 2 * frechet.floor);  // forty steps are not enough to learn

    command.metric = Metric::precision_recall;
    const auto precision_recall = std::get<PrecisionRecallScore>(result_of<EvaluationResult>(command).score);
    EXPECT_EQ(precision_recall.reference_images, 30);
    EXPECT_GE(precision_recall.precision, 0);
    EXPECT_LT(precision_recall.recall, 0.5);

    command.metric = Metric::nearest;
    command.count = 3;
    command.seed = std::numeric_limits<std::int64_t>::max();  // those of its batches do not overflow
    const auto nearest = std::get<NearestImages>(result_of<EvaluationResult>(command).score);
    ASSERT_EQ(nearest.indices.size(), 3u);
    EXPECT_EQ(nearest.images.count, 3);
    EXPECT_EQ(nearest.neighbours.count, 3);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_LT(nearest.indices[i], 160);
        EXPECT_GT(nearest.distances[i], 0);
    }
    qunsetenv("XDG_CACHE_HOME");
}

}  // namespace
}  // namespace denoise
