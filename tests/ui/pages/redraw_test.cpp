// A changed setting redraws the images of the Denoise page in place.

#include <gtest/gtest.h>

#include <QComboBox>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>

#include "tests/ui/support/fake_engine.h"
#include "tests/ui/support/marked_frames.h"
#include "ui/link/engine_link.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/denoise/schedule_track.h"
#include "ui/picture/picture_view.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

using denoise::testing::FakeEngine;
using denoise::testing::Manner;
using denoise::testing::marked_frame;
using denoise::testing::marked_result;
using denoise::testing::marked_start;

constexpr int steps = denoise::testing::marked_steps;
constexpr int stop_at_500 = 4;  // the frames are those of the timesteps 900, 800, ...

/// A page on an engine that takes requests and leaves it to the test to send events, with one sample.
class RedrawTest : public ::testing::Test {
  protected:
    void SetUp() override {
        engine_->manner = Manner::slow;
        page_.resize(900, 700);
        page_.show();
        engine_->send_run({}, 100);
        deliver();
        box("Images")->setValue(4);
        box("Steps")->setValue(steps);
        QTest::mouseClick(page_.findChild<QPushButton*>("sample"), Qt::LeftButton);
        ASSERT_EQ(requests(), 1u);
    }
    void deliver() {
        EXPECT_TRUE(QTest::qWaitFor([this] { return engine_->events.empty(); }, 5000));
        QTest::qWait(1);
    }
    /// The job that was posted last begins, and has all frames but no result yet.
    void begin() {
        engine_->send(marked_start(engine_->last_job));
        for (int i = 0; i < steps; ++i) engine_->send(marked_frame(engine_->last_job, i));
        deliver();
    }
    void finish(double seconds = 1) {
        SampleResult result = marked_result(engine_->last_job);
        result.seconds = seconds;
        engine_->send(result);
        engine_->send(JobEnded{engine_->last_job});
        deliver();
    }
    void type_seed(const QString& digits) {
        box("Seed")->setFocus();
        box("Seed")->selectAll();
        QTest::keyClicks(box("Seed"), digits);
    }
    bool requests_reach(std::size_t count) {
        return QTest::qWaitFor([&] { return requests() == count; }, 3000);
    }
    std::size_t requests() const { return engine_->all<Sample>().size(); }
    SampleRequest last_request() const { return engine_->all<Sample>().back().request; }
    QSpinBox* box(const QString& name) const {
        for (auto* each : page_.findChildren<QSpinBox*>())
            if (each->accessibleName() == name) return each;
        return nullptr;
    }
    int samples() const { return page_.findChild<QComboBox*>("samples")->count(); }
    QString shown() const { return page_.findChild<QComboBox*>("samples")->currentText(); }
    ScheduleTrack* track() const { return page_.findChild<ScheduleTrack*>(); }

    std::shared_ptr<FakeEngine::Record> engine_ = std::make_shared<FakeEngine::Record>();
    EngineLink link_{std::make_unique<FakeEngine>(engine_)};
    Theme theme_;
    DenoisePage page_{link_, theme_};
};

TEST_F(RedrawTest, AChangedSettingReplacesTheImagesAtTheSameTimestep) {
    begin();
    finish();
    QTest::mouseClick(track(), Qt::LeftButton, {}, track()->point_of(stop_at_500).toPoint());
    ASSERT_EQ(track()->position(), stop_at_500);
    type_seed("12");
    ASSERT_TRUE(requests_reach(2)) << "without a click";
    EXPECT_EQ(last_request().seed, 12) << "one request for both digits";
    EXPECT_EQ(last_request().steps, steps);
    const QString before = shown();
    begin();
    EXPECT_EQ(shown(), before) << "until the new images are there";
    finish();
    EXPECT_NE(shown(), before);
    EXPECT_TRUE(shown().contains(QString("seed %1").arg(engine_->last_job))) << shown().toStdString();
    EXPECT_EQ(track()->position(), stop_at_500);
    EXPECT_EQ(samples(), 2) << "the sample that was asked for is kept";

    type_seed("13");
    ASSERT_TRUE(requests_reach(3));
    begin();
    finish();
    EXPECT_TRUE(shown().contains(QString("seed %1").arg(engine_->last_job))) << shown().toStdString();
    EXPECT_EQ(samples(), 2) << "a redrawn sample is replaced by the next one";
}

TEST_F(RedrawTest, WhilePlayingTheNewResultIsShown) {
    begin();
    finish();
    page_.go_to_start();
    page_.play_or_pause();
    type_seed("12");
    ASSERT_TRUE(requests_reach(2));
    begin();
    finish();
    EXPECT_EQ(track()->position(), steps);
}

TEST_F(RedrawTest, WhatTakesLongIsNotRedrawn) {
    begin();
    finish(2);
    box("Steps")->setValue(2 * steps);
    QTest::qWait(600);
    EXPECT_EQ(requests(), 1u) << "twice as many steps would take 4 seconds";
    box("Steps")->setValue(steps - 1);
    EXPECT_TRUE(requests_reach(2));
}

TEST_F(RedrawTest, AChangeDuringRedrawingStartsAgainWithIt) {
    begin();
    finish();
    type_seed("12");
    ASSERT_TRUE(requests_reach(2));
    begin();
    const JobId first = engine_->last_job;
    type_seed("13");
    ASSERT_TRUE(QTest::qWaitFor([&] { return !engine_->all<Cancel>().empty(); }, 3000));
    EXPECT_EQ(engine_->all<Cancel>().back().job, first);
    engine_->send(JobEnded{first, Outcome::cancelled});
    deliver();
    ASSERT_TRUE(requests_reach(3));
    EXPECT_EQ(last_request().seed, 13);
    EXPECT_EQ(samples(), 1) << "what was cancelled leaves nothing behind";
}

TEST_F(RedrawTest, ASampleThatThePersonAskedForIsNotStopped) {
    begin();
    type_seed("12");
    QTest::qWait(600);
    EXPECT_TRUE(engine_->all<Cancel>().empty());
    EXPECT_EQ(requests(), 1u);
}

TEST_F(RedrawTest, NothingIsSampledWhenAModelBringsOtherLimits) {
    begin();
    finish();
    RunConfig other;
    other.schedule.timesteps = steps / 2;
    engine_->send_run(other, 5);
    deliver();
    QTest::qWait(600);
    EXPECT_LE(box("Steps")->value(), steps / 2);
    EXPECT_EQ(requests(), 1u);
}

}  // namespace
}  // namespace denoise::ui
