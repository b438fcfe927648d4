#include <QApplication>
#include <QGraphicsView>
#include <QMouseEvent>
#include <QSlider>
#include <QToolButton>
#include <cmath>

#include "tests/ui/support/window_fixture.h"
#include "ui/pages/train/training_history.h"
#include "ui/picture/picture_view.h"
#include "ui/plot/heat_map.h"
#include "ui/plot/plot.h"
#include "ui/plot/plot_table.h"
#include "ui/text/format.h"

namespace denoise::testing {
namespace {

TEST(TrainingHistory, AResumedRunReplacesTheStepsThatItRepeats) {
    ui::TrainingHistory history;
    std::vector<StepMetrics> steps;
    for (int i = 1; i <= 20; ++i) steps.push_back(make_metrics(i));
    history.add(steps);
    history.add({make_metrics(11), make_metrics(12)});
    ASSERT_EQ(history.steps().size(), 12u);
    EXPECT_EQ(history.steps().back().step, 12);
    EXPECT_EQ(history.nearest(4.4)->step, 4);
    EXPECT_EQ(history.nearest(99)->step, 12);
}

TEST(TrainingHistory, SmoothingKeepsAConstantAndPassesOverNaN) {
    ui::TrainingHistory history;
    std::vector<StepMetrics> steps;
    for (int i = 1; i <= 100; ++i) steps.push_back({i, i == 50 ? std::nan("") : 0.5, 1, 1e-3, 1, 1});
    history.add(steps);
    const auto smooth = history.mean_loss(20);
    EXPECT_EQ(smooth.size(), 99u);
    for (const QPointF& point : smooth) EXPECT_NEAR(point.y(), 0.5, 1e-12);
    for (const int width : {1, 5}) EXPECT_EQ(history.mean_loss(width).front().y(), 0.5);
}

TEST(TrainingHistory, TheCurveFollowsALossThatFallsQuicklyAtTheStart) {
    ui::TrainingHistory history;
    std::vector<StepMetrics> steps;
    const auto loss = [](double step) { return 0.1 + std::exp(-step / 40); };
    for (int i = 1; i <= 1000; ++i) steps.push_back({i, loss(i), 1, 1e-3, 1, 1});
    history.add(steps);
    const auto curve = history.smooth_loss(100);
    ASSERT_EQ(curve.size(), 1000u);
    EXPECT_DOUBLE_EQ(curve.front().y(), loss(1));
    for (const int step : {10, 50, 100, 200})
        EXPECT_NEAR(curve[static_cast<std::size_t>(step - 1)].y(), loss(step), 0.35 * loss(step)) << step;
    EXPECT_EQ(curve.back(), history.mean_loss(100).back()) << "later it is the mean of the last 100 steps";
}

TEST_F(WindowTest, TheReadoutFollowsTheTrainingAndThePointer) {
    open();
    actions()["train"]->trigger();
    for (int i = 0; i < 9; ++i) record_->train(20);
    settle();
    QTest::qWait(150);
    EXPECT_TRUE(shows_text("Step 20")) << "the run's first 20 steps";
    auto* view = find<ui::Plot>("loss_chart")->findChild<QGraphicsView*>();
    const QPointF middle(view->width() / 2.0, view->height() / 2.0);
    QMouseEvent move(QEvent::MouseMove, middle, view->mapToGlobal(middle), Qt::NoButton, Qt::NoButton,
                     Qt::NoModifier);
    QApplication::sendEvent(view->viewport(), &move);
    bool in_the_past = false;
    for (auto* label : window_->findChildren<QLabel*>())
        if (label->isVisible() && label->text().startsWith("Step ") && label->text() != "Step 180")
            in_the_past = true;
    EXPECT_TRUE(in_the_past);
}

TEST_F(WindowTest, TheLossOfTheFirstStepsIsTheMeanOfThese) {
    open();
    actions()["train"]->trigger();
    record_->train(20);
    settle();
    QTest::qWait(150);
    ASSERT_LT(record_->step, 100);
    EXPECT_TRUE(shows_text(QString("(mean of %1)").arg(record_->step)));
    EXPECT_FALSE(shows_text("(mean of 100)"));
}

TEST_F(WindowTest, TheLossBesideTheCurveIsTheOneOfTheListOfRuns) {
    open();
    actions()["train"]->trigger();
    for (int i = 0; i < 9; ++i) record_->train(20);
    settle();
    QTest::qWait(150);
    std::vector<StepMetrics> steps;
    for (std::int64_t step = 1; step <= record_->step; ++step) steps.push_back(make_metrics(step));
    ASSERT_NE(ui::measure_text(current_loss(steps)), ui::measure_text(steps.back().loss));
    EXPECT_TRUE(shows_text(QString("loss %1 (mean of 100)").arg(ui::measure_text(current_loss(steps)))));
    EXPECT_FALSE(shows_text(ui::measure_text(steps.back().loss))) << "no other loss";
    for (int i = 0; i < 3; ++i) QTest::keyClick(window_.get(), Qt::Key_BracketLeft);
    EXPECT_TRUE(shows_text(ui::measure_text(current_loss(steps)))) << "however smooth the curve is";
}

TEST_F(WindowTest, TheHeldOutLossIsDrawnBesideTheTrainingLossAndExplained) {
    open();
    actions()["train"]->trigger();
    record_->train(20);
    settle();
    QTest::qWait(150);
    EXPECT_FALSE(find<QWidget>("held_out_legend")->isVisible()) << "nothing was measured yet";
    EXPECT_FALSE(shows_text("held-out"));
    MetricsBatch batch{record_->training_job, {}};
    for (std::int64_t step = 41; step <= 300; ++step) {
        batch.steps.push_back(make_metrics(step));
        if (step % 67 == 0) batch.steps.back().held_out = HeldOutLosses{0.25 + 0.001 * step, 0.125};
    }
    record_->send(batch);
    settle();
    QTest::qWait(150);
    EXPECT_TRUE(find<QWidget>("held_out_legend")->isVisible());
    EXPECT_TRUE(shows_text("Held-out loss: images the model has never seen"));
    EXPECT_TRUE(shows_text("held-out 0.518")) << "at step 268";
    bool found = false;
    for (const ui::PlotColumn& column : find<ui::Plot>("loss_chart")->columns()) {
        if (column.title != "Held-out loss") continue;
        found = true;
        ASSERT_EQ(column.points.size(), 4u);
        EXPECT_EQ(column.points.front(), QPointF(67, 0.317));
    }
    EXPECT_TRUE(found);
    actions()["stop"]->trigger();
    settle();
    actions()["train"]->trigger();
    settle();
    QTest::qWait(150);
    EXPECT_FALSE(find<QWidget>("held_out_legend")->isVisible()) << "of the run before";
}

TEST_F(WindowTest, EveryPreviewIsKeptAndTheSliderGoesThroughThem) {
    open();
    actions()["train"]->trigger();
    for (int i = 0; i < 6; ++i) record_->train(20);
    settle();
    auto* slider = find<QSlider>("preview_history");
    auto* view = find<ui::PictureView>("previews");
    ASSERT_EQ(slider->maximum(), 6);
    EXPECT_EQ(slider->value(), 6);  // follows the newest
    const ImageBatch newest = view->images();
    actions()["to_start"]->trigger();
    EXPECT_EQ(slider->value(), 0);
    EXPECT_NE(view->images(), newest);
    record_->train(20);
    settle();
    EXPECT_EQ(slider->value(), 0) << "a chosen preview stays while new ones come";
    actions()["to_end"]->trigger();
    EXPECT_EQ(slider->value(), 7);
}

TEST_F(WindowTest, ThePointerOverAChartShowsTheSamplesOfItsStep) {
    open();
    window_->resize(1600, 1000);
    QTest::mouseClick(find<QToolButton>("show_map"), Qt::LeftButton);
    actions()["train"]->trigger();
    for (int i = 0; i < 6; ++i) record_->train(20);
    settle();
    auto* map = find<ui::HeatMap>("timestep_map");
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return map->accessibleDescription().contains("from step 20 to 1"); }, 2000))
        << map->accessibleDescription().toStdString();
    QTest::qWait(150);  // until the curve is drawn, too
    auto* view = find<ui::PictureView>("previews");
    const ImageBatch newest = view->images();
    const auto send = [](QWidget* to, QEvent::Type type) {
        const QPointF middle(to->width() / 2.0, to->height() / 2.0);
        QMouseEvent move(type, middle, to->mapToGlobal(middle), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(to, &move);
    };
    for (QWidget* chart : {find<ui::Plot>("loss_chart")->findChild<QGraphicsView*>()->viewport(),
                           static_cast<QWidget*>(map)}) {
        send(chart, QEvent::MouseMove);
        EXPECT_NE(view->images(), newest) << chart->metaObject()->className();
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(chart, &leave);
        EXPECT_EQ(view->images(), newest) << chart->metaObject()->className();
    }
}

TEST_F(WindowTest, LSwitchesTheLossAxisAndANewRunEmptiesTheCharts) {
    open();
    actions()["train"]->trigger();
    settle();
    QTest::keyClick(window_.get(), Qt::Key_L);
    auto* loss = find<ui::Plot>("loss_chart");
    EXPECT_TRUE(loss->log_y());
    record_->send_run(RunConfig{}, 0);
    settle();
    QTest::qWait(150);
    EXPECT_TRUE(loss->accessibleDescription().contains("no data"))
        << loss->accessibleDescription().toStdString();
}

}  // namespace
}  // namespace denoise::testing
