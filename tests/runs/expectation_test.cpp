#include "engine/runs/expectation.h"

#include <gmock/gmock.h>

#include <cmath>
#include <sstream>

namespace denoise {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Of the preset "quick" on grey images of 28 x 28 with ten classes.
PlannedTraining planned(std::int64_t steps, double images_per_second = 0, double minutes = 0) {
    PlannedTraining planned;
    planned.config = with_classes(find_preset("quick").config, 10);
    if (minutes == 0) planned.config.training.steps = steps;
    planned.steps = steps;
    planned.minutes = minutes;
    planned.images_per_second = planned.images_per_second_of_quick = images_per_second;
    return planned;
}

PlannedTraining in_minutes(double minutes, double images_per_second) {
    return planned(std::llround(60 * minutes * images_per_second / 32), images_per_second, minutes);
}

std::string line_of(const std::string& text, int number) {
    std::istringstream lines(text);
    std::string line;
    while (number-- > 0 && std::getline(lines, line)) {
    }
    return line;
}
std::string first_line(const std::string& text) {
    return line_of(text, 1);
}
std::string second_line(const std::string& text) {
    return line_of(text, 2);
}

TEST(Expectation, GetsBetterWithTheNumberOfImages) {
    EXPECT_THAT(expected_samples(planned(1)), HasSubstr("noise"));
    EXPECT_THAT(expected_samples(planned(200)), HasSubstr("shapes, but few"));
    EXPECT_THAT(expected_samples(planned(700)), HasSubstr("recognizable"));
    PlannedTraining larger = planned(2000);
    larger.height = larger.width = 32;
    EXPECT_THAT(expected_samples(larger), HasSubstr("clear"));
    EXPECT_THAT(expected_samples(planned(20000)), HasSubstr("real"));
    larger.config.training.batch_size = 320;
    EXPECT_THAT(expected_samples(larger), HasSubstr("real"));
}

TEST(Expectation, NamesTheFiguresThatWereMeasuredAndWhen) {
    EXPECT_EQ(first_line(expected_samples(in_minutes(10, 410))),
              "In 10 min, you can expect samples that look like real images, with rare flaws.");
    EXPECT_EQ(second_line(expected_samples(in_minutes(10, 410))),
              "On MNIST, 96 of 100 showed the requested digit then (Frechet distance 1.04; real images: "
              "0.55).");
    EXPECT_THAT(first_line(expected_samples(in_minutes(5, 410))), HasSubstr("clear samples"));
    EXPECT_THAT(second_line(expected_samples(in_minutes(5, 410))),
                HasSubstr("after 2 min at this speed (Frechet distance 1.22"));
    EXPECT_THAT(second_line(expected_samples(in_minutes(60, 410))), HasSubstr("after 10 min at this speed"));
    EXPECT_EQ(first_line(expected_samples(in_minutes(2, 100))),
              "In 2 min, you can expect mostly recognizable samples, with broken shapes.");
    EXPECT_THAT(first_line(expected_samples(planned(4000))),
                StartsWith("After 4,000 steps, you can expect clear samples"));
    EXPECT_THAT(second_line(expected_samples(planned(4000))),
                HasSubstr("after 48,600 images (Frechet distance 1.22"));
}

TEST(Expectation, SaysWhenSamplesGetBetterAndWhatOtherBudgetsGive) {
    const std::string at_10_min = expected_samples(in_minutes(10, 400));
    EXPECT_THAT(at_10_min,
                HasSubstr("\nShapes usually appear after 10 s. Most samples can usually be recognized "
                          "after 20 s.\n"));
    EXPECT_THAT(at_10_min, EndsWith("\nIn 5 min: clear samples, with some flaws. In 60 min: not measured, "
                                    "probably slightly better."));
    const std::string at_60_min = expected_samples(in_minutes(60, 60));
    EXPECT_THAT(at_60_min, EndsWith("\nIn 5 min: mostly recognizable samples, with broken shapes."));
    EXPECT_THAT(at_60_min, Not(HasSubstr("In 60 min:"))) << "it is in the first line";
    EXPECT_THAT(expected_samples(planned(7500)), HasSubstr("Shapes usually appear near step 150."))
        << "the speed is not known";
    EXPECT_THAT(expected_samples(planned(7500)), Not(HasSubstr("In 5 min")));
}

TEST(Expectation, AgreesWithTheMilestonesOfTheTraining) {
    for (const std::int64_t steps : {500, 1'000, 1'500, 7'500, 45'000}) {
        const PlannedTraining training = planned(steps);
        std::int64_t last = 0;
        while (const auto next = next_milestone(training.config, 1, 28, 28, last, steps)) last = next->step;
        EXPECT_GT(last, 0) << steps;
        EXPECT_LT(last, steps);
        EXPECT_THAT(first_line(expected_samples(training)), Not(HasSubstr("few"))) << steps;
    }
}

TEST(Expectation, OfPhotographsHasTheirOwnFigures) {
    PlannedTraining photographs = in_minutes(10, 400);
    photographs.channels = 3;
    photographs.height = photographs.width = 32;
    EXPECT_THAT(expected_samples(photographs),
                AllOf(StartsWith("In 10 min, you can expect more than on CIFAR-10 after 5 min at this speed"),
                      HasSubstr("recognized 44 of 100 samples, and 67 of 100 photographs")));
    photographs.minutes = 2;
    photographs.steps /= 5;
    EXPECT_THAT(expected_samples(photographs),
                AllOf(StartsWith("In 2 min, expect less than on CIFAR-10 after 5 min at this speed"),
                      HasSubstr("Frechet distance 2.16; photographs: 0.43"),
                      HasSubstr("Photographs take longer than digits.")));
    photographs.steps = 4'119;
    EXPECT_THAT(expected_samples(photographs), HasSubstr("about what was measured on CIFAR-10"));
    photographs.steps = 0;
    EXPECT_THAT(expected_samples(photographs), HasSubstr("Photographs take longer than digits."));
}

TEST(Expectation, TheFirstLineIsTheAnswerInShort) {
    PlannedTraining photographs = in_minutes(10, 400);
    photographs.channels = 3;
    PlannedTraining longer = photographs, few = photographs, unknown = photographs, other = photographs;
    longer.steps = 4'119;
    few.steps = 100;
    unknown.steps = 0;
    other.config.training.learning_rate = 1e-5;
    for (const PlannedTraining& each : {in_minutes(2, 100), in_minutes(10, 410), in_minutes(60, 400),
                                        planned(4000), photographs, longer, few, unknown, other}) {
        const std::string text = expected_samples(each), line = first_line(text);
        EXPECT_LE(line.size(), 120u) << line;
        EXPECT_THAT(line, Not(HasSubstr("Frechet"))) << "figures are for those who want to know more";
        EXPECT_THAT(line, EndsWith("."));
        EXPECT_THAT(text, HasSubstr("\n")) << "the figures follow";
    }
}

TEST(Expectation, IsOnlyGivenForWhatWasMeasured) {
    const auto of = [](const RunConfig& config, int channels, int side) {
        PlannedTraining other = planned(1000, 400);
        other.config = config;
        other.channels = channels;
        other.height = other.width = side;
        return expected_samples(other);
    };
    const RunConfig measured = with_classes(find_preset("quick").config, 10);
    const auto says_so = AllOf(HasSubstr("not measured"), Not(HasSubstr("you can expect")));
    EXPECT_THAT(of(measured, 1, 64), says_so);
    EXPECT_THAT(of(measured, 3, 64), AllOf(says_so, HasSubstr("Photographs take longer")));
    EXPECT_THAT(of(measured, 3, 28), Not(HasSubstr("On MNIST")));
    EXPECT_THAT(of(with_classes(find_preset("classic").config, 10), 1, 28), says_so);
    EXPECT_THAT(of(with_classes(measured, 0), 1, 28), AllOf(says_so, HasSubstr("without classes")));
    RunConfig other = measured;
    other.training.learning_rate = 1e-5;
    EXPECT_EQ(
        of(other, 1, 28),
        "Samples were not measured with these settings.\nOn MNIST, the preset Quick gives clear samples, "
        "with some flaws, after 2 min, and samples that look like real images, with rare flaws, after "
        "10 min.");
    other = measured;
    other.training.device = ComputeDevice::cpu;
    EXPECT_THAT(of(other, 1, 28), HasSubstr("you can expect")) << "the device does not change the samples";
}

TEST(Expectation, WithoutASpeedNamesTheNumbersOfImages) {
    PlannedTraining unknown = planned(0);
    unknown.config.training.steps = 0;
    EXPECT_EQ(expected_samples(unknown),
              "On MNIST, the preset Quick gives clear samples, with some flaws, after 48,600 images, and "
              "samples that look like real images, with rare flaws, after 242,000 images.");
}

TEST(Milestones, ComeOneAfterTheOtherAndLaterWithALongerWarmUp) {
    const RunConfig config = with_classes(find_preset("quick").config, 10);
    const auto next = [&](std::int64_t step, std::int64_t total) {
        return next_milestone(config, 1, 28, 28, step, total);
    };
    ASSERT_TRUE(next(0, 7'500));
    EXPECT_EQ(next(0, 7'500)->step, 150);
    EXPECT_THAT(next(0, 7'500)->text, HasSubstr("Shapes"));
    EXPECT_EQ(next(150, 7'500)->step, 270);
    EXPECT_THAT(next(150, 7'500)->text, HasSubstr("recognized"));
    EXPECT_FALSE(next(270, 7'500));
    EXPECT_EQ(next(0, 500)->step, 60);
    EXPECT_EQ(next(0, 1'500)->step, 80);
    EXPECT_EQ(next(0, 45'000)->step, 280);
    EXPECT_GT(next(0, 20'000)->step, 150);
    EXPECT_LT(next(0, 20'000)->step, 280);
    EXPECT_FALSE(next(0, 0)) << "the number of steps is not known yet";
    EXPECT_FALSE(next(0, 1'000'000)) << "not measured";
}

TEST(Milestones, AreOnlyToldForWhatWasMeasured) {
    const RunConfig config = with_classes(find_preset("quick").config, 10);
    EXPECT_FALSE(next_milestone(config, 3, 32, 32, 0, 7'500));
    EXPECT_FALSE(next_milestone(config, 1, 64, 64, 0, 7'500));
    RunConfig other = config;
    other.training.batch_size = 128;
    EXPECT_FALSE(next_milestone(other, 1, 28, 28, 0, 7'500));
    EXPECT_FALSE(next_milestone(with_classes(find_preset("classic").config, 10), 1, 28, 28, 0, 7'500));
}

}  // namespace
}  // namespace denoise
