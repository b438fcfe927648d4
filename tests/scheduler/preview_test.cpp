#include <cmath>

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

TEST_F(SchedulerTest, EveryFrameHasItsNoiseAndItsNumbers) {
    train("run");
    const SampleRequest request{.sampler = "ddim", .count = 3, .steps = 5, .seed = 3};
    const JobId job = engine->post(Sample{request});
    end_of(job);
    const auto frames = all<SampleFrame>(job);
    const auto start = all<SampleStarted>(job).at(0);
    ASSERT_EQ(frames.size(), 5u);
    for (const SampleFrame& frame : frames) {
        ASSERT_EQ(frame.norms.size(), 3u);
        ASSERT_EQ(frame.eps.pixels.size(), frame.x_t.pixels.size());
        const double alpha_bar = start.alpha_bar.at(static_cast<std::size_t>(frame.timestep));
        const double a = std::sqrt(alpha_bar), s = std::sqrt(1 - alpha_bar);
        const double step = 1 / 127.5;  // of the 8-bit pictures
        for (std::size_t i = 0; i < frame.x_t.pixels.size(); ++i) {
            const auto number = [i](const ImageBatch& images) { return images.pixels[i] / 127.5 - 1; };
            const double x_t = number(frame.x_t), eps = number(frame.eps);
            if (std::abs(x_t) > 0.99 || std::abs(eps) > 0.99) continue;  // may be clipped
            EXPECT_NEAR(x_t, a * number(frame.x0) + s * eps, 1.5 * step) << "x_t is made of both";
        }
        for (const StepNorms& norms : frame.norms)
            EXPECT_TRUE(frame.index == 0 ? std::isnan(norms.change) : norms.change >= 0);
    }
    EXPECT_NEAR(frames.front().norms.at(0).x_t, 1, 0.2) << "it starts with unit noise";
    // The pictures of x_0 are not clipped any more than the numbers.
    const ImageBatch& before = frames.at(1).x0;
    const ImageBatch& after = frames.at(2).x0;
    double squares = 0, squared_change = 0;
    for (std::size_t i = 0; i < after.image_size(); ++i) {
        squares += std::pow(after.pixels[i] / 127.5 - 1, 2);
        squared_change += std::pow((after.pixels[i] - before.pixels[i]) / 127.5, 2);
    }
    const auto size = static_cast<double>(after.image_size());
    EXPECT_NEAR(frames.at(2).norms.at(0).x0, std::sqrt(squares / size), 0.005);
    EXPECT_NEAR(frames.at(2).norms.at(0).change, std::sqrt(squared_change / size), 0.005);
}

}  // namespace
}  // namespace denoise::test
