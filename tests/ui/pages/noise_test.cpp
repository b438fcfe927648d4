#include <gmock/gmock.h>

#include <QApplication>
#include <QButtonGroup>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <fstream>

#include "tests/ui/support/application.h"
#include "tests/ui/support/fake_engine.h"
#include "ui/link/engine_link.h"
#include "ui/pages/denoise/schedule_track.h"
#include "ui/pages/noise/noise_equation.h"
#include "ui/pages/noise/noise_page.h"
#include "ui/pages/noise/schedule_comparison.h"
#include "ui/picture/conversion.h"
#include "ui/picture/film_strip.h"
#include "ui/picture/picture_view.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

using denoise::testing::FakeEngine;
using denoise::testing::make_images;

constexpr std::uint64_t first_seed = 1;

struct Window {
    std::shared_ptr<FakeEngine::Record> engine = std::make_shared<FakeEngine::Record>();
    EngineLink link{std::make_unique<FakeEngine>(engine)};
    Theme theme;
    NoisePage page{link, theme};

    Window() {
        page.resize(900, 700);
        page.show();
    }
    void send_dataset() {
        engine->send_dataset({});
        EXPECT_TRUE(QTest::qWaitFor([this] { return engine->events.empty(); }, 5000));
        QTest::qWait(1);
    }
    ScheduleTrack* track() const { return page.findChild<ScheduleTrack*>(); }
    int timestep() const { return track()->timestep(); }
    ScheduleComparison* comparison() const { return page.findChild<ScheduleComparison*>(); }
    QString formula() const { return page.findChild<QLabel*>("formula")->text(); }
    /// The picture of x_t in the equation.
    Picture x_t() const {
        return picture_of(page.findChild<NoiseEquation*>()->findChild<PictureView*>()->images(), 0);
    }
    /// The picture in the row of a schedule.
    Picture compared(ScheduleKind kind) const {
        const auto views = comparison()->findChildren<PictureView*>();
        return picture_of(views.at(static_cast<int>(kind))->images(), 0);
    }
};

Picture test_picture() {
    return picture_of(make_images(1, 3, 20), 0);
}

TEST(NoisePage, IsNeverEmptyOnceThereIsADataset) {
    Window window;
    EXPECT_TRUE(window.page.picture().empty());
    window.send_dataset();
    EXPECT_FALSE(window.page.picture().empty());
    EXPECT_TRUE(window.page.can_play());
}

TEST(NoisePage, ShowsWhatNoisedPictureSaysAtEveryTimestep) {
    Window window;
    window.page.set_picture(test_picture());
    const NoisedPicture expected(test_picture(), first_seed);
    const NoiseSchedule schedule = make_schedule({});
    for (const int t : {0, 1, 250, 999}) {
        window.page.set_timestep(t);
        const Picture x_t = expected.x_t(schedule.alpha_bar[static_cast<std::size_t>(t)]);
        EXPECT_EQ(window.page.picture(), x_t);
        EXPECT_EQ(window.x_t(), x_t);
        EXPECT_EQ(window.timestep(), t);
    }
}

TEST(NoisePage, EquationHasTheLiveNumbers) {
    Window window;
    window.page.set_timestep(400);
    const double alpha_bar = make_schedule({}).alpha_bar[400];
    EXPECT_TRUE(window.formula().contains(QString::number(std::sqrt(alpha_bar), 'f', 3)));
    EXPECT_TRUE(window.formula().contains(QString::number(std::sqrt(1 - alpha_bar), 'f', 3)));
}

TEST(NoisePage, KeysAndStripMoveThroughTime) {
    Window window;
    window.page.set_picture(test_picture());
    QTest::keyClick(window.track(), Qt::Key_Home);
    EXPECT_EQ(window.timestep(), 0);
    QTest::keyClick(window.track(), Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(window.timestep(), 10);
    QTest::keyClick(window.track(), Qt::Key_End);
    EXPECT_EQ(window.timestep(), 999);
    auto* strip = window.page.findChild<FilmStrip*>({}, Qt::FindDirectChildrenOnly);
    ASSERT_NE(strip, nullptr);
    strip->grab();
    QTest::mouseClick(strip, Qt::LeftButton, {}, strip->point_of(3));
    EXPECT_EQ(window.timestep(), even_timesteps(1000, 8)[3]);
}

TEST(NoisePage, TimestepKeepsItsShareWhenTChanges) {
    Window window;
    window.page.set_timestep(500);
    window.page.findChild<QSpinBox*>("timesteps")->setValue(200);
    EXPECT_EQ(window.track()->reached(), 200);
    EXPECT_NEAR(window.timestep(), 100, 1);
}

TEST(NoisePage, EverySettingReachesTheSchedule) {
    Window window;
    window.page.set_picture(test_picture());
    window.page.findChild<QSpinBox*>("timesteps")->setValue(200);
    window.page.findChild<QComboBox*>("schedule")->setCurrentIndex(static_cast<int>(ScheduleKind::quadratic));
    window.page.findChild<QCheckBox*>("scale_ends")->setChecked(false);
    ScheduleConfig config;
    config.schedule = ScheduleKind::quadratic;
    config.timesteps = 200;
    config.scale_ends = false;
    const NoisedPicture expected(test_picture(), first_seed);
    for (const int t : {0, 100, 199}) {
        window.page.set_timestep(t);
        EXPECT_EQ(window.page.picture(),
                  expected.x_t(make_schedule(config).alpha_bar[static_cast<std::size_t>(t)]));
    }
    window.page.findChild<QSpinBox*>("timesteps")->setValue(2);
    EXPECT_EQ(window.track()->reached(), 2) << "the shortest schedule works too";
}

TEST(NoisePage, AllSchedulesAreComparedOnOnePictureAtOneTime) {
    Window window;
    window.page.set_picture(test_picture());
    window.page.set_timestep(300);
    const NoisedPicture expected(test_picture(), first_seed);
    EXPECT_EQ(window.comparison(), nullptr) << "made when it is first shown";
    window.page.findChild<QButtonGroup*>()->button(1)->click();
    ASSERT_NE(window.comparison(), nullptr);
    EXPECT_TRUE(window.comparison()->isVisible());
    EXPECT_EQ(window.page.findChild<QComboBox*>("schedule")->count(),
              static_cast<int>(names_of<ScheduleKind>.size()));
    for (const auto& kind : names_of<ScheduleKind>) {
        ScheduleConfig config;
        config.schedule = kind.value;
        EXPECT_EQ(window.compared(kind.value), expected.x_t(make_schedule(config).alpha_bar[300]))
            << kind.name;
    }
    window.page.set_timestep(600);  // the comparison follows once it is there
    EXPECT_EQ(window.compared(ScheduleKind::linear), expected.x_t(make_schedule({}).alpha_bar[600]));
}

TEST(NoisePage, AComparisonInTheBackHasNoTimeBeyondItsSchedules) {
    Window window;
    window.page.set_picture(test_picture());
    QButtonGroup* modes = window.page.findChild<QButtonGroup*>();
    QSpinBox* timesteps = window.page.findChild<QSpinBox*>("timesteps");
    timesteps->setValue(200);
    modes->button(1)->click();
    modes->button(0)->click();
    timesteps->setValue(2000);
    window.page.set_timestep(1999);
    ScheduleConfig config;
    config.timesteps = 200;
    const NoisedPicture noised(test_picture(), first_seed);
    EXPECT_EQ(window.compared(ScheduleKind::linear), noised.x_t(make_schedule(config).alpha_bar[199]));
    modes->button(1)->click();
    config.timesteps = 2000;
    EXPECT_EQ(window.compared(ScheduleKind::linear), noised.x_t(make_schedule(config).alpha_bar[1999]));
}

TEST(NoisePage, OpensAFile) {
    const QTemporaryDir folder;
    const QString file = folder.filePath("mine.png");
    ASSERT_TRUE(to_image(test_picture()).save(file));
    Window window;
    window.page.open_picture(file);
    ASSERT_TRUE(QTest::qWaitFor([&] { return window.page.can_play(); }, 5000));
    window.page.set_timestep(0);
    EXPECT_EQ(window.page.picture().width, 20);
    window.send_dataset();
    EXPECT_EQ(window.page.picture().width, 20)
        << "a dataset does not replace a picture that the user has chosen";
}

TEST(NoisePage, ABadPictureIsNamedAndTheOldOneStays) {
    const QTemporaryDir folder;
    const QString file = folder.filePath("broken.png");
    std::ofstream(file.toStdString()) << "this is no picture";
    Window window;
    window.page.set_picture(test_picture());
    QSignalSpy messages(&window.page, &Page::message);
    for (const QString& bad : {file, folder.filePath("missing.jpg")}) {
        messages.clear();
        window.page.open_picture(bad);
        ASSERT_TRUE(messages.wait(5000));
        EXPECT_TRUE(messages[0][0].toString().contains(QFileInfo(bad).fileName()))
            << messages[0][0].toString().toStdString();
        EXPECT_EQ(window.page.picture().width, 20);
    }
}

TEST(NoisePage, ThePictureThatIsShownKeepsItsNameWhenAnotherOneFails) {
    const QTemporaryDir folder;
    const QString good = folder.filePath("good.png"), bad = folder.filePath("broken.png");
    ASSERT_TRUE(to_image(test_picture()).save(good));
    std::ofstream(bad.toStdString()) << "this is no picture";
    Window window;
    const auto shows = [&window](const QString& text) {
        for (const auto* label : window.page.findChildren<QLabel*>())
            if (label->isVisible() && label->text() == text) return true;
        return false;
    };
    window.page.open_picture(good);
    ASSERT_TRUE(QTest::qWaitFor([&] { return window.page.can_play(); }, 5000));
    EXPECT_TRUE(shows("good.png"));
    QSignalSpy messages(&window.page, &Page::message);
    window.page.open_picture(bad);
    ASSERT_TRUE(messages.wait(5000));
    EXPECT_TRUE(shows("good.png"));
}

TEST(NoisePage, ADroppedFileAndAPastedImageAreTaken) {
    const QTemporaryDir folder;
    const QString file = folder.filePath("dropped.png");
    ASSERT_TRUE(to_image(test_picture()).save(file));
    Window window;
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(file)});
    QDragEnterEvent enter({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(&window.page, &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent drop({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(&window.page, &drop);
    ASSERT_TRUE(QTest::qWaitFor([&] { return window.page.can_play(); }, 5000));

    QImage pasted(33, 12, QImage::Format_RGB32);
    pasted.fill(Qt::red);
    QGuiApplication::clipboard()->setImage(pasted);
    window.page.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&window.page));
    QTest::keySequence(&window.page, QKeySequence::Paste);
    EXPECT_EQ(window.page.picture().width, 33);

    QMimeData text;
    text.setText("no picture");
    QDragEnterEvent refused({5, 5}, Qt::CopyAction, &text, Qt::LeftButton, {});
    refused.ignore();
    QApplication::sendEvent(&window.page, &refused);
    EXPECT_FALSE(refused.isAccepted());
}

TEST(NoisePage, PlaysToFullNoise) {
    Window window;
    window.page.set_picture(test_picture());
    window.page.set_timestep(980);
    window.page.play_or_pause();
    EXPECT_TRUE(QTest::qWaitFor([&] { return window.timestep() == 999; }, 3000));
}

TEST(NoisePage, WhatTakesTheFocusHasAName) {
    Window window;
    EXPECT_EQ(denoise::testing::nameless_widgets(window.page).join(", ").toStdString(), "");
    window.page.findChild<QButtonGroup*>()->button(1)->click();
    EXPECT_EQ(denoise::testing::nameless_widgets(window.page).join(", ").toStdString(), "");
}

}  // namespace
}  // namespace denoise::ui
