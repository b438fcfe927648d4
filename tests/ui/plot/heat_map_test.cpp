#include "ui/plot/heat_map.h"

#include <QTemporaryDir>
#include <QToolButton>
#include <cmath>

#include "engine/base/atomic_file.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/pages/train/timestep_history.h"
#include "ui/plot/plot.h"
#include "ui/plot/plot_exports.h"

namespace denoise::testing {
namespace {

TEST(HeatColour, GetsLighterAllTheWay) {
    double last = -1;
    for (int i = 0; i <= 100; ++i) {
        const QColor colour = ui::heat_colour(i / 100.0);
        const double lightness = 0.2126 * colour.redF() + 0.7152 * colour.greenF() + 0.0722 * colour.blueF();
        EXPECT_GT(lightness, last) << i;
        last = lightness;
    }
}

TEST(TimestepHistory, StaysSmallAndEvenlySpread) {
    ui::TimestepHistory history(100);
    for (int step = 1; step <= 5000; ++step) history.add(step, {1.0 / step, 0.5});
    const auto& moments = history.moments();
    EXPECT_LE(moments.size(), 100u);
    EXPECT_GE(moments.size(), 50u);
    EXPECT_EQ(moments.back().step, 5000);
    EXPECT_LT(moments.front().step, 200);
    for (const auto& moment : moments) EXPECT_EQ(moment.losses[0], 1.0 / moment.step);
}

TEST(TimestepHistory, ReplacesWhatAResumedRunRepeats) {
    ui::TimestepHistory history;
    for (const int step : {10, 20, 30, 20}) history.add(step, {static_cast<double>(step)});
    ASSERT_EQ(history.moments().size(), 2u);
    EXPECT_EQ(history.moments().back().step, 20);
    history.add(40, {});
    EXPECT_EQ(history.moments().size(), 2u) << "no loss yet";
}

class HeatMapTest : public ::testing::Test {
  protected:
    HeatMapTest() {
        map_.resize(400, 240);
        map_.set_columns({{0, {1, 0.1}}, {50, {0.5, std::nan("")}}, {100, {0.25, 0.01}}}, 1000);
    }
    ui::Theme theme_;
    ui::HeatMap map_{theme_, "Step", "t", "Loss by timestep"};
};

TEST_F(HeatMapTest, TheLargestValueIsLightAndTheSmallestDark) {
    const QImage image = map_.grab().toImage();
    const auto place_of = [&](double x, double value) {
        for (int px = 0; px < image.width(); ++px)
            for (int py = 0; py < image.height(); ++py)
                if (const auto place = map_.place_at(QPointF(px, py));
                    place && place->x == x && place->value == value)
                    return image.pixelColor(px + 3, py + 3);
        return QColor();
    };
    EXPECT_EQ(place_of(0, 1).rgb(), ui::heat_colour(1).rgb());
    EXPECT_EQ(place_of(50, 0.5).rgb(), ui::heat_colour(std::log(50) / std::log(100)).rgb());
    EXPECT_TRUE(map_.accessibleDescription().contains("lowest 0.01, highest 1"));
}

TEST_F(HeatMapTest, LowTimestepsAreAtTheBottom) {
    double low = -1, high = -1;
    for (int y = 0; y < map_.height(); ++y)
        if (const auto place = map_.place_at(QPointF(map_.width() / 2.0 - 60, y))) {
            if (high < 0) high = place->value;
            low = place->value;
        }
    EXPECT_EQ(low, 1) << "the first bin";
    EXPECT_EQ(high, 0.1);
}

TEST_F(HeatMapTest, ItsValuesAreSaved) {
    const QTemporaryDir folder;
    map_.exports().save_csv(folder.filePath("a.csv"));
    EXPECT_EQ(read_text_file(folder.filePath("a.csv").toStdString()),
              "Step,\"Loss by timestep, t 0-500\",\"Loss by timestep, t 500-1000\"\n"
              "0,1,0.1\n50,0.5,\n100,0.25,0.01\n");
    EXPECT_GT(map_.exports().picture().width(), 700);
}

TEST_F(WindowTest, TheMapShowsTheLossByTimestepOverTheTraining) {
    open();
    auto* map = find<ui::HeatMap>("timestep_map");
    EXPECT_FALSE(map->isVisible());
    QTest::mouseClick(find<QToolButton>("show_map"), Qt::LeftButton);
    EXPECT_TRUE(map->isVisible());
    actions()["train"]->trigger();
    settle();
    record_->train(30);
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return map->accessibleDescription().contains("from step 20 to 50"); }, 2000))
        << map->accessibleDescription().toStdString();
}

}  // namespace
}  // namespace denoise::testing
