// The map of the page Compare: one image at the checkpoints of a run, by its timesteps.

#include <gtest/gtest.h>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
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
#include "ui/pages/compare/compare_page.h"
#include "ui/pages/compare/map_grid.h"
#include "ui/picture/picture_view.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

namespace fs = std::filesystem;
using denoise::testing::fake_error;
using denoise::testing::FakeEngine;
using denoise::testing::Manner;
using denoise::testing::marked_images;

/// The page with its map shown, on an engine that leaves it to the test to send events, and a folder of runs.
class CheckpointMapTest : public ::testing::Test {
  protected:
    std::shared_ptr<FakeEngine::Record> engine = std::make_shared<FakeEngine::Record>();
    EngineLink link{std::make_unique<FakeEngine>(engine)};
    Theme theme;
    ComparePage page{link, theme};
    QTemporaryDir folder;
    const std::vector<int> timesteps = {999, 749, 499, 249};

    void SetUp() override {
        engine->manner = Manner::slow;
        page.resize(1000, 720);
        page.show();
        show_map();
    }
    fs::path runs() const { return folder.path().toStdString(); }
    void add_checkpoint(const std::string& run, int step) {
        char name[32];
        std::snprintf(name, sizeof name, "%08d.safetensors", step);
        std::ofstream(runs() / run / "checkpoints" / name) << "weights";
        page.set_runs_folder(runs());
    }
    void add_run(const std::string& name, const std::vector<int>& steps) {
        fs::create_directories(runs() / name / "checkpoints");
        RunHeader header;
        header.config.unet.classes = 2;
        header.config.training.keep_checkpoints = 7;
        header.class_names = {"cat", "dog"};
        header.channels = 1;
        header.height = header.width = 28;
        std::ofstream(runs() / name / "run.json") << run_header_to_json(header).dump();
        for (const int step : steps) add_checkpoint(name, step);
    }
    void show_map() { page.findChild<QComboBox*>("view")->setCurrentIndex(2); }
    void deliver() {
        EXPECT_TRUE(QTest::qWaitFor([this] { return engine->events.empty(); }, 5000));
        QTest::qWait(1);
    }
    QWidget* panel() { return grid()->parentWidget(); }
    MapGrid* grid() { return page.findChild<MapGrid*>(); }
    template <class W>
    W* field(const char* name) {
        return panel()->findChild<W*>(name);
    }
    QString state() { return field<QLabel>("map_state")->text(); }
    QString caption() { return field<QLabel>("map_caption")->text(); }
    /// Of the large picture; -1: there is none.
    int brightness() {
        const ImageBatch& images = field<PictureView>("map_large")->images();
        return images.empty() ? -1 : images.pixels.at(0);
    }
    QPushButton* button() { return page.findChild<QPushButton*>("compare_sample"); }
    void press_sample() { QTest::mouseClick(button(), Qt::LeftButton); }
    std::vector<Sample> samples() { return engine->all<Sample>(); }
    /// The job of the row that was posted as the `index`-th of the last `count` ones.
    JobId job_of(int index, int count) { return engine->last_job - count + 1 + index; }

    void start(JobId job) {
        SampleStarted start;
        start.job = job;
        start.request.count = 1;
        start.timesteps = timesteps;
        start.alpha_bar.assign(1000, 0.5);
        engine->send(start);
    }
    /// x_0 of frame i is base + 10 i, x_t 100 more.
    void send_frame(JobId job, int i, int base) {
        engine->send(SampleFrame{job, i, timesteps.at(static_cast<std::size_t>(i)),
                                 marked_images(i, 1, 100 + base), marked_images(i, 1, base)});
    }
    void finish(JobId job, int base) {
        start(job);
        for (int i = 0; i < 4; ++i) send_frame(job, i, base);
        engine->send(SampleResult{job, 1, marked_images(4, 1, base), {}, 1, 4});
        engine->end_job(job);
    }
    /// Rows of the steps 0, 100 and 200, with pictures of brightness 0, 1 and 2, + 10 for each column.
    void sample_three() {
        add_run("my run", {0, 100, 200});
        press_sample();
        for (int row = 0; row < 3; ++row) finish(job_of(row, 3), row);
        deliver();
    }
    QPoint centre(int column, int row) {
        QTest::qWait(1);  // the layout may have changed
        return grid()->cell_rect({column, row}).center();
    }
};

TEST_F(CheckpointMapTest, SaysWhatToDoFirst) {
    EXPECT_FALSE(button()->isEnabled());
    EXPECT_EQ(button()->toolTip(), "Train a model first, or open a run.");
    EXPECT_TRUE(grid()->accessibleDescription().contains("checkpoints are saved during the training"));
    EXPECT_EQ(field<QComboBox>("model")->currentText(), "No run with checkpoints");
    EXPECT_FALSE(page.can_export());
    EXPECT_FALSE(page.can_step());

    add_run("my run", {100});
    EXPECT_TRUE(button()->isEnabled());
    EXPECT_EQ(field<QComboBox>("model")->currentText(), "my run");
    EXPECT_TRUE(
        grid()->accessibleDescription().startsWith("There is one checkpoint in this run, of step 100."));
    EXPECT_TRUE(grid()->accessibleDescription().contains("newest 7 are kept"));
    add_checkpoint("my run", 200);
    EXPECT_TRUE(grid()->accessibleDescription().contains("each of 2 checkpoints, from step 100 to 200"));
}

TEST_F(CheckpointMapTest, SamplesOneImageOfOneClassAtEachCheckpointFromTheSameNoise) {
    add_run("my run", {0, 100, 200});
    EXPECT_EQ(field<QComboBox>("class")->count(), 2) << "one image has one class";
    field<QComboBox>("class")->setCurrentIndex(1);
    field<QSpinBox>("steps")->setValue(8);
    page.findChild<QSpinBox*>("seed")->setValue(42);
    EXPECT_FALSE(page.findChild<QSpinBox*>("count")->isVisible());
    press_sample();
    ASSERT_EQ(samples().size(), 3u);
    const char* files[] = {"00000000.safetensors", "00000100.safetensors", "00000200.safetensors"};
    for (int i = 0; i < 3; ++i) {
        const Sample sample = samples()[static_cast<std::size_t>(i)];
        EXPECT_EQ(sample.model, runs() / "my run" / "checkpoints" / files[i]);
        EXPECT_EQ(sample.after, i == 0 ? 0 : job_of(i - 1, 3));
        EXPECT_EQ(sample.request.seed, 42);
        EXPECT_EQ(sample.request.count, 1);
        EXPECT_EQ(sample.request.steps, 8);
        EXPECT_EQ(sample.request.label, 1);
        EXPECT_FALSE(sample.keep_states);
    }
    EXPECT_TRUE(page.is_running());
    EXPECT_EQ(button()->text(), "Stop");
    EXPECT_EQ(state(), "Waiting");
    start(job_of(0, 3));
    send_frame(job_of(0, 3), 0, 0);
    engine->send(JobProgress{job_of(0, 3), 1, 4});
    deliver();
    EXPECT_EQ(state(), "Step 0: 1 of 4 timesteps\n0 of 3 checkpoints are done");
    EXPECT_EQ(caption(), "Checkpoint of step 0, t = 999") << "the newest frame";
    finish(job_of(0, 3), 0);
    finish(job_of(1, 3), 1);
    deliver();
    EXPECT_EQ(caption(), "Checkpoint of step 100, result");
    EXPECT_EQ(brightness(), 41);
}

TEST_F(CheckpointMapTest, TheCellUnderThePointerIsShownLarge) {
    sample_three();
    EXPECT_EQ(caption(), "Checkpoint of step 200, result");
    QTest::mouseMove(grid(), centre(1, 0));
    EXPECT_EQ(caption(), "Checkpoint of step 0, t = 749");
    EXPECT_EQ(brightness(), 10);
    QTest::mouseMove(grid(), QPoint(1, 1));
    EXPECT_EQ(caption(), "Checkpoint of step 200, result")
        << "the chosen one, without the pointer on another";

    // A drag through both axes
    QTest::mousePress(grid(), Qt::LeftButton, {}, centre(0, 0));
    EXPECT_EQ(brightness(), 0);
    QTest::mouseMove(grid(), centre(2, 1));
    EXPECT_EQ(caption(), "Checkpoint of step 100, t = 499");
    EXPECT_EQ(brightness(), 21);
    QTest::mouseRelease(grid(), Qt::LeftButton, {}, centre(2, 1));
    page.findChild<QComboBox*>("content")->setCurrentIndex(1);
    EXPECT_EQ(brightness(), 121) << "x_t";
}

TEST_F(CheckpointMapTest, TheArrowKeysMoveThroughBothAxes) {
    sample_three();
    QTest::mouseClick(grid(), Qt::LeftButton, {}, centre(1, 1));
    QTest::keyClick(grid(), Qt::Key_Up);
    EXPECT_EQ(caption(), "Checkpoint of step 0, t = 749");
    QTest::keyClick(grid(), Qt::Key_Up);
    EXPECT_EQ(caption(), "Checkpoint of step 0, t = 749") << "the first row";
    QTest::keyClick(grid(), Qt::Key_Right);
    QTest::keyClick(grid(), Qt::Key_Down);
    EXPECT_EQ(caption(), "Checkpoint of step 100, t = 499");
    EXPECT_EQ(brightness(), 21);
    QTest::keyClick(grid(), Qt::Key_Left);
    EXPECT_EQ(caption(), "Checkpoint of step 100, t = 749");
    // The commands of the window
    ASSERT_TRUE(page.can_step());
    EXPECT_FALSE(page.can_play());
    page.step(1);
    EXPECT_EQ(caption(), "Checkpoint of step 100, t = 499");
    page.go_to_end();
    EXPECT_EQ(caption(), "Checkpoint of step 100, result");
    page.go_to_start();
    EXPECT_EQ(caption(), "Checkpoint of step 100, t = 999");
}

TEST_F(CheckpointMapTest, StopKeepsTheRowsSoFarAndSampleGoesOn) {
    add_run("my run", {0, 100, 200});
    press_sample();
    finish(job_of(0, 3), 0);
    start(job_of(1, 3));
    send_frame(job_of(1, 3), 0, 1);
    deliver();
    press_sample();  // the button says Stop
    const std::vector<Cancel> cancelled = engine->all<Cancel>();
    ASSERT_EQ(cancelled.size(), 2u);
    EXPECT_EQ(cancelled[0].job, job_of(2, 3)) << "the waiting one first, so that it does not start";
    deliver();
    EXPECT_FALSE(page.is_running());
    EXPECT_EQ(state(), "1 of 3 checkpoints are done.\nPress Sample for the others.");
    QTest::mouseClick(grid(), Qt::LeftButton, {}, centre(0, 1));
    EXPECT_EQ(brightness(), 1) << "the frames of the stopped row";
    QTest::mouseClick(grid(), Qt::LeftButton, {}, centre(1, 1));
    EXPECT_EQ(brightness(), -1);
    press_sample();
    ASSERT_EQ(samples().size(), 5u);
    EXPECT_EQ(samples()[3].model.filename(), "00000100.safetensors");
    EXPECT_EQ(samples()[3].after, 0);
    QTest::mouseClick(grid(), Qt::LeftButton, {}, centre(4, 0));
    EXPECT_EQ(brightness(), 40);
}

TEST_F(CheckpointMapTest, AnErrorIsShownAndTheOtherRowsGoOn) {
    add_run("my run", {0, 100, 200});
    press_sample();
    finish(job_of(0, 3), 0);
    engine->end_job(job_of(1, 3), Outcome::failed, fake_error);
    finish(job_of(2, 3), 2);
    deliver();
    EXPECT_TRUE(state().startsWith("Step 100: /data/x.gz: the gzip stream ends early."));
    EXPECT_EQ(caption(), "Checkpoint of step 200, result");
    EXPECT_TRUE(button()->isEnabled()) << "to try it again";
    press_sample();
    ASSERT_EQ(samples().size(), 4u);
    EXPECT_FALSE(state().contains("gzip"));
}

TEST_F(CheckpointMapTest, PicturesOfOtherSettingsStayUntilSample) {
    sample_three();
    EXPECT_FALSE(button()->isEnabled());
    EXPECT_TRUE(button()->toolTip().startsWith("All checkpoints are sampled."));
    field<QSpinBox>("steps")->setValue(9);
    EXPECT_EQ(state(), "The settings have changed.\nPress Sample for a new map.");
    EXPECT_EQ(brightness(), 42);
    press_sample();
    EXPECT_EQ(samples().size(), 6u) << "all rows, so that no map is of two settings";
    EXPECT_EQ(brightness(), -1);
}

TEST_F(CheckpointMapTest, NewerCheckpointsAreAddedAndRowsOfDeletedOnesStay) {
    sample_three();
    fs::remove(runs() / "my run" / "checkpoints" / "00000000.safetensors");
    add_checkpoint("my run", 300);
    QTest::mouseMove(grid(), centre(4, 0));
    EXPECT_EQ(caption(), "Checkpoint of step 0, result");
    EXPECT_EQ(brightness(), 40);
    press_sample();
    ASSERT_EQ(samples().size(), 4u);
    EXPECT_EQ(samples()[3].model.filename(), "00000300.safetensors");
}

TEST_F(CheckpointMapTest, ManyCheckpointsAndTimestepsAreThinnedOutEvenly) {
    std::vector<int> steps;
    for (int i = 0; i <= 22; ++i) steps.push_back(100 * i);
    add_run("my run", steps);
    press_sample();
    ASSERT_EQ(samples().size(), 12u);
    for (std::size_t i = 0; i < 12; ++i)
        EXPECT_EQ(std::stoi(samples()[i].model.stem().string()), 200 * static_cast<int>(i));
    // 33 steps and the result: every third one is a column.
    SampleStarted many;
    many.job = job_of(0, 12);
    many.alpha_bar.assign(1000, 0.5);
    for (int i = 0; i < 33; ++i) many.timesteps.push_back(990 - 30 * i);
    engine->send(many);
    for (int i = 0; i < 33; ++i)
        engine->send(SampleFrame{many.job, i, many.timesteps[static_cast<std::size_t>(i)],
                                 ImageBatch{1, 1, 1, 1, {0}},
                                 ImageBatch{1, 1, 1, 1, {static_cast<std::uint8_t>(i)}}});
    deliver();
    QTest::mouseClick(grid(), Qt::LeftButton, {}, centre(4, 0));
    EXPECT_EQ(caption(), "Checkpoint of step 0, t = 630");
    EXPECT_EQ(brightness(), 12);
    QTest::mouseClick(grid(), Qt::LeftButton, {}, centre(11, 0));
    EXPECT_EQ(caption(), "Checkpoint of step 0, result");
    EXPECT_EQ(brightness(), -1) << "not there yet";
}

TEST_F(CheckpointMapTest, TheOpenRunIsFirstAndAnotherCanBeChosen) {
    add_run("a", {100, 200});
    add_run("b", {0, 300});
    EXPECT_EQ(field<QComboBox>("model")->currentText(), "b") << "the newest";
    engine->folder = runs() / "a";
    engine->send_run(RunConfig(), 200, false);
    deliver();
    EXPECT_EQ(field<QComboBox>("model")->currentText(), "a");
    field<QComboBox>("model")->setCurrentIndex(1);
    press_sample();
    EXPECT_EQ(samples().at(1).model, runs() / "b" / "checkpoints" / "00000300.safetensors");
    // While its checkpoints are sampled, the run stays.
    field<QComboBox>("model")->setCurrentIndex(0);
    EXPECT_EQ(field<QComboBox>("model")->currentText(), "b");
}

TEST_F(CheckpointMapTest, ExportsOnePictureWithTheLabelsOfBothAxes) {
    sample_three();
    ASSERT_TRUE(page.can_export());
    page.set_export_folder(folder.path());
    page.export_pictures();
    auto* dialog = page.findChild<RowExportDialog*>();
    ASSERT_TRUE(dialog);
    QSignalSpy exported(dialog, &RowExportDialog::exported);
    dialog->findChild<QSpinBox*>("scale")->setValue(8);
    QTest::mouseClick(dialog->findChild<QPushButton*>("export"), Qt::LeftButton);
    ASSERT_TRUE(QTest::qWaitFor([&] { return !exported.isEmpty(); }, 5000));
    const fs::path file = runs() / "comparison.png";
    // 5 x 3 images of 4 pixels with gaps of 2, and the labels, the heading and the caption
    const PictureSize size = picture_size(file);
    EXPECT_GT(size.width, 32 * 8 + 20);
    EXPECT_GT(size.height, 20 * 8 + 60);
    const nlohmann::json recipe = nlohmann::json::parse(read_recipe(file));
    EXPECT_EQ(recipe.at("comparison").size(), 3u);
    EXPECT_FALSE(page.picture().empty());
}

TEST_F(CheckpointMapTest, ColumnsAndMapKeepTheirPictures) {
    sample_three();
    auto* view = page.findChild<QComboBox*>("view");
    view->setCurrentIndex(0);
    EXPECT_FALSE(page.can_export()) << "nothing was sampled for the columns";
    EXPECT_TRUE(page.findChild<QSpinBox*>("count")->isVisible());
    show_map();
    EXPECT_EQ(brightness(), 42);
    page.begin_with(SampleRequest{});
    EXPECT_EQ(view->currentIndex(), 0) << "shows the columns";
}

TEST_F(CheckpointMapTest, FitsIntoASmallWindowAndAllFieldsHaveNames) {
    sample_three();
    // The room of the page in a window of 1024 x 700 beside Setup
    EXPECT_LE(page.minimumSizeHint().width(), 1024 - 336);
    EXPECT_LE(page.minimumSizeHint().height(), 560);
    EXPECT_EQ(denoise::testing::nameless_widgets(page), QStringList());
}

}  // namespace
}  // namespace denoise::ui
