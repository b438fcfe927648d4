#include <gmock/gmock.h>

#include "tests/scheduler/scheduler_fixture.h"

namespace denoise {
namespace {

using test::SchedulerTest;
using testing::HasSubstr;

ImageBatch image_of(const ImageBatch& images, std::int64_t k) {
    return images_at(images, {k});
}

/// In grey levels. The same image of another batch may be rounded differently.
int largest_difference(const ImageBatch& a, const ImageBatch& b) {
    int largest = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        largest = std::max(largest, std::abs(int{a.pixels[i]} - int{b.pixels.at(i)}));
    return largest;
}

TEST_F(SchedulerTest, BranchesStartFromTheExactFrameAndDifferAfterIt) {
    train("run");
    const auto sample = [&](const SampleRequest& request) {
        const JobId job = engine->post(Sample{request});
        EXPECT_EQ(end_of(job).outcome, Outcome::done);
        return job;
    };
    for (const std::string sampler : {"ddim", "dpmpp-2m-sde"}) {
        const JobId origin = sample({.sampler = sampler, .count = 4, .steps = 8, .seed = 4});
        const JobId futures = sample({.count = 3, .branch = Branch{origin, 2, 5, 9}});
        const auto before = all<SampleFrame>(origin), after = all<SampleFrame>(futures);
        const SampleStarted started = all<SampleStarted>(futures).at(0);
        EXPECT_EQ(started.first_step, 5);
        EXPECT_EQ(started.timesteps.size(), 8u);
        EXPECT_THAT(started.branches, testing::ElementsAre(BranchPoint{2, 5, 9}));
        ASSERT_EQ(after.size(), 3u);  // steps 5, 6, 7
        EXPECT_EQ(after[0].index, 5);
        for (int k = 0; k < 3; ++k) {
            EXPECT_EQ(image_of(after[0].x_t, k), image_of(before[5].x_t, 2));
            EXPECT_GT(largest_difference(image_of(after[1].x_t, k), image_of(after[1].x_t, (k + 1) % 3)), 20);
        }
        // A branch of a branch: of its second image, one step later.
        const JobId later = sample({.count = 2, .branch = Branch{futures, 1, 6, 10}});
        const SampleFrame first = all<SampleFrame>(later).at(0);
        EXPECT_EQ(image_of(first.x_t, 0), image_of(after[1].x_t, 1));
        EXPECT_EQ(all<SampleStarted>(later).at(0).branches.size(), 2u);
        EXPECT_THAT(error_of(Sample{{.branch = Branch{futures, 0, 4, 0}}}).why, HasSubstr("5 to 7"));
        EXPECT_THAT(error_of(Sample{{.branch = Branch{origin, 4, 5, 0}}}).why, HasSubstr("0 to 3"));
    }
    EXPECT_THAT(error_of(Sample{{.branch = Branch{12345, 0, 0, 0}}}).why, HasSubstr("not in memory"));
}

TEST_F(SchedulerTest, ABranchDuringTrainingStartsFromTheFrameShown) {
    // Regression: the steps before the frame were computed again with the current weights.
    start_endless_run();
    const JobId origin = engine->post(Sample{{.count = 2, .steps = 10, .seed = 4}});
    end_of(origin);
    next<MetricsBatch>();
    const std::int64_t shown_at = all<SampleStarted>(origin).at(0).model_step;
    next<MetricsBatch>([&](const MetricsBatch& batch) { return batch.steps.back().step > shown_at + 20; });
    const JobId futures = engine->post(Sample{{.count = 2, .branch = Branch{origin, 1, 4, 9}}});
    EXPECT_EQ(end_of(futures).outcome, Outcome::done);
    EXPECT_EQ(all<SampleStarted>(futures).at(0).model_step, shown_at);
    EXPECT_EQ(image_of(all<SampleFrame>(futures).at(0).x_t, 0),
              image_of(all<SampleFrame>(origin).at(4).x_t, 1));
}

TEST_F(SchedulerTest, ABranchFromAStateThatWasNotKeptIsTheSame) {
    train("run");
    const auto first_frame = [&](std::size_t bytes) {
        engine = make_engine({.threads = 1, .trajectory_bytes = bytes});
        pending.clear();
        seen.clear();
        EXPECT_EQ(run(OpenModel{folder / "run"}).outcome, Outcome::done);
        const JobId origin = engine->post(Sample{{.sampler = "unipc", .count = 4, .steps = 12, .seed = 4}});
        end_of(origin);
        const JobId futures = engine->post(Sample{{.count = 2, .branch = Branch{origin, 2, 7, 9}}});
        EXPECT_EQ(end_of(futures).outcome, Outcome::done);
        EXPECT_EQ(image_of(all<SampleFrame>(futures).at(0).x_t, 0),
                  image_of(all<SampleFrame>(origin).at(7).x_t, 2));
        return all<SampleFrame>(futures).at(2);
    };
    const SampleFrame roomy = first_frame(std::size_t{64} << 20), cramped = first_frame(200'000);
    EXPECT_EQ(roomy.x_t, cramped.x_t);
}

TEST_F(SchedulerTest, ImagesBetweenTwoSeedsStartAndEndWithTheirImages) {
    train("run");
    const auto images_of = [&](const SampleRequest& request) {
        return result_of<SampleResult>(Sample{request}).images;
    };
    const ImageBatch between =
        images_of({.sampler = "ddim", .count = 5, .steps = 6, .seed = 1, .to_seed = 2});
    const auto image = [&](std::int64_t seed) {
        return images_of({.sampler = "ddim", .count = 1, .steps = 6, .seed = seed});
    };
    EXPECT_EQ(between.count, 5);
    EXPECT_LE(largest_difference(image_of(between, 0), image(1)), 1);
    EXPECT_LE(largest_difference(image_of(between, 4), image(2)), 1);
    EXPECT_GT(largest_difference(image_of(between, 2), image_of(between, 3)), 1);
}

}  // namespace
}  // namespace denoise
