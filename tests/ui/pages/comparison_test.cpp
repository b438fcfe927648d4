#include "ui/pages/compare/comparison.h"

#include <gtest/gtest.h>

#include "tests/ui/support/application.h"
#include "tests/ui/support/marked_frames.h"
#include "ui/pages/compare/difference.h"
#include "ui/plot/heat_map.h"

namespace denoise::ui {
namespace {

ModelFacts some_model(std::int64_t step = 100) {
    return {true, "/runs/a", "open model", step, 1000, {"zero", "one", "two"}, true};
}

Comparison two_columns() {
    Comparison comparison = default_comparison();
    for (Column& column : comparison.columns) column.facts = some_model();
    return comparison;
}

/// A sample with a step at each of `timesteps`, and the result.
Trajectory trajectory_at(const std::vector<int>& timesteps, int T = 1000) {
    SampleStarted start;
    start.timesteps = timesteps;
    start.alpha_bar.assign(static_cast<std::size_t>(T), 0.5);
    start.model_step = 100;
    start.class_names = some_model().class_names;
    Trajectory trajectory(start);
    const ImageBatch images = denoise::testing::marked_images(0, 1, 0);
    int index = 0;
    for (const int t : timesteps) trajectory.add(SampleFrame{0, index++, t, images, images});
    trajectory.add(SampleResult{0, 1, images});
    return trajectory;
}

void sample(Comparison& comparison, int column, const std::vector<int>& timesteps, int T = 1000) {
    comparison.at(column).result =
        ColumnResult{request_for(comparison, column), "/runs/a", trajectory_at(timesteps, T), true, 0.25, 10};
}

TEST(Comparison, AsksForTheSameNoiseAndForWhatTheModelHas) {
    Comparison comparison = two_columns();
    comparison.seed = 7;
    comparison.count = 4;
    comparison.at(1).settings = {"/runs/b", "ddim", 10, 0.5, 2, 3};
    const Sample first = request_for(comparison, 0), second = request_for(comparison, 1);
    EXPECT_EQ(first.request.seed, 7);
    EXPECT_EQ(second.request.seed, 7);
    EXPECT_EQ(second.request.count, 4);
    EXPECT_EQ(second.model, "/runs/b");
    EXPECT_EQ(second.request.sampler, "ddim");
    EXPECT_EQ(second.request.steps, 10);
    EXPECT_EQ(second.request.eta, 0.5);
    EXPECT_EQ(second.request.label, 2);
    EXPECT_EQ(second.request.guidance_scale, 3);
    EXPECT_FALSE(second.keep_states);

    comparison.at(1).settings.sampler = "heun";
    EXPECT_EQ(request_for(comparison, 1).request.eta, 0) << "only DDIM has it";
    comparison.at(1).facts.class_names = {"zero"};
    EXPECT_EQ(request_for(comparison, 1).request.label, -1) << "the model has no such class";
    comparison.at(1).facts.guidance = false;
    EXPECT_EQ(request_for(comparison, 1).request.guidance_scale, 1);
}

TEST(Comparison, KnowsWhatIsStale) {
    Comparison comparison = two_columns();
    EXPECT_EQ(columns_to_sample(comparison), (std::vector{0, 1}));
    EXPECT_EQ(freshness(comparison, 0), Freshness::missing);
    sample(comparison, 0, {999, 499});
    sample(comparison, 1, {999, 499});
    EXPECT_TRUE(columns_to_sample(comparison).empty());
    EXPECT_NE(obstacle_to_sample(comparison), "");

    comparison.at(1).settings.steps = 30;
    EXPECT_EQ(freshness(comparison, 1), Freshness::changed);
    EXPECT_EQ(columns_to_sample(comparison), std::vector{1});
    EXPECT_EQ(obstacle_to_sample(comparison), "");
    comparison.at(1).settings.steps = 20;
    EXPECT_EQ(freshness(comparison, 1), Freshness::current) << "set back";

    comparison.at(0).facts.step = 160;
    EXPECT_EQ(freshness(comparison, 0), Freshness::older_model);
    comparison.at(0).facts.identity = "/runs/c";
    EXPECT_EQ(freshness(comparison, 0), Freshness::changed) << "another run was opened";
    comparison.at(1).result->complete = false;
    EXPECT_EQ(freshness(comparison, 1), Freshness::changed) << "stopped";
    comparison.seed = 3;
    EXPECT_EQ(columns_to_sample(comparison), (std::vector{0, 1}));
}

TEST(Comparison, SaysWhatDiffersFromTheFirstColumnAndWhatItCosts) {
    Comparison comparison = two_columns();
    EXPECT_EQ(differences(comparison, 0), "DPM-Solver++ 2M SDE · 20 steps · all classes");
    EXPECT_EQ(differences(comparison, 1), "DDIM");
    comparison.at(1).settings = comparison.at(0).settings;
    EXPECT_EQ(differences(comparison, 1), "As column 1");
    comparison.at(1).settings.label = 1;
    comparison.at(1).settings.guidance = 2.5;
    comparison.at(1).settings.steps = 0;
    EXPECT_EQ(differences(comparison, 1), "all steps · class one · guidance 2.5");
    EXPECT_EQ(cost_text(comparison.at(0)), "");
    sample(comparison, 0, {999, 499});
    EXPECT_EQ(cost_text(comparison.at(0)), "250 ms per image · 10 network calls");
    comparison.at(0).settings.steps = 5;
    EXPECT_EQ(describe_column(as_sampled(comparison.at(0))), "DPM-Solver++ 2M SDE · 20 steps · all classes");
}

TEST(Comparison, AlignsColumnsByTheirTimestep) {
    Comparison comparison = two_columns();
    sample(comparison, 0, {999, 499});
    sample(comparison, 1, {999, 749, 499, 249});
    EXPECT_EQ(times_of(comparison), (std::vector{1.0, 0.75, 0.5, 0.25, 0.0}));
    const auto timestep = [&](int column, double time) {
        return frame_at(comparison.at(column).result->trajectory, time)->timestep;
    };
    EXPECT_EQ(timestep(1, 0.75), 749);
    EXPECT_EQ(timestep(1, 0.5), 499);
    EXPECT_EQ(timestep(0, 0.5), 499);
    EXPECT_EQ(timestep(0, 0.9), 999) << "the nearest";
    EXPECT_EQ(timestep(0, 0), -1);
    // A model with other timesteps is at the same share of its own.
    sample(comparison, 1, {99, 49}, 100);
    EXPECT_EQ(timestep(1, 0.5), 49);
    EXPECT_EQ(frame_at(Trajectory(), 0.5), nullptr);
}

TEST(Difference, IsTheMeanOverTheChannelsOfEachPixel) {
    ImageBatch a{1, 3, 1, 2, {10, 20, 30, 40, 50, 60}}, b = a;
    EXPECT_EQ(difference_of(a, b).mean, 0);
    b.pixels = {16, 20, 30, 40, 50, 0};  // the first pixel differs by 6 in red, the second by 60 in blue
    const Difference difference = difference_of(a, b);
    EXPECT_EQ(difference.amount.channels, 1);
    EXPECT_EQ(difference.amount.pixels, (std::vector<std::uint8_t>{2, 20}));
    EXPECT_EQ(difference.mean, 11);
    EXPECT_EQ(difference.largest, 20);

    const ImageBatch map = heat_map(difference.amount, 20);
    EXPECT_EQ(map.channels, 3);
    EXPECT_EQ(map.pixels[1], heat_colour(1).red()) << "the largest has the last colour";
    EXPECT_EQ(map.pixels[0], heat_colour(0.1).red());

    b.width = 1;
    EXPECT_FALSE(comparable(a, b));
    EXPECT_THROW(difference_of(a, b), std::invalid_argument);
    EXPECT_FALSE(comparable({}, {}));
}

}  // namespace
}  // namespace denoise::ui
