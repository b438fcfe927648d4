#include <gtest/gtest.h>
#include <time.h>

#include <QImage>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/plot/plot.h"
#include "ui/plot/thinning.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::testing {
namespace {

TEST(Thinning, KeepsEverySpikeAndIsNoLongerThanTwoPointsAColumn) {
    std::vector<QPointF> points;
    for (int i = 0; i < 50000; ++i) points.emplace_back(i, i == 31234 ? 100.0 : i == 20001 ? -50.0 : 1.0);
    const auto kept = ui::thinned(points, 0, 49999, 400);
    EXPECT_LE(kept.size(), 802u);
    const auto [low, high] = std::ranges::minmax_element(kept, {}, &QPointF::y);
    EXPECT_EQ(high->y(), 100.0);
    EXPECT_EQ(low->y(), -50.0);
    EXPECT_TRUE(std::ranges::is_sorted(kept, {}, &QPointF::x));
}

TEST(Thinning, GoesOnToThePointsJustOutside) {
    const std::vector<QPointF> points = {{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}};
    const auto kept = ui::thinned(points, 2.5, 3.5, 100);
    ASSERT_EQ(kept.size(), 3u);
    EXPECT_EQ(kept.front().x(), 2);
    EXPECT_EQ(kept.back().x(), 4);
}

TEST(Ticks, AreNoneWhereTheRangeIsRoundingError) {
    const double low = 0.002, high = std::nextafter(low, 1);
    EXPECT_TRUE(ui::round_ticks(low, high, 5).values.empty());
    EXPECT_LE(ui::log_ticks(low, high, 5).values.size(), 1u);
}

TEST(Ticks, AreRoundAndFew) {
    for (const auto& [low, high] :
         {std::pair{0.0, 1.0}, {0.0, 1234.0}, {0.013, 0.0172}, {-5.0, 7.0}, {1e6, 3e6}}) {
        const ui::Ticks ticks = ui::round_ticks(low, high, 5);
        EXPECT_GE(ticks.values.size(), 2u) << low << " to " << high;
        EXPECT_LE(ticks.values.size(), 5u);
        for (const double value : ticks.values) {
            EXPECT_GE(value, low - 1e-9 * ticks.step);
            EXPECT_LE(value, high + 1e-9 * ticks.step);
            EXPECT_NEAR(value / ticks.step, std::round(value / ticks.step), 1e-6);
        }
    }
    EXPECT_EQ(ui::log_ticks(0.02, 1, 5).values, (std::vector<double>{0.1, 1}));
    EXPECT_LE(ui::log_ticks(1e-9, 1e9, 5).values.size(), 5u);
}

TEST(TickText, HasSuffixesAndNoTrailingZeros) {
    EXPECT_EQ(ui::tick_text(0, 500), "0");
    EXPECT_EQ(ui::tick_text(500, 500), "500");
    EXPECT_EQ(ui::tick_text(1500, 500), "1.5k");
    EXPECT_EQ(ui::tick_text(2000000, 1000000), "2M");
    EXPECT_EQ(ui::tick_text(0.02, 0.02), "0.02");
    EXPECT_EQ(ui::tick_text(0.0001, 0.00005), "1e-4");
    EXPECT_EQ(ui::tick_text(0.00015, 0.00005), "1.5e-4");
}

TEST(Format, ReadsWell) {
    EXPECT_EQ(ui::measure_text(0.002), "0.002");
    EXPECT_EQ(ui::measure_text(0.0314159), "0.03142");
    EXPECT_EQ(ui::measure_text(std::nan("")), QString::fromUtf8("–"));
    EXPECT_EQ(ui::duration_text(0.3), "less than 1 s");
    EXPECT_EQ(ui::duration_text(125), "2 min 05 s");
    EXPECT_EQ(ui::duration_text(7260), "2 h 01 min");
    EXPECT_EQ(ui::duration_text(-1), QString::fromUtf8("–"));
}

class PlotTest : public ::testing::Test {
  protected:
    PlotTest() {
        plot_.resize(400, 200);
        series_ = plot_.add_series({.label = "loss"});
        plot_.set_empty_text("Nothing yet.");
    }

    /// How many pixels have the colour of the series.
    int inked() {
        plot_.show();
        QTest::qWait(20);
        const QImage image = plot_.grab().toImage();
        const QColor ink = theme_.series(0);
        int count = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x) {
                const QColor pixel = image.pixelColor(x, y);
                if (std::abs(pixel.red() - ink.red()) + std::abs(pixel.green() - ink.green()) +
                        std::abs(pixel.blue() - ink.blue()) <
                    60)
                    ++count;
            }
        return count;
    }

    ui::Theme theme_;
    ui::Plot plot_{theme_, "Step", "Loss"};
    int series_ = 0;
};

/// WCAG 2.1.
double contrast(const QColor& a, const QColor& b) {
    const auto luminance = [](const QColor& colour) {
        const auto linear = [](double c) {
            return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
               0.0722 * linear(colour.blueF());
    };
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

TEST_F(PlotTest, AQuietCurveCanBeReadOnLightAndOnDark) {
    const int quiet = plot_.add_series({.quiet = true});
    plot_.set_points(quiet, {{0, 0}, {100, 1}});
    plot_.show();
    for (const ui::Appearance appearance : {ui::Appearance::light, ui::Appearance::dark}) {
        theme_.set_appearance(appearance);
        QTest::qWait(20);
        const QImage middle = plot_.grab().toImage().copy(150, 60, 100, 80);
        double strongest = 0;
        for (int y = 0; y < middle.height(); ++y)
            for (int x = 0; x < middle.width(); ++x)
                strongest =
                    std::max(strongest, contrast(middle.pixelColor(x, y), theme_.colour(ui::Colour::panel)));
        EXPECT_GE(strongest, 4.5) << theme_.is_dark();
        EXPECT_LE(strongest, 6) << "it is not the curve that counts";
    }
    theme_.set_appearance(ui::Appearance::light);
}

TEST_F(PlotTest, ALineWithHolesIsStillDrawn) {
    std::vector<QPointF> points;
    for (int i = 0; i < 200; ++i) points.emplace_back(i, i % 7 == 0 ? std::nan("") : 1 + std::sin(i * 0.1));
    points.emplace_back(200, std::numeric_limits<double>::infinity());
    plot_.set_points(series_, points);
    EXPECT_GT(inked(), 200);
}

TEST_F(PlotTest, ZerosAndNegativesDoNotBlankALogarithmicAxis) {
    std::vector<QPointF> points;
    for (int i = 0; i < 200; ++i) points.emplace_back(i, i % 5 == 0 ? 0.0 : i % 7 == 0 ? -1.0 : 0.01 * i);
    plot_.set_log_y(true);
    plot_.set_points(series_, points);
    EXPECT_GT(inked(), 200);
}

TEST_F(PlotTest, DegenerateDataBreaksNothing) {
    const double rate = 0.002, nearly = std::nextafter(rate, 1);  // a learning rate that stays as it is
    for (const auto& points : std::vector<std::vector<QPointF>>{{},
                                                                {{5, 5}},
                                                                {{0, 0}, {0, 0}},
                                                                {{1, 1e300}, {2, -1e300}},
                                                                {{1, rate}, {2, nearly}},
                                                                {{rate, 1}, {nearly, 1}}}) {
        for (const bool log : {false, true}) {
            plot_.set_log_y(log);
            plot_.set_points(series_, points);
            inked();
        }
    }
}

TEST_F(PlotTest, TellsTheNearestValueAndASummary) {
    plot_.set_points(series_, {{0, 1}, {10, 2}, {20, 3}});
    EXPECT_EQ(plot_.value_at(series_, 14), 2);
    EXPECT_EQ(plot_.value_at(series_, 16), 3);
    EXPECT_EQ(plot_.value_at(series_, -5), 1);
    EXPECT_TRUE(QTest::qWaitFor([this] { return plot_.accessibleDescription().contains("lowest 1"); }, 20000))
        << plot_.accessibleDescription().toStdString();
}

TEST_F(PlotTest, ALongCurveIsDrawnQuickly) {
    std::vector<QPointF> points;
    for (int i = 0; i < 200000; ++i) points.emplace_back(i, std::sin(i * 0.001));
    plot_.show();
    // The time of this thread alone, since other programs may be busy.
    const auto milliseconds = [] {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
    };
    const auto begin = milliseconds();
    plot_.set_points(series_, points);
    QTest::qWait(1);
    EXPECT_LT(milliseconds() - begin, 200);  // generous: ten a second have to leave room for everything else
}

}  // namespace
}  // namespace denoise::testing
