#include <gtest/gtest.h>

#include <QAccessible>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

#include "engine/session/samplers.h"
#include "tests/ui/support/application.h"
#include "tests/ui/support/fake_engine.h"
#include "tests/ui/support/marked_frames.h"
#include "ui/link/engine_link.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/denoise/sample_controls.h"
#include "ui/pages/denoise/schedule_track.h"
#include "ui/pages/denoise/transport_bar.h"
#include "ui/picture/film_strip.h"
#include "ui/picture/picture_inspector.h"
#include "ui/picture/picture_view.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

using denoise::testing::branch_start;
using denoise::testing::FakeEngine;
using denoise::testing::Manner;
using denoise::testing::marked_frame;
using denoise::testing::marked_frame_with_noise;
using denoise::testing::marked_result;
using denoise::testing::marked_start;

constexpr int steps = denoise::testing::marked_steps;

/// A page on an engine that takes requests and leaves it to the test to send events.
struct Window {
    std::shared_ptr<FakeEngine::Record> engine = std::make_shared<FakeEngine::Record>();
    EngineLink link{std::make_unique<FakeEngine>(engine)};
    Theme theme;
    DenoisePage page{link, theme};

    Window() {
        engine->manner = Manner::slow;
        page.resize(900, 700);
        page.show();
    }
    void deliver() {
        EXPECT_TRUE(QTest::qWaitFor([this] { return engine->events.empty(); }, 5000));
        QTest::qWait(1);
    }
    void open_model() {
        engine->send_run({}, 100);
        deliver();
    }
    /// Presses Sample and returns the id of the job.
    JobId press_sample() {
        QTest::mouseClick(sample_button(), Qt::LeftButton);
        return engine->last_job;
    }
    void send_frames(JobId job, int first, int count) {
        for (int i = first; i < first + count; ++i) engine->send(marked_frame(job, i));
        deliver();
    }
    /// The whole of a job that this page did not start.
    void send_sample(JobId job) {
        engine->send(marked_start(job));
        send_frames(job, 0, steps);
        engine->send(marked_result(job));
        engine->send(JobEnded{job});
        deliver();
    }
    PictureView* x_t() const { return page.findChildren<PictureView*>().at(0); }
    PictureView* x_0() const { return page.findChildren<PictureView*>().at(1); }
    PictureView* eps() const { return page.findChildren<PictureView*>().at(2); }
    QToolButton* pane_switch(const char* name) const { return page.findChild<QToolButton*>(name); }
    QString numbers() const { return page.findChild<QLabel*>("numbers")->text(); }
    ScheduleTrack* track() const { return page.findChild<ScheduleTrack*>(); }
    FilmStrip* strip() const { return page.findChild<FilmStrip*>(); }
    TransportBar* transport() const { return page.findChild<TransportBar*>(); }
    QPushButton* sample_button() const { return page.findChild<QPushButton*>("sample"); }
    QPushButton* branch_button() const { return page.findChild<QPushButton*>("branch"); }
    SampleRequest request() const { return page.findChild<SampleControls*>()->request(); }
    QString readout() const { return page.findChild<QLabel*>("readout")->text(); }
    int shown_x_t() const { return x_t()->images().pixels.at(0); }
    int shown_x_0() const { return x_0()->images().pixels.at(0); }
    /// Whether only image `index` is shown in `view`.
    static bool shows_only(const PictureView* view, int index) {
        for (int i = 0; i < view->images().count; ++i)
            if (view->image_rect(i).isEmpty() == (i == index)) return false;
        return true;
    }
    static void click_image(PictureView* view, int index) {
        QTest::mouseClick(view, Qt::LeftButton, {}, view->image_rect(index).center());
    }

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

TEST(DenoisePage, SampleButtonSaysWhyItCannotAndPostsWhatTheControlsSay) {
    Window window;
    EXPECT_FALSE(window.sample_button()->isEnabled());
    EXPECT_FALSE(window.sample_button()->toolTip().isEmpty());
    window.page.sample();
    EXPECT_TRUE(window.engine->all<Sample>().empty());
    window.open_model();
    EXPECT_TRUE(window.sample_button()->isEnabled());
    const SampleRequest wanted = window.request();
    window.press_sample();
    const auto posted = window.engine->all<Sample>();
    ASSERT_EQ(posted.size(), 1u);
    EXPECT_EQ(posted[0].request, wanted);
    EXPECT_TRUE(posted[0].request.frames);
}

TEST(DenoisePage, EachSamplerKeepsItsStepsAndOnlyDdimHasEta) {
    Window window;
    auto* box = window.page.findChild<SampleControls*>()->findChild<QComboBox*>();
    ASSERT_TRUE(box);
    ASSERT_EQ(box->count(), static_cast<int>(solvers().size()));
    const int ddim = box->findData("ddim"), ddpm = box->findData("ddpm");
    EXPECT_EQ(box->currentData().toString().toStdString(), SampleRequest{}.sampler);
    box->setCurrentIndex(ddpm);
    EXPECT_EQ(window.request().sampler, "ddpm");
    EXPECT_EQ(window.request().steps, solver_named("ddpm").default_steps);
    EXPECT_EQ(window.request().eta, 0);
    box->setCurrentIndex(ddim);
    EXPECT_EQ(window.request().steps, solver_named("ddim").default_steps);
}

TEST(DenoisePage, DraggingTheTrackShowsTheRightFrameInBothPictures) {
    Window window;
    window.send_sample(1);
    for (const int stop : {2, 7, 0, 5}) {
        window.drag_to_stop(stop);
        EXPECT_EQ(window.shown_x_t(), 10 * stop);
        EXPECT_EQ(window.shown_x_0(), 100 + 10 * stop);
        const QString where = QString("t = %1 of 999 · step ").arg(900 - 100 * stop);
        EXPECT_TRUE(window.readout().startsWith(where)) << window.readout().toStdString();
    }
}

TEST(DenoisePage, FollowsTheNewestFrameUntilTheUserScrubsAway) {
    Window window;
    window.open_model();
    const JobId job = window.press_sample();
    window.engine->send(marked_start(job));
    window.send_frames(job, 0, 3);
    EXPECT_EQ(window.shown_x_t(), 20);
    window.send_frames(job, 3, 1);
    EXPECT_EQ(window.shown_x_t(), 30);
    window.drag_to_stop(1);
    window.send_frames(job, 4, 1);
    EXPECT_EQ(window.shown_x_t(), 10) << "the chosen frame stays";
    window.page.go_to_end();
    window.send_frames(job, 5, 1);
    EXPECT_EQ(window.shown_x_t(), 50) << "and the newest is followed again";
    window.engine->send(marked_result(job));
    window.deliver();
    EXPECT_EQ(window.shown_x_0(), 200);
}

TEST(DenoisePage, TheButtonCancelsItsOwnJobAndWaitsForItsEnd) {
    Window window;
    window.open_model();
    const JobId job = window.press_sample();
    EXPECT_TRUE(window.page.is_running());
    EXPECT_EQ(window.sample_button()->text(), "Stop");
    window.page.sample();
    EXPECT_EQ(window.engine->all<Sample>().size(), 1u) << "one job at a time";
    window.engine->send(JobEnded{job + 1, Outcome::failed, denoise::testing::fake_error});
    window.deliver();
    EXPECT_TRUE(window.page.is_running()) << "that was another job";
    QTest::mouseClick(window.sample_button(), Qt::LeftButton);
    ASSERT_EQ(window.engine->all<Cancel>().size(), 1u);
    EXPECT_EQ(window.engine->all<Cancel>()[0].job, job);
    window.deliver();
    EXPECT_FALSE(window.page.is_running());
    window.press_sample();
    EXPECT_EQ(window.engine->all<Sample>().size(), 2u);
}

TEST(DenoisePage, KeysStepOnTheTrack) {
    Window window;
    window.send_sample(1);
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
    window.send_sample(1);
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

TEST(DenoisePage, EverySampleKeepsItsOwnFrame) {
    Window window;
    window.send_sample(1);
    window.drag_to_stop(3);
    window.send_sample(2);
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
    window.send_sample(1);
    Window::click_image(window.x_0(), 2);
    EXPECT_TRUE(Window::shows_only(window.x_t(), 2));
    EXPECT_TRUE(Window::shows_only(window.x_0(), 2));
    EXPECT_EQ(window.page.picture(), picture_of(window.x_0()->images(), 2));
    QTest::keyClick(&window.page, Qt::Key_Escape);
    EXPECT_FALSE(window.x_t()->image_rect(0).isEmpty());
    const QPoint second = window.x_t()->image_rect(1).center();
    QTest::mouseClick(window.x_t(), Qt::LeftButton, {}, second);
    QTest::mouseDClick(window.x_t(), Qt::LeftButton, {}, second);
    EXPECT_TRUE(Window::shows_only(window.x_t(), 1));
    auto* inspector = window.page.findChild<PictureInspector*>();
    ASSERT_NE(inspector, nullptr);
    EXPECT_TRUE(inspector->isVisible());
}

TEST(DenoisePage, TheInspectorSurvivesASampleWithFewerImages) {
    Window window;
    window.send_sample(1);
    Window::click_image(window.x_t(), 3);
    QTest::mouseDClick(window.x_t(), Qt::LeftButton, {}, window.x_t()->image_rect(3).center());
    ASSERT_TRUE(window.page.findChild<PictureInspector*>());
    window.engine->send(marked_start(2, 1));
    window.engine->send(marked_frame(2, 0, 1));
    window.deliver();
    EXPECT_TRUE(window.page.findChild<PictureInspector*>()->windowTitle().contains("image 1"));
}

TEST(DenoisePage, BranchAsksForOtherFuturesOfTheImageThatIsShown) {
    Window window;
    window.open_model();
    window.send_sample(5);
    EXPECT_FALSE(window.branch_button()->isEnabled());
    EXPECT_TRUE(window.branch_button()->toolTip().contains("before the result"));
    window.page.step(-2);
    EXPECT_FALSE(window.branch_button()->isEnabled());
    EXPECT_TRUE(window.branch_button()->toolTip().contains("Click an image"));
    Window::click_image(window.x_t(), 2);
    ASSERT_TRUE(window.branch_button()->isEnabled());
    QTest::mouseClick(window.branch_button(), Qt::LeftButton);
    ASSERT_EQ(window.engine->all<Sample>().size(), 1u);
    const SampleRequest asked = window.engine->all<Sample>().back().request;
    ASSERT_TRUE(asked.branch.has_value());
    EXPECT_EQ(asked.branch->job, 5);
    EXPECT_EQ(asked.branch->image, 2);
    EXPECT_EQ(asked.branch->step, steps - 2);
    EXPECT_EQ(asked.count, window.request().count);
    EXPECT_FALSE(window.branch_button()->isEnabled()) << "until the branch has been sampled";
}

TEST(DenoisePage, ABranchIsShownFromTheFirstStepOfItsOrigin) {
    Window window;
    window.send_sample(1);
    window.engine->send(branch_start(2, 1, 3, 6));
    window.deliver();
    EXPECT_EQ(window.shown_x_t(), 10 * 5 + 3) << "the last frame of image 3 before the branch";
    window.engine->send(marked_frame(2, 6, 2));
    window.deliver();
    EXPECT_EQ(window.shown_x_t(), 60);
    window.page.go_to_start();
    EXPECT_EQ(window.shown_x_t(), 3);
    EXPECT_EQ(window.track()->reached(), 7);
}

TEST(DenoisePage, ABranchWithoutItsOriginIsShownFromItsFirstStep) {
    Window window;
    window.engine->send(branch_start(2, 1, 3, 6));
    for (int i = 6; i < steps; ++i) window.engine->send(marked_frame(2, i, 2));
    window.deliver();
    window.page.go_to_start();
    EXPECT_EQ(window.shown_x_t(), 60);
    EXPECT_TRUE(window.readout().contains("7 of 10")) << window.readout().toStdString();
    QTest::mouseClick(window.strip(), Qt::LeftButton, {}, window.strip()->point_of(2));
    EXPECT_EQ(window.shown_x_t(), 80);
}

TEST(DenoisePage, PlaysToTheEndAndStops) {
    Window window;
    window.send_sample(1);
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
    window.send_sample(1);
    QTest::mouseClick(window.strip(), Qt::LeftButton, {}, window.strip()->point_of(0));
    EXPECT_EQ(window.shown_x_t(), 0);
}

TEST(DenoisePage, AFailedJobReleasesTheButtonAndKeepsItsFrames) {
    Window window;
    window.open_model();
    const JobId job = window.press_sample();
    window.engine->send(marked_start(job));
    window.send_frames(job, 0, 3);
    window.engine->end_job(job, Outcome::failed, {"Cannot sample", "out of memory", "Sample fewer images"});
    window.deliver();
    EXPECT_EQ(window.shown_x_t(), 20);
    window.press_sample();
    EXPECT_EQ(window.engine->all<Sample>().size(), 2u);
}

TEST(DenoisePage, ShowsThePredictedNoiseAndTheNumbersOfEachStep) {
    Window window;
    window.engine->send(marked_start(1));
    for (int i = 0; i < steps; ++i) window.engine->send(marked_frame_with_noise(1, i));
    window.engine->send(marked_result(1));
    window.deliver();
    EXPECT_TRUE(window.eps()->images().empty()) << "the result has none";
    window.drag_to_stop(4);
    EXPECT_EQ(window.eps()->images().pixels.at(0), 190);
    // alpha_bar is 0.5 at t = 500. The RMS of x_t is that of all images: 1, 1.5, 2 and 2.5.
    EXPECT_EQ(window.numbers(), "ᾱ 0.500 · SNR 1 · RMS: xₜ 1.837, x₀ 0.250, ε 0.750 · x₀ changed by 0.500");
    Window::click_image(window.eps(), 1);
    EXPECT_TRUE(window.numbers().contains("xₜ 1.500")) << "of the image that is shown alone";
}

TEST(DenoisePage, EachPaneCanBeHiddenExceptTheLastAndTheChoiceIsRemembered) {
    QSettings().clear();
    {
        Window window;
        window.send_sample(1);
        const int width = window.x_0()->width();
        EXPECT_TRUE(window.eps()->isVisible());
        QTest::mouseClick(window.pane_switch("denoise/shows_eps"), Qt::LeftButton);
        QTest::qWait(1);
        EXPECT_FALSE(window.eps()->isVisible());
        EXPECT_GT(window.x_0()->width(), width) << "the others take the room";
        QTest::mouseClick(window.pane_switch("denoise/shows_x_t"), Qt::LeftButton);
        EXPECT_FALSE(window.pane_switch("denoise/shows_x_0")->isEnabled()) << "it is the last one";
        EXPECT_TRUE(window.x_0()->isVisible());
    }
    Window again;
    again.send_sample(1);
    EXPECT_TRUE(again.x_0()->isVisible());
    EXPECT_FALSE(again.x_t()->isVisible());
    EXPECT_FALSE(again.eps()->isVisible());
    QSettings().clear();
}

TEST(DenoisePage, TheFilmStripNamesTheTimestepsAlsoOfStepsThatAreStillToCome) {
    Window window;
    window.engine->send(marked_start(1));
    window.send_frames(1, 0, 2);
    EXPECT_EQ(window.strip()->caption_of(1), "t = 800");
    EXPECT_EQ(window.strip()->caption_of(6), "t = 300");
    EXPECT_EQ(window.strip()->caption_of(steps), "result");
}

TEST(DenoisePage, TheHistoryShowsAThumbnailOfEverySample) {
    Window window;
    window.send_sample(1);
    window.send_sample(2);
    auto* samples = window.page.findChild<QComboBox*>("samples");
    for (int i = 0; i < samples->count(); ++i) {
        const QIcon icon = samples->itemIcon(i);
        ASSERT_FALSE(icon.isNull()) << i;
        const QImage image = icon.pixmap(samples->iconSize()).toImage();
        EXPECT_EQ(qGray(image.pixel(image.rect().center())), 200) << "the result";
    }
}

TEST(DenoisePage, WhatTakesTheFocusHasAName) {
    Window window;
    window.send_sample(1);
    EXPECT_EQ(denoise::testing::nameless_widgets(window.page).join(", ").toStdString(), "");
}

}  // namespace
}  // namespace denoise::ui
