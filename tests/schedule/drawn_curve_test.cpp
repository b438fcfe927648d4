#include "engine/schedule/drawn_curve.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <random>

#include "engine/schedule/noise_schedule.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using test::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<CurvePoint> random_points(std::mt19937& random) {
    std::vector<CurvePoint> points{{0, 20}, {1, -20}};
    std::uniform_real_distribution<double> anywhere(0, 1);
    const std::size_t count = 2 + random() % (most_points - 1);
    for (int tries = 0; points.size() < count && tries < 1000; ++tries)
        points = with_added_point(points, anywhere(random));
    for (int moves = 0; moves < 200; ++moves)
        points = with_moved_point(points, random() % points.size(),
                                  {2 * anywhere(random) - 0.5, 60 * anywhere(random) - 30});
    return points;
}

NoiseSchedule drawn(const std::string& points, int timesteps = 1000) {
    return make_schedule(
        {.schedule = ScheduleKind::drawn, .timesteps = timesteps, .scale_ends = true, .points = points});
}

TEST(DrawnCurve, PassesThroughItsPoints) {
    const std::vector<CurvePoint> points = parse_points("0:10,0.25:3,0.5:0.5,1:-8");
    const std::vector<double> curve = curve_through(points, 1001);
    for (const CurvePoint& point : points)
        EXPECT_NEAR(curve[static_cast<std::size_t>(std::lround(point.position * 1000))], point.log_snr,
                    1e-12);
}

TEST(DrawnCurve, IsAStraightLineThroughPointsOnALine) {
    const std::vector<double> curve = curve_through(parse_points("0:8,0.25:4,0.5:0,1:-8"), 101);
    for (int i = 0; i <= 100; ++i) EXPECT_NEAR(curve[static_cast<std::size_t>(i)], 8 - 0.16 * i, 1e-12);
}

// SciPy 1.17, scipy.interpolate.PchipInterpolator([0, .1, .5, .6, 1], [10, 6, 5, -3, -9]), which is the same
// interpolation.
TEST(DrawnCurve, IsTheMonotoneCubicOfOtherPrograms) {
    const std::vector<double> curve = curve_through(parse_points("0:10,0.1:6,0.5:5,0.6:-3,1:-9"), 21);
    const std::vector<double> reference = {10,
                                           7.47767857143,
                                           6,
                                           5.77093050373,
                                           5.63426172708,
                                           5.55866038113,
                                           5.51279317697,
                                           5.46532682569,
                                           5.38492803838,
                                           5.24026352612,
                                           5,
                                           1.29122679286,
                                           -3,
                                           -4.37823932927,
                                           -5.58384146341,
                                           -6.61337652439,
                                           -7.46341463415,
                                           -8.13052591463,
                                           -8.6112804878,
                                           -8.90224847561,
                                           -9};
    ASSERT_EQ(curve.size(), reference.size());
    for (std::size_t i = 0; i < curve.size(); ++i) EXPECT_NEAR(curve[i], reference[i], 1e-9) << i;
}

TEST(DrawnCurve, EveryCurveThatCanBeDrawnIsAValidSchedule) {
    std::mt19937 random(1);
    for (int round = 0; round < 300; ++round) {
        const std::string text = format_points(random_points(random));
        for (const int timesteps : {2, 3, 50, 1000, 10000}) {
            if (timesteps == 10000 && round % 20 != 0) continue;
            const NoiseSchedule schedule = drawn(text, timesteps);
            double before = 1;
            for (int t = 0; t < timesteps; ++t) {
                const auto i = static_cast<std::size_t>(t);
                ASSERT_GT(schedule.beta[i], 0) << text << " at " << t;
                ASSERT_LT(schedule.beta[i], 1) << text << " at " << t;
                ASSERT_LT(schedule.alpha_bar[i], before) << text << " at " << t;
                ASSERT_GT(schedule.alpha_bar[i], 0) << text << " at " << t;
                ASSERT_TRUE(std::isfinite(schedule.log_beta_tilde_clipped[i])) << text << " at " << t;
                before = schedule.alpha_bar[i];
            }
        }
    }
}

TEST(DrawnCurve, TheScheduleHasTheLogSnrOfTheCurve) {
    const std::string text = "0:9,0.2:4,0.8:-3,1:-9";
    const std::vector<double> curve = curve_through(parse_points(text), 1000);
    const NoiseSchedule schedule = drawn(text);
    for (int t = 0; t < 1000; t += 9)
        EXPECT_NEAR(std::log(schedule.snr(t)), curve[static_cast<std::size_t>(t)], 1e-8) << t;
}

TEST(DrawnCurve, TextAndPointsAreInverse) {
    std::mt19937 random(2);
    for (int round = 0; round < 100; ++round) {
        const std::vector<CurvePoint> points = random_points(random);
        EXPECT_EQ(parse_points(format_points(points)), points);
    }
    EXPECT_THAT(parse_points(" 0 : 10, 1 : -10 "), ElementsAre(CurvePoint{0, 10}, CurvePoint{1, -10}));
    EXPECT_NO_THROW(parse_points(ScheduleConfig{}.points));
}

TEST(DrawnCurve, ABadCurveIsRefusedWithItsCause) {
    const auto why = [](const std::string& points) {
        const Error error = error_of([&] { drawn(points); });
        EXPECT_EQ(error.setting, "schedule_points") << points;
        return error.why;
    };
    EXPECT_THAT(why(""), HasSubstr("0 points"));
    EXPECT_THAT(why("0:1"), HasSubstr("1 points"));
    EXPECT_THAT(why("0:10,hello,1:-10"), HasSubstr("hello"));
    EXPECT_THAT(why("0:10,0.5:nan,1:-10"), HasSubstr("0.5:nan"));
    EXPECT_THAT(why("0:10,0.5:-11,1:-10"), HasSubstr("0.5:-11 and 1:-10"));
    EXPECT_THAT(why("0:10,0.5:1,0.5:0,1:-10"), HasSubstr("position"));
    EXPECT_THAT(why("0.1:10,1:-10"), HasSubstr("position 0"));
    EXPECT_THAT(why("0:10,0.9:-10"), HasSubstr("position 1"));
    EXPECT_THAT(why("0:30,1:-10"), HasSubstr("0:30"));
    std::string many = "0:10";
    for (int i = 1; i < 100000; ++i) many += ",0.5:0";
    EXPECT_THAT(why(many), HasSubstr("points"));
}

TEST(DrawnCurve, APointStaysBetweenItsNeighbours) {
    const std::vector<CurvePoint> points = parse_points("0:10,0.5:0,1:-10");
    const auto far = with_moved_point(points, 1, {7, 100});
    EXPECT_DOUBLE_EQ(far[1].position, 1 - least_advance);
    EXPECT_DOUBLE_EQ(far[1].log_snr, 10 - least_fall);
    EXPECT_EQ(with_moved_point(points, 0, {0.3, 5})[0], (CurvePoint{0, 5}));
    EXPECT_EQ(with_moved_point(points, 2, {0.3, -25})[2], (CurvePoint{1, -largest_log_snr}));
}

TEST(DrawnCurve, APointAddedOnTheCurveHardlyChangesIt) {
    const std::vector<CurvePoint> points = parse_points("0:10,0.5:0,1:-10");
    const auto more = with_added_point(points, 0.25);
    ASSERT_EQ(more.size(), 4u);
    EXPECT_NEAR(more[1].log_snr, curve_through(points, 401)[100], 1e-3);
    EXPECT_EQ(with_added_point(points, 0.5001).size(), 3u) << "too near to another one";
    EXPECT_EQ(with_added_point(points, 1.5).size(), 3u);
    EXPECT_EQ(without_point(more, 1), points);
    EXPECT_EQ(without_point(points, 0), points);
    EXPECT_EQ(without_point(points, 2), points);
}

TEST(DrawnCurve, PointsOnAScheduleDrawItAgain) {
    // The curve of the Laplace schedule has a kink in the middle, where no point need be.
    const std::map<ScheduleKind, double> tolerances = {{ScheduleKind::linear, 0.005},
                                                       {ScheduleKind::cosine, 0.005},
                                                       {ScheduleKind::sigmoid, 0.005},
                                                       {ScheduleKind::laplace, 0.1}};
    for (const auto& [kind, tolerance] : tolerances) {
        const NoiseSchedule original = make_schedule({.schedule = kind});
        const NoiseSchedule again = drawn(format_points(points_on(original.alpha_bar, 11)));
        double worst = 0;
        for (std::size_t t = 0; t < 1000; ++t)
            worst = std::max(worst, std::abs(again.alpha_bar[t] - original.alpha_bar[t]));
        EXPECT_LT(worst, tolerance) << name_of(kind);
    }
    const NoiseSchedule rescaled = make_schedule({.zero_terminal_snr = true});
    for (const int count : {2, 7, static_cast<int>(most_points)}) {
        EXPECT_NO_THROW(check_points(points_on(rescaled.alpha_bar, count)));
        EXPECT_NO_THROW(check_points(points_on(make_schedule({.timesteps = 2}).alpha_bar, count)));
    }
}

TEST(DrawnCurve, ZeroTerminalSnrAppliesToItToo) {
    const NoiseSchedule schedule =
        make_schedule({.schedule = ScheduleKind::drawn, .zero_terminal_snr = true});
    EXPECT_NEAR(schedule.alpha_bar.back(), 0, 1e-15);
}

}  // namespace
}  // namespace denoise
