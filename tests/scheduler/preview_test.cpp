#include "tests/scheduler/scheduler_fixture.h"

namespace denoise::test {
namespace {

TEST_F(SchedulerTest, AShorterTimeBetweenSamplesAppliesAtOnce) {
    RunConfig config = endless();
    config.training.preview_seconds = 0.05;
    engine->post(StartTraining{config, folder / "run"});
    next<PreviewReady>();
    config.training.preview_seconds = 3600;
    engine->post(ChangeTraining{config});
    next<RunChanged>();
    for (int i = 0; i < 20; ++i) next<MetricsBatch>();
    while (true) {  // until the preview that was due already has been drawn
        const std::size_t before = all<PreviewReady>(1).size();
        for (int i = 0; i < 20; ++i) next<MetricsBatch>();
        if (all<PreviewReady>(1).size() == before) break;
    }
    config.training.preview_seconds = 0.05;
    engine->post(ChangeTraining{config});
    EXPECT_GT(next<PreviewReady>().step, 0) << "and not after an hour";
}

}  // namespace
}  // namespace denoise::test
