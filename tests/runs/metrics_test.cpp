#include "engine/runs/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/support/files.h"

namespace denoise {
namespace {

using test::TemporaryFolder;
using testing::ElementsAre;

StepMetrics at_step(std::int64_t step, double loss = 0) {
    return {step, loss, 0.5, 0.001, 2.5, 100};
}

/// The steps of a metrics.jsonl with this content.
std::vector<StepMetrics> read(const std::string& content) {
    const TemporaryFolder folder;
    test::write_bytes(folder / "metrics.jsonl", content);
    return read_metrics_file(folder / "metrics.jsonl");
}

std::string lines(std::int64_t first, std::int64_t last) {
    std::string text;
    for (std::int64_t step = first; step <= last; ++step) text += metrics_line(at_step(step)) + "\n";
    return text;
}

TEST(Metrics, SurviveALine) {
    const StepMetrics metrics{7, 0.1, 1.0 / 3, 1e-300, 12345.678, 0};
    EXPECT_THAT(read(metrics_line(metrics)), ElementsAre(metrics));
}

TEST(Metrics, HeldOutLossesAreOnlyInTheLinesOfStepsThatHaveThem) {
    StepMetrics metrics = at_step(7, 0.1);
    EXPECT_FALSE(nlohmann::json::parse(metrics_line(metrics)).contains("held_out_loss"));
    metrics.held_out = HeldOutLosses{0.25, 0.125};
    const nlohmann::json object = nlohmann::json::parse(metrics_line(metrics));
    EXPECT_EQ(object.at("held_out_loss"), 0.25);
    EXPECT_EQ(object.at("training_images_loss"), 0.125);
    EXPECT_THAT(read(metrics_line(metrics)), ElementsAre(metrics));
}

TEST(Metrics, ThinningKeepsStepsWithHeldOutLosses) {
    std::vector<StepMetrics> all;
    for (std::int64_t step = 1; step <= 5000; ++step) {
        all.push_back(at_step(step));
        if (step % 67 == 0) all.back().held_out = HeldOutLosses{1, 1};
    }
    const auto measured = [](const std::vector<StepMetrics>& steps) {
        std::vector<std::int64_t> found;
        for (const StepMetrics& step : steps)
            if (step.held_out) found.push_back(step.step);
        return found;
    };
    const std::vector<StepMetrics> few = thinned(all, 100);
    EXPECT_EQ(measured(few), measured(all)) << "all 74 of them";
    EXPECT_LT(few.size(), 700u);
    EXPECT_TRUE(std::ranges::is_sorted(few, {}, &StepMetrics::step));
    EXPECT_LE(measured(thinned(all, 10)).size(), 10u + 500 / 67 + 3) << "not more than points";
}

TEST(Metrics, NotFiniteNumbersAreNullInTheFile) {
    const double infinity = std::numeric_limits<double>::infinity();
    const std::string line = metrics_line({1, std::nan(""), infinity, -infinity, 1, 2});
    const nlohmann::json object = nlohmann::json::parse(line);
    EXPECT_TRUE(object.at("loss").is_null());
    EXPECT_TRUE(object.at("gradient_norm").is_null());
    EXPECT_TRUE(object.at("learning_rate").is_null());
    const std::vector<StepMetrics> metrics = read(line);
    ASSERT_EQ(metrics.size(), 1u);
    EXPECT_TRUE(std::isnan(metrics[0].loss));
    EXPECT_EQ(metrics[0].images_per_second, 2);
}

TEST(Metrics, AStepThatComesAgainReplacesItselfAndAllThatFollowed) {
    std::string content = lines(1, 4);
    content += metrics_line(at_step(3, 30)) + "\n";  // resumed from step 2
    EXPECT_THAT(read(content), ElementsAre(at_step(1), at_step(2), at_step(3, 30)));
}

TEST(Metrics, BrokenLinesAreSkipped) {
    const std::string broken[] = {
        "", "{\"step\": 5, \"lo", "[1, 2]", "{}", "{\"step\": \"5\"}", "\xff\xfe", "null"};
    for (const std::string& line : broken)
        EXPECT_THAT(read(lines(1, 1) + line + "\n" + lines(2, 2)), ElementsAre(at_step(1), at_step(2)))
            << line;
    EXPECT_THAT(read("\n" + lines(1, 1)), ElementsAre(at_step(1)));  // as older versions wrote it
    EXPECT_THAT(read(""), testing::IsEmpty());
}

TEST(Metrics, ThinningKeepsTheLast) {
    std::vector<StepMetrics> many;
    for (int i = 1; i <= 2000; ++i) many.push_back(at_step(i));
    const std::vector<StepMetrics> few = thinned(many, 7);
    EXPECT_EQ(few.size(), 507u);
    EXPECT_EQ(few.back().step, 2000);
    EXPECT_EQ(few[7].step, 1501) << "the last 500 are complete";
    EXPECT_EQ(current_loss(few), current_loss(many));
    EXPECT_EQ(thinned(many, 2000), many);
    EXPECT_EQ(thinned(many, 0), many);
}

TEST(Metrics, TheLossIsTheMeanOfTheLastSteps) {
    std::vector<StepMetrics> metrics;
    for (int i = 1; i <= 250; ++i) metrics.push_back(at_step(i));
    for (std::size_t i = 0; i < metrics.size(); ++i) metrics[i].loss = i < 150 ? 5 : 2;
    EXPECT_EQ(current_loss(metrics), 2) << "of the last 100 steps alone";
    metrics[200].loss = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(current_loss(metrics), 2) << "without the step that is not a number";
    const std::vector<MeanLoss> means = mean_losses(metrics, 2);
    EXPECT_EQ(means.size(), 249u);
    EXPECT_EQ(means[0].loss, 5) << "no bias at the start";
    EXPECT_EQ(means[150].loss, 3.5);
    EXPECT_EQ(means[151].loss, 2);
    EXPECT_TRUE(std::isnan(current_loss({})));
}

}  // namespace
}  // namespace denoise
