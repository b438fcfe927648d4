#include <gmock/gmock.h>

#include <QAccessible>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

#include "tests/ui/application.h"
#include "tests/ui/fake_engine.h"
#include "ui/denoise/denoise_page.h"
#include "ui/denoise/schedule_track.h"
#include "ui/denoise/transport_bar.h"
#include "ui/picture/film_strip.h"
#include "ui/picture/picture_inspector.h"
#include "ui/picture/picture_view.h"
#include "ui/picture/trajectory.h"
#include "ui/theme/theme.h"
#include "ui/worker/engine_link.h"

namespace denoise::ui {
namespace {

using denoise::testing::FakeEngine;
using ::testing::ElementsAre;

constexpr int steps = 10;

/// Images that say which frame they belong to: x_t is 10 i + n, x_0 is 100 + 10 i + n for image n of frame i.
ImageBatch marked_images(int frame, int count, int base) {
    ImageBatch batch{count, 1, 4, 4, {}};
    for (int n = 0; n < count; ++n)
        batch.pixels.insert(batch.pixels.end(), 16, static_cast<std::uint8_t>(base + 10 * frame + n));
    return batch;
}

SampleStarted marked_start(int id, int count = 4) {
    SampleStarted start;
    start.id = id;
    start.request.count = count;
    start.request.steps = steps;
    start.request.seed = id;
    for (int i = 0; i < steps; ++i) start.timesteps.push_back(900 - 100 * i);
    for (int t = 0; t < 1000; ++t) start.alpha_bar.push_back(1.0 - t / 1000.0);
    return start;
}

SampleFrame marked_frame(int id, int index, int count = 4) {
    return {id, index, 900 - 100 * index, marked_images(index, count, 0), marked_images(index, count, 100)};
}

/// A page on a fake engine, shown.
struct Window {
    std::shared_ptr<FakeEngine::Record> engine = std::make_shared<FakeEngine::Record>();
    EngineLink link{std::make_unique<FakeEngine>(engine)};
    Theme theme;
    DenoisePage page{link, theme};

    Window() {
        page.resize(900, 700);
        page.show();
    }
    void deliver() {
        QTRY_VERIFY(engine->events.empty());
        QTest::qWait(1);
    }
    void open_model() {
        engine->send_run({}, 100);
        deliver();
    }
    void send_sample(int id, int frames, bool finish) {
        engine->send(marked_start(id));
        for (int i = 0; i < frames; ++i) engine->send(marked_frame(id, i));
        if (finish) engine->send(SampleEnded{id, false, 1, marked_images(0, 4, 200)});
        deliver();
    }
    PictureView* x_t() const { return page.findChildren<PictureView*>().at(0); }
    PictureView* x_0() const { return page.findChildren<PictureView*>().at(1); }
    ScheduleTrack* track() const { return page.findChild<ScheduleTrack*>(); }
    FilmStrip* strip() const { return page.findChild<FilmStrip*>(); }
    TransportBar* transport() const { return page.findChild<TransportBar*>(); }
    QPushButton* sample_button() const { return page.findChild<QPushButton*>("sample"); }
    int shown_x_t() const { return x_t()->images().pixels.at(0); }
    int shown_x_0() const { return x_0()->images().pixels.at(0); }

    void drag_to_stop(int stop) const {
        QWidget* widget = track();
        const QPoint start = track()->point_of(track()->position()).toPoint();
        const QPoint target = track()->point_of(stop).toPoint();
        QTest::mousePress(widget, Qt::LeftButton, {}, start);
        QMouseEvent move(QEvent::MouseMove, target, widget->mapToGlobal(target), Qt::NoButton, Qt::LeftButton,
                         Qt::NoModifier);
        QApplication::sendEvent(widget, &move);
        QTest::mouseRelease(widget, Qt::LeftButton, {}, target);
    }
};

TEST(Trajectory, HoldsEveryFrameAndTheResult) {
    Trajectory film(marked_start(1));
    for (int i = 0; i < steps; ++i) film.add(marked_frame(1, i));
    film.finish({1, false, 1, marked_images(0, 4, 200)});
    ASSERT_EQ(film.size(), steps + 1);
    EXPECT_EQ(film.stride(), 1);
    EXPECT_TRUE(film.finished());
    EXPECT_EQ(film.frame(3).timestep, 600);
    EXPECT_DOUBLE_EQ(film.frame(3).alpha_bar, 0.4);
    EXPECT_EQ(film.frame(steps).timestep, -1);
    EXPECT_EQ(film.frame(steps).x_t.pixels.at(0), 200);
}

TEST(Trajectory, KeepsToItsMemoryEvenlyWithFirstAndNewestFrame) {
    const std::size_t of_a_frame = 2 * 4 * 16;
    Trajectory film(marked_start(1), 4 * of_a_frame);
    for (int i = 0; i < steps; ++i) {
        film.add(marked_frame(1, i));
        EXPECT_LE(film.bytes(), 4 * of_a_frame);
        EXPECT_EQ(film.frame(0).step, 0);
        EXPECT_EQ(film.frame(film.size() - 1).step, i) << "the newest is always shown";
    }
    EXPECT_EQ(film.stride(), 4);
    std::vector<int> held;
    for (int i = 0; i < film.size(); ++i) held.push_back(film.frame(i).step);
    EXPECT_THAT(held, ElementsAre(0, 4, 8, 9));
}

TEST(Trajectory, ACancelledSampleKeepsItsFramesAndHasNoResult) {
    Trajectory film(marked_start(1));
    film.add(marked_frame(1, 0));
    film.finish({1, true, 1, {}});
    EXPECT_EQ(film.size(), 1);
    EXPECT_TRUE(film.ended());
    EXPECT_FALSE(film.finished());
    film.add(marked_frame(1, 1));
    EXPECT_EQ(film.size(), 1);
}

TEST(SampleHistory, ThinsBeforeItDropsAndNeverDropsWhatIsShown) {
    const std::size_t of_a_frame = 2 * 4 * 16;
    SampleHistory history(8 * of_a_frame);
    for (int id = 1; id <= 2; ++id) {
        history.add(marked_start(id));
        for (int i = 0; i < steps; ++i) history.at(id - 1).trajectory.add(marked_frame(id, i));
    }
    EXPECT_EQ(history.make_room(1), 0);
    EXPECT_EQ(history.size(), 2);
    EXPECT_GT(history.at(0).trajectory.stride() * history.at(1).trajectory.stride(), 1);
    SampleHistory narrow(1);
    for (int id = 1; id <= 3; ++id) {
        narrow.add(marked_start(id));
        narrow.at(id - 1).trajectory.add(marked_frame(id, 0));
    }
    EXPECT_EQ(narrow.make_room(2), 2);
    ASSERT_EQ(narrow.size(), 1);
    EXPECT_EQ(narrow.at(0).trajectory.id(), 3);
}

TEST(DenoisePage, SampleButtonSaysWhyItCannotAndPostsWhatTheControlsSay) {
    Window window;
    EXPECT_FALSE(window.sample_button()->isEnabled());
    EXPECT_FALSE(window.sample_button()->toolTip().isEmpty());
    window.page.sample();
    EXPECT_TRUE(window.engine->all<Sample>().empty());
    window.open_model();
    EXPECT_TRUE(window.sample_button()->isEnabled());
    QTest::mouseClick(window.sample_button(), Qt::LeftButton);
    const auto posted = window.engine->all<Sample>();
    ASSERT_EQ(posted.size(), 1u);
    EXPECT_EQ(posted[0].request, window.page.request());
    EXPECT_TRUE(posted[0].request.frames);
}

TEST(DenoisePage, DraggingTheTrackShowsTheRightFrameInBothPictures) {
    Window window;
    window.send_sample(1, steps, true);
    for (const int stop : {2, 7, 0, 5}) {
        window.drag_to_stop(stop);
        EXPECT_EQ(window.shown_x_t(), 10 * stop);
        EXPECT_EQ(window.shown_x_0(), 100 + 10 * stop);
        const QString where = QString("t = %1 of 999 · step ").arg(900 - 100 * stop);
        EXPECT_TRUE(window.transport()->readout().startsWith(where))
            << window.transport()->readout().toStdString();
    }
}

TEST(DenoisePage, FollowsTheNewestFrameUntilThePersonScrubsAway) {
    Window window;
    window.send_sample(1, 3, false);
    EXPECT_EQ(window.shown_x_t(), 20);
    EXPECT_EQ(window.sample_button()->isEnabled(), true) << "it stops the sampler now";
    window.engine->send(marked_frame(1, 3));
    window.deliver();
    EXPECT_EQ(window.shown_x_t(), 30);
    window.drag_to_stop(1);
    window.engine->send(marked_frame(1, 4));
    window.deliver();
    EXPECT_EQ(window.shown_x_t(), 10) << "it stays where the person is";
    window.page.go_to_end();
    window.engine->send(marked_frame(1, 5));
    window.deliver();
    EXPECT_EQ(window.shown_x_t(), 50) << "and follows again from the newest";
    window.engine->send(SampleEnded{1, false, 1, marked_images(0, 4, 200)});
    window.deliver();
    EXPECT_EQ(window.shown_x_0(), 200);
}

TEST(DenoisePage, RunningSamplerIsStoppedByTheSameButton) {
    Window window;
    window.open_model();
    window.send_sample(1, 3, false);
    QTest::mouseClick(window.sample_button(), Qt::LeftButton);
    EXPECT_EQ(window.engine->all<CancelSampling>().size(), 1u);
    window.engine->send(SampleEnded{1, true, 1, {}});
    window.deliver();
    QTest::mouseClick(window.sample_button(), Qt::LeftButton);
    EXPECT_EQ(window.engine->all<Sample>().size(), 1u);
}

TEST(DenoisePage, KeysStepOnTheTrack) {
    Window window;
    window.send_sample(1, steps, true);
    ScheduleTrack* track = window.track();
    QTest::keyClick(track, Qt::Key_Home);
    EXPECT_EQ(window.shown_x_t(), 0);
    QTest::keyClick(track, Qt::Key_Right);
    EXPECT_EQ(window.shown_x_t(), 10);
    QTest::keyClick(track, Qt::Key_Left);
    EXPECT_EQ(window.shown_x_t(), 0);
    QTest::keyClick(track, Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(track->position(), steps);
    QTest::keyClick(track, Qt::Key_Left);
    EXPECT_EQ(window.shown_x_t(), 90);
    QTest::keyClick(track, Qt::Key_End);
    EXPECT_EQ(window.shown_x_0(), 200);
}

TEST(DenoisePage, TrackIsASliderToAssistiveTechnology) {
    Window window;
    window.send_sample(1, steps, true);
    window.drag_to_stop(4);
    QAccessibleInterface* slider = QAccessible::queryAccessibleInterface(window.track());
    ASSERT_NE(slider, nullptr);
    EXPECT_EQ(slider->role(), QAccessible::Slider);
    EXPECT_EQ(slider->text(QAccessible::Value), "t = 500");
    ASSERT_NE(slider->valueInterface(), nullptr);
    EXPECT_EQ(slider->valueInterface()->currentValue().toInt(), 4);
    slider->valueInterface()->setCurrentValue(6);
    EXPECT_EQ(window.shown_x_t(), 60);
}

TEST(DenoisePage, EverySampleKeepsItsOwnPlace) {
    Window window;
    window.send_sample(1, steps, true);
    window.drag_to_stop(3);
    window.send_sample(2, steps, true);
    EXPECT_EQ(window.shown_x_0(), 200) << "a new sample is shown";
    auto* samples = window.page.findChild<QComboBox*>("samples");
    ASSERT_EQ(samples->count(), 2);
    samples->setCurrentIndex(1);
    Q_EMIT samples->activated(1);
    EXPECT_EQ(window.shown_x_t(), 30);
    Q_EMIT samples->activated(0);
    EXPECT_EQ(window.shown_x_0(), 200);
}

TEST(DenoisePage, ClickShowsOneImageInBothAndEscapeGoesBack) {
    Window window;
    window.send_sample(1, steps, true);
    QTest::mouseClick(window.x_0(), Qt::LeftButton, {}, window.x_0()->image_rect(2).center());
    EXPECT_EQ(window.x_t()->only(), 2);
    EXPECT_EQ(window.x_0()->only(), 2);
    EXPECT_EQ(window.page.picture(), picture_of(window.x_0()->images(), 2));
    QTest::keyClick(&window.page, Qt::Key_Escape);
    EXPECT_EQ(window.x_t()->only(), -1);
    const QPoint second = window.x_t()->image_rect(1).center();
    QTest::mouseClick(window.x_t(), Qt::LeftButton, {}, second);
    QTest::mouseDClick(window.x_t(), Qt::LeftButton, {}, second);
    EXPECT_EQ(window.x_t()->only(), 1);
    auto* inspector = window.page.findChild<PictureInspector*>();
    ASSERT_NE(inspector, nullptr);
    EXPECT_TRUE(inspector->isVisible());
}

TEST(DenoisePage, BranchAsksForOtherFuturesOfTheImageThatIsShown) {
    Window window;
    auto* branch = window.page.findChild<QPushButton*>("branch");
    window.open_model();
    window.send_sample(1, steps, true);
    EXPECT_FALSE(branch->isEnabled());
    EXPECT_TRUE(branch->toolTip().contains("before the result")) << branch->toolTip().toStdString();
    window.page.step(-2);
    EXPECT_FALSE(branch->isEnabled());
    EXPECT_TRUE(branch->toolTip().contains("Click an image")) << branch->toolTip().toStdString();
    QTest::mouseClick(window.x_t(), Qt::LeftButton, {}, window.x_t()->image_rect(2).center());
    ASSERT_TRUE(branch->isEnabled());
    QTest::mouseClick(branch, Qt::LeftButton);
    ASSERT_FALSE(window.engine->all<Sample>().empty());
    const SampleRequest asked = window.engine->all<Sample>().back().request;
    ASSERT_EQ(asked.branches.size(), 1u);
    EXPECT_EQ(asked.branches[0].image, 2);
    EXPECT_EQ(asked.branches[0].step, steps - 2);
    EXPECT_EQ(asked.count, window.page.request().count);
    EXPECT_EQ(asked.seed, marked_start(1).request.seed);
}

TEST(DenoisePage, PlaysToTheEndAndStops) {
    Window window;
    window.send_sample(1, steps, true);
    auto* speed = window.transport()->findChild<QComboBox*>();
    speed->setCurrentIndex(speed->count() - 1);
    QTest::mouseClick(window.transport()->findChild<QToolButton*>("play"), Qt::LeftButton);
    EXPECT_EQ(window.shown_x_t(), 0) << "from the end it starts again";
    EXPECT_TRUE(window.transport()->playing());
    EXPECT_TRUE(QTest::qWaitFor([&] { return !window.transport()->playing(); }, 3000));
    EXPECT_EQ(window.shown_x_0(), 200);
}

TEST(DenoisePage, StripScrubsToo) {
    Window window;
    window.send_sample(1, steps, true);
    QTest::mouseClick(window.strip(), Qt::LeftButton, {}, window.strip()->point_of(0));
    EXPECT_EQ(window.shown_x_t(), 0);
}

TEST(DenoisePage, AFailedSamplerGivesTheButtonBack) {
    Window window;
    window.open_model();
    window.send_sample(1, 3, false);
    window.engine->send(Failed{{"Cannot sample", "out of memory", "Draw fewer images"}});
    window.deliver();
    QTest::mouseClick(window.sample_button(), Qt::LeftButton);
    EXPECT_EQ(window.engine->all<Sample>().size(), 1u);
    EXPECT_EQ(window.shown_x_t(), 20) << "what it drew stays";
}

TEST(DenoisePage, WhatTakesTheFocusHasAName) {
    Window window;
    window.send_sample(1, steps, true);
    EXPECT_EQ(denoise::testing::nameless_widgets(window.page).join(", ").toStdString(), "");
}

}  // namespace
}  // namespace denoise::ui
