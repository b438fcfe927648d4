#include <gtest/gtest.h>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/runs/run_header.h"
#include "engine/session/pictures.h"
#include "tests/ui/support/application.h"
#include "tests/ui/support/fake_engine.h"
#include "tests/ui/support/marked_frames.h"
#include "ui/export/row_export_dialog.h"
#include "ui/link/engine_link.h"
#include "ui/pages/compare/compare_column.h"
#include "ui/pages/compare/compare_page.h"
#include "ui/pages/compare/wipe_view.h"
#include "ui/pages/denoise/schedule_track.h"
#include "ui/picture/picture_view.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

using denoise::testing::fake_error;
using denoise::testing::FakeEngine;
using denoise::testing::make_images;
using denoise::testing::Manner;
using denoise::testing::marked_frame;
using denoise::testing::marked_images;

/// The page on an engine that takes requests and leaves it to the test to send events.
class ComparePageTest : public ::testing::Test {
  protected:
    std::shared_ptr<FakeEngine::Record> engine = std::make_shared<FakeEngine::Record>();
    EngineLink link{std::make_unique<FakeEngine>(engine)};
    Theme theme;
    ComparePage page{link, theme};

    void SetUp() override {
        engine->manner = Manner::slow;
        engine->class_names = {"zero", "one", "two"};
        page.resize(1000, 720);
        page.show();
        QTest::qWait(1);
    }
    void deliver() {
        EXPECT_TRUE(QTest::qWaitFor([this] { return engine->events.empty(); }, 5000));
        QTest::qWait(1);
    }
    void open_model(std::int64_t step = 500) {
        RunConfig config;
        config.unet.classes = 3;
        config.unet.unlabelled_class = true;
        engine->send_run(config, step, false);
        deliver();
    }
    CompareColumn* column(int number) {
        return page.findChild<CompareColumn*>(QString("column_%1").arg(number));
    }
    template <class W>
    W* field(int number, const char* name) {
        return column(number)->findChild<W*>(name);
    }
    QString text(int number, const char* label) { return field<QLabel>(number, label)->text(); }
    QPushButton* sample_button() { return page.findChild<QPushButton*>("compare_sample"); }
    void press_sample() { QTest::mouseClick(sample_button(), Qt::LeftButton); }
    void press(const char* button) {
        QTest::mouseClick(page.findChild<QToolButton*>(button), Qt::LeftButton);
    }
    std::vector<Sample> samples() { return engine->all<Sample>(); }
    JobId job_of(int index) { return engine->last_job - static_cast<JobId>(samples().size()) + 1 + index; }
    ScheduleTrack* track() { return page.findChild<ScheduleTrack*>(); }
    int brightness(int number) { return column(number)->view().images().pixels.at(0); }

    /// The start of job `job`: steps at `timesteps`.
    void start(JobId job, std::vector<int> timesteps, std::int64_t model_step = 500) {
        SampleStarted start;
        start.job = job;
        start.request = samples().at(static_cast<std::size_t>(job - job_of(0))).request;
        start.timesteps = std::move(timesteps);
        start.alpha_bar.assign(1000, 0.5);
        start.model_step = model_step;
        start.keep_states = false;
        start.class_names = engine->class_names;
        engine->send(start);
    }
    /// All frames of a job; frame i shows 10 i + base.
    void finish(JobId job, const std::vector<int>& timesteps, int base, std::int64_t model_step = 500) {
        start(job, timesteps, model_step);
        for (int i = 0; i < static_cast<int>(timesteps.size()); ++i)
            engine->send(SampleFrame{job, i, timesteps[static_cast<std::size_t>(i)],
                                     marked_images(i, 4, 100 + base), marked_images(i, 4, base)});
        engine->send(
            SampleResult{job, 1, marked_images(static_cast<int>(timesteps.size()), 4, base), {}, 2, 20});
        engine->end_job(job);
    }
    /// Both columns sampled: column 1 at 999, 499; column 2 at 999, 749, 499, 249.
    void sample_both() {
        open_model();
        press_sample();
        finish(job_of(0), {999, 499}, 0);
        finish(job_of(1), {999, 749, 499, 249}, 5);
        deliver();
    }
};

TEST_F(ComparePageTest, SaysWhatToDoFirst) {
    EXPECT_FALSE(sample_button()->isEnabled());
    EXPECT_EQ(sample_button()->toolTip(),
              "Train a model or open a run first, or choose a run in each column.");
    EXPECT_TRUE(column(1)->view().accessibleDescription().startsWith("There is no model yet. Train one"));
    EXPECT_FALSE(page.can_export());
    open_model();
    EXPECT_TRUE(sample_button()->isEnabled());
    EXPECT_EQ(column(2)->view().accessibleDescription(),
              "Press Sample to draw images from the same noise in every column.");
    EXPECT_EQ(text(2, "caption"), "DDIM") << "what differs from column 1";
}

TEST_F(ComparePageTest, TheSettingsTakeFewerRowsInWiderColumnsAndLeaveTheHeightToThePictures) {
    open_model();
    const auto top_of = [this](const char* name) {
        auto* widget = field<QWidget>(1, name);
        return widget->mapTo(column(1), QPoint()).y();
    };
    EXPECT_EQ(top_of("model"), top_of("sampler"));
    EXPECT_EQ(top_of("steps"), top_of("ema_length"));
    EXPECT_LT(page.minimumSizeHint().width(), 700) << "it can become narrow";
    const int of_pictures = column(1)->view().height();
    page.resize(800, 720);
    QTest::qWait(1);
    EXPECT_LT(top_of("model"), top_of("sampler"));
    EXPECT_EQ(top_of("sampler"), top_of("steps"));
    EXPECT_EQ(top_of("class"), top_of("ema_length"));
    press("add");
    press("add");
    QTest::qWait(1);
    EXPECT_LT(top_of("sampler"), top_of("steps"));
    EXPECT_LT(top_of("class"), top_of("ema_length"));
    EXPECT_LT(column(1)->view().height(), of_pictures);
}

TEST_F(ComparePageTest, SamplesAllColumnsOneAfterAnotherFromTheSameNoise) {
    open_model();
    press("add");
    ASSERT_TRUE(column(3));
    page.findChild<QSpinBox*>("seed")->setValue(42);
    field<QSpinBox>(3, "steps")->setValue(50);
    field<QComboBox>(3, "class")->setCurrentIndex(2);
    field<QDoubleSpinBox>(3, "guidance")->setValue(2.5);
    press_sample();
    ASSERT_EQ(samples().size(), 3u);
    for (const Sample& sample : samples()) {
        EXPECT_EQ(sample.request.seed, 42);
        EXPECT_FALSE(sample.keep_states);
    }
    EXPECT_EQ(samples()[0].after, 0);
    EXPECT_EQ(samples()[1].after, job_of(0));
    EXPECT_EQ(samples()[2].after, job_of(1));
    EXPECT_EQ(samples()[2].request.sampler, "ddim") << "as the column before it";
    EXPECT_EQ(samples()[2].request.steps, 50);
    EXPECT_EQ(samples()[2].request.label, 1);
    EXPECT_EQ(samples()[2].request.guidance_scale, 2.5);

    start(job_of(0), {999, 499});
    engine->send(JobProgress{job_of(0), 1, 2});
    deliver();
    EXPECT_EQ(text(1, "state"), "step 1 of 2");
    EXPECT_EQ(text(2, "state"), "waiting");
    EXPECT_EQ(sample_button()->text(), "Stop");
}

TEST_F(ComparePageTest, OneSliderAlignsAllColumnsByTheirTimestep) {
    sample_both();
    ASSERT_EQ(track()->reached(), 5);
    EXPECT_EQ(text(1, "time"), "result");
    EXPECT_EQ(brightness(1), 20);
    EXPECT_EQ(brightness(2), 45);
    QTest::keyClick(track(), Qt::Key_Home);
    EXPECT_EQ(text(1, "time"), "t = 999");
    EXPECT_EQ(brightness(2), 5);
    page.step(1);
    EXPECT_EQ(track()->timestep(), 749);
    EXPECT_EQ(text(2, "time"), "t = 749");
    page.step(1);
    EXPECT_EQ(text(1, "time"), "t = 499");
    EXPECT_EQ(text(2, "time"), "t = 499");
    EXPECT_EQ(brightness(1), 10);
    EXPECT_EQ(brightness(2), 25);
    page.findChild<QComboBox*>("content")->setCurrentIndex(1);
    EXPECT_EQ(brightness(1), 110) << "x_t";
    EXPECT_EQ(page.findChild<QLabel*>("readout")->text(), "All columns at t = 499 of 999 · ᾱ 0.500");
}

TEST_F(ComparePageTest, SamplesOnlyWhatHasChangedAgain) {
    sample_both();
    EXPECT_EQ(text(2, "caption"), "DDIM\n500 ms per image · 20 network calls");
    EXPECT_FALSE(sample_button()->isEnabled());
    field<QSpinBox>(2, "steps")->setValue(7);
    EXPECT_EQ(text(2, "state"), "changed");
    EXPECT_EQ(text(2, "caption"), "DDIM · 7 steps") << "without the cost of what is shown";
    EXPECT_EQ(text(1, "state"), "");
    EXPECT_EQ(brightness(2), 45) << "the pictures stay until there are others";
    press_sample();
    ASSERT_EQ(samples().size(), 3u);
    EXPECT_EQ(samples()[2].request.steps, 7);
    EXPECT_EQ(samples()[2].after, 0);
    engine->end_job(engine->last_job, Outcome::cancelled);
    deliver();
    press("dice");
    EXPECT_EQ(text(1, "state"), "changed");
    press_sample();
    EXPECT_EQ(samples().size(), 5u);
}

TEST_F(ComparePageTest, StopCancelsAllColumnsAndKeepsTheirFrames) {
    open_model();
    press_sample();
    start(job_of(0), {999, 499});
    engine->send(marked_frame(job_of(0), 0));
    deliver();
    press_sample();  // the button says Stop
    const std::vector<Cancel> cancelled = engine->all<Cancel>();
    ASSERT_EQ(cancelled.size(), 2u);
    EXPECT_EQ(cancelled[0].job, job_of(1)) << "the waiting one first, so that it does not start";
    deliver();
    EXPECT_FALSE(page.is_running());
    EXPECT_EQ(text(1, "state"), "stopped");
    EXPECT_EQ(text(2, "state"), "");
    EXPECT_FALSE(column(1)->view().images().empty());
    EXPECT_TRUE(sample_button()->isEnabled());
}

TEST_F(ComparePageTest, AnErrorStandsInItsColumnAndTheOthersGoOn) {
    open_model();
    press_sample();
    engine->end_job(job_of(0), Outcome::failed, fake_error);
    finish(job_of(1), {999}, 5);
    deliver();
    EXPECT_EQ(text(1, "state"), "failed");
    EXPECT_TRUE(text(1, "caption").contains("the gzip stream ends early. Download the file again"));
    EXPECT_EQ(brightness(2), 15);
    field<QSpinBox>(1, "steps")->setValue(3);
    EXPECT_FALSE(text(1, "caption").contains("gzip")) << "another request may not fail";
}

TEST_F(ComparePageTest, ColumnsAreAddedAndRemoved) {
    sample_both();
    EXPECT_FALSE(field<QToolButton>(1, "remove")->isVisible()) << "two are the fewest";
    press("add");
    press("add");
    EXPECT_FALSE(page.findChild<QToolButton*>("add")->isEnabled()) << "four are the most";
    EXPECT_EQ(text(4, "caption"), "DDIM");
    field<QComboBox>(4, "sampler")->setCurrentIndex(0);
    press_sample();
    ASSERT_EQ(samples().size(), 4u);
    const JobId third = engine->last_job - 1;
    QTest::mouseClick(field<QToolButton>(3, "remove"), Qt::LeftButton);
    EXPECT_EQ(engine->all<Cancel>().at(0).job, third);
    deliver();
    EXPECT_TRUE(page.is_running()) << "column 4, which is the third now";
    EXPECT_EQ(field<QComboBox>(3, "sampler")->currentIndex(), 0);
    QTest::mouseClick(field<QToolButton>(1, "remove"), Qt::LeftButton);
    EXPECT_EQ(brightness(1), 45) << "column 2 is the first now";
    EXPECT_EQ(page.findChild<QComboBox*>("column_a")->count(), 2);
}

TEST_F(ComparePageTest, AnotherRunMakesTheColumnsOfTheOpenModelStale) {
    sample_both();
    engine->folder = "/tmp/another run";
    open_model();
    EXPECT_EQ(text(1, "state"), "changed");
    EXPECT_FALSE(column(1)->view().images().empty());
    press_sample();
    EXPECT_EQ(samples().size(), 4u);
}

TEST_F(ComparePageTest, WhileTheModelIsTrainedFurtherItsSamplesAreOlder) {
    sample_both();
    engine->send(MetricsBatch{1, {denoise::testing::make_metrics(620)}});
    deliver();
    EXPECT_EQ(text(1, "state"), "older model");
    EXPECT_TRUE(sample_button()->isEnabled()) << "all columns again, since all have one model";
    press_sample();
    EXPECT_EQ(samples().size(), 4u);
}

TEST_F(ComparePageTest, SamplesFromTheCheckpointsOfRuns) {
    const QTemporaryDir folder;
    const std::filesystem::path run = std::filesystem::path(folder.path().toStdString()) / "my run";
    std::filesystem::create_directories(run / "checkpoints");
    RunHeader header;
    header.config.unet.classes = 2;
    header.class_names = {"cat", "dog"};
    header.channels = 1;
    header.height = header.width = 28;
    std::ofstream(run / "run.json") << run_header_to_json(header).dump();
    for (const char* name : {"00000100.safetensors", "00000200.safetensors"})
        std::ofstream(run / "checkpoints" / name) << "weights";
    page.set_runs_folder(run.parent_path());
    auto* models = field<QComboBox>(2, "model");
    ASSERT_GE(models->count(), 4);
    EXPECT_EQ(models->itemText(1), "Newest of my run");
    EXPECT_EQ(models->itemText(2), "Step 200 of my run");
    EXPECT_EQ(models->itemText(3), "Step 100 of my run");
    open_model();
    models->setCurrentIndex(3);
    EXPECT_EQ(field<QComboBox>(2, "class")->itemText(2), "dog") << "the classes of that run";
    EXPECT_FALSE(field<QDoubleSpinBox>(2, "guidance")->isEnabled());
    EXPECT_TRUE(text(2, "caption").contains("step 100 of my run"));
    press_sample();
    EXPECT_EQ(samples()[0].model, "");
    EXPECT_EQ(samples()[1].model, run / "checkpoints" / "00000100.safetensors");

    std::filesystem::remove_all(run);
    page.set_runs_folder(run.parent_path());
    EXPECT_EQ(field<QComboBox>(2, "model")->currentData().toString().toStdString(),
              (run / "checkpoints" / "00000100.safetensors").string())
        << "the choice stays, although it has gone";
}

TEST_F(ComparePageTest, ShowsTheDifferenceOfTwoColumnsAndADividerToDrag) {
    sample_both();
    page.findChild<QComboBox*>("view")->setCurrentIndex(1);
    auto* mean = page.findChild<QLabel*>("mean_difference");
    EXPECT_EQ(mean->text(), "Mean difference 25.00 of 255");  // 45 and 20 everywhere
    page.go_to_start();
    EXPECT_EQ(mean->text(), "Mean difference 5.00 of 255");
    page.findChild<QComboBox*>("column_b")->setCurrentIndex(0);
    Q_EMIT page.findChild<QComboBox*>("column_b")->activated(0);
    EXPECT_EQ(mean->text(), "Mean difference 0.00 of 255");

    auto* wipe = page.findChild<WipeView*>();
    QTest::qWait(1);
    const QRectF pictures = wipe->picture_rect();
    ASSERT_FALSE(pictures.isEmpty());
    QTest::mousePress(wipe, Qt::LeftButton, {}, pictures.center().toPoint());
    QTest::mouseMove(wipe,
                     QPointF(pictures.left() + 0.25 * pictures.width(), pictures.center().y()).toPoint());
    QTest::mouseRelease(wipe, Qt::LeftButton);
    EXPECT_NEAR(wipe->share(), 0.25, 0.02);
    wipe->setFocus();
    QTest::keyClick(wipe, Qt::Key_End);
    EXPECT_EQ(wipe->share(), 1);
    QTest::keyClick(wipe, Qt::Key_Left);
    EXPECT_NEAR(wipe->share(), 0.98, 1e-9);
}

TEST_F(ComparePageTest, TheDividerShowsALeftOfItAndBRightOfIt) {
    sample_both();
    page.findChild<QComboBox*>("view")->setCurrentIndex(1);
    QTest::qWait(1);
    auto* wipe = page.findChild<WipeView*>();
    wipe->set_share(0.5);
    const QImage drawn = wipe->grab().toImage();
    const QRectF pictures = wipe->picture_rect();
    const auto grey_at = [&](double share) {
        const QPointF at(pictures.left() + share * pictures.width(),
                         pictures.top() + 0.75 * pictures.height());
        return qGray(drawn.pixel((at * drawn.devicePixelRatio()).toPoint()));
    };
    // The third and fourth image: 22 and 23 in A, 47 and 48 in B
    EXPECT_NEAR(grey_at(0.25), 22, 1);
    EXPECT_NEAR(grey_at(0.75), 48, 1);
}

TEST_F(ComparePageTest, AClickShowsOneImageInAllColumns) {
    sample_both();
    PictureView& view = column(1)->view();
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.image_rect(2).center());
    EXPECT_TRUE(column(2)->view().image_rect(0).isEmpty());
    EXPECT_FALSE(column(2)->view().image_rect(2).isEmpty());
    QTest::keyClick(&page, Qt::Key_Escape);
    EXPECT_FALSE(column(2)->view().image_rect(0).isEmpty());
}

TEST_F(ComparePageTest, ExportsOneCaptionedPictureWithTheRecipesOfAllColumns) {
    sample_both();
    field<QSpinBox>(2, "steps")->setValue(9);  // the pictures are still those of 20 steps
    const QTemporaryDir folder;
    page.set_export_folder(folder.path());
    page.export_pictures();
    auto* dialog = page.findChild<RowExportDialog*>();
    ASSERT_TRUE(dialog);
    QSignalSpy exported(dialog, &RowExportDialog::exported);
    dialog->findChild<QSpinBox*>("scale")->setValue(3);
    QTest::mouseClick(dialog->findChild<QPushButton*>("export"), Qt::LeftButton);
    ASSERT_TRUE(QTest::qWaitFor([&] { return !exported.isEmpty(); }, 5000));
    const std::filesystem::path file = folder.filePath("comparison.png").toStdString();
    const PictureSize size = picture_size(file);
    // Two grids of 2 x 2 images of 4 pixels with gaps of 2, three times as large, are less wide than
    // captions.
    EXPECT_GT(size.width, 2 * 14 * 3);
    EXPECT_GT(size.height, 14 * 3 + 2 * 12) << "with the captions";
    const std::string recipe = read_recipe(file);
    EXPECT_NE(recipe.find("\"comparison\""), std::string::npos);
    EXPECT_NE(recipe.find("\"dpmpp-2m-sde\""), std::string::npos);
    EXPECT_NE(recipe.find("\"ddim\""), std::string::npos);
    EXPECT_FALSE(page.picture().empty());
}

TEST_F(ComparePageTest, IgnoresTheSamplesOfOtherPages) {
    open_model();
    press_sample();
    SampleStarted other;
    other.job = 77;
    other.timesteps = {999};
    other.alpha_bar.assign(1000, 0.5);
    engine->send(other);
    engine->send(marked_frame(77, 0));
    deliver();
    EXPECT_TRUE(column(1)->view().images().empty());
    EXPECT_TRUE(page.is_running());
}

TEST_F(ComparePageTest, AllFieldsHaveNames) {
    sample_both();
    EXPECT_EQ(denoise::testing::nameless_widgets(page), QStringList());
    page.findChild<QComboBox*>("view")->setCurrentIndex(1);
    EXPECT_EQ(denoise::testing::nameless_widgets(page), QStringList());
}

TEST_F(ComparePageTest, FourColumnsFitIntoASmallWindow) {
    open_model();
    press("add");
    press("add");
    // The width of the page in a window of 1024 x 700 beside Setup
    EXPECT_LE(page.minimumSizeHint().width(), 1024 - 336);
    EXPECT_LE(page.minimumSizeHint().height(), 560);
}

TEST_F(ComparePageTest, DraggingTheSliderRedrawsFourColumnsWithinAFrame) {
    open_model();
    press("add");
    press("add");
    press_sample();
    for (int i = 0; i < 4; ++i) {
        std::vector<int> timesteps;
        for (int k = 0; k < 50; ++k) timesteps.push_back(999 - 20 * k);
        const JobId job = job_of(i);
        start(job, timesteps);
        for (int k = 0; k < 50; ++k)
            engine->send(SampleFrame{job, k, timesteps[static_cast<std::size_t>(k)],
                                     make_images(16, 3, 32, k), make_images(16, 3, 32, k + i)});
        engine->end_job(job);
    }
    deliver();
    std::vector<double> times;
    for (int round = 0; round < 2; ++round)
        for (int k = 0; k < 50; ++k) {
            QElapsedTimer timer;
            timer.start();
            const QPoint at = track()->point_of((17 * k) % 50).toPoint();
            QTest::mousePress(track(), Qt::LeftButton, {}, at);
            QTest::mouseRelease(track(), Qt::LeftButton, {}, at);
            for (int number = 1; number <= 4; ++number) column(number)->view().repaint();
            times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        }
    std::sort(times.begin(), times.end());
    RecordProperty("median_ms", std::to_string(times[50]));
    RecordProperty("p95_ms", std::to_string(times[95]));
    std::printf("slider to repaint: median %.2f ms, 95th percentile %.2f ms\n", times[50], times[95]);
    EXPECT_LT(times[50], 16);
}

}  // namespace
}  // namespace denoise::ui
