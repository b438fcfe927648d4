// The page Compare in the real window: how a person gets there, and that it works on the real engine.

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QToolButton>

#include "engine/runs/run_folder.h"
#include "tests/ui/support/window_fixture.h"
#include "tests/ui/window/real_engine_fixture.h"
#include "ui/pages/compare/compare_column.h"
#include "ui/pages/compare/compare_page.h"
#include "ui/pages/compare/map_grid.h"
#include "ui/picture/picture_view.h"

namespace denoise::testing {
namespace {

class CompareWindowTest : public WindowTest {
  protected:
    ui::ComparePage& compare() { return *window_->findChild<ui::ComparePage*>(); }
    ui::DenoisePage& denoise() { return *window_->findChild<ui::DenoisePage*>(); }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(window_.get(), key, modifiers);
        settle();
    }
    template <class W>
    W* field(int column, const char* name) {
        return compare().findChild<QWidget*>(QString("column_%1").arg(column))->findChild<W*>(name);
    }
};

TEST_F(CompareWindowTest, AKeyShowsThePageAndSampleSamplesItsColumns) {
    open();
    record_->send_run(RunConfig(), 500, false);
    record_->set_state(EngineState::idle);
    settle();
    key(Qt::Key_7, Qt::ControlModifier);
    EXPECT_TRUE(compare().isVisible());
    key(Qt::Key_G, Qt::ControlModifier);
    ASSERT_EQ(record_->all<Sample>().size(), 2u);
    EXPECT_EQ(record_->all<Sample>()[1].request.sampler, "ddim");
    EXPECT_FALSE(actions()["sample"]->isEnabled());
    EXPECT_TRUE(actions()["sample"]->toolTip().contains("All columns are up to date"));
    EXPECT_TRUE(compare().can_export());
    EXPECT_FALSE(denoise().can_export()) << "they are not in the history of the Denoise page";
    key(Qt::Key_Home);
    EXPECT_EQ(field<QLabel>(1, "time")->text(), "t = 999");
    key(Qt::Key_Right);
    EXPECT_EQ(field<QLabel>(2, "time")->text(), "t = 749");
    EXPECT_TRUE(actions()["export"]->isEnabled());
}

TEST_F(CompareWindowTest, DenoiseHandsOverItsSettings) {
    open();
    record_->send_run(RunConfig(), 500, false);
    record_->set_state(EngineState::idle);
    settle();
    key(Qt::Key_2, Qt::ControlModifier);
    for (auto* box : denoise().findChildren<QSpinBox*>()) {
        if (box->accessibleName() == "Seed") box->setValue(31);
        if (box->accessibleName() == "Steps") box->setValue(12);
        if (box->accessibleName() == "Images") box->setValue(9);
    }
    QTest::mouseClick(denoise().findChild<QToolButton*>("compare_with"), Qt::LeftButton);
    // The row of samples is shown only with samples; the command is always there.
    key(Qt::Key_G, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_TRUE(compare().isVisible());
    EXPECT_EQ(compare().findChild<QSpinBox*>("seed")->value(), 31);
    EXPECT_EQ(compare().findChild<QSpinBox*>("count")->value(), 9);
    for (const int column : {1, 2}) EXPECT_EQ(field<QSpinBox>(column, "steps")->value(), 12) << column;
}

TEST_F(CompareWindowTest, StopEndsTheComparison) {
    open(Manner::slow);
    record_->send_run(RunConfig(), 500, false);
    record_->set_state(EngineState::idle);
    settle();
    key(Qt::Key_7, Qt::ControlModifier);
    key(Qt::Key_G, Qt::ControlModifier);
    EXPECT_TRUE(compare().is_running());
    key(Qt::Key_Period, Qt::ControlModifier);
    EXPECT_FALSE(compare().is_running());
    const JobId last = record_->last_job;
    EXPECT_FALSE(record_->open_jobs.contains(last) || record_->open_jobs.contains(last - 1));
}

class CompareOnRealEngine : public RealEngineTest {
  protected:
    ui::ComparePage& compare() { return *window_->findChild<ui::ComparePage*>(); }
    ui::CompareColumn* column(int number) {
        return compare().findChild<ui::CompareColumn*>(QString("column_%1").arg(number));
    }
    const ImageBatch& images(int number) { return column(number)->view().images(); }
    template <class W>
    W* field(int number, const char* name) {
        return column(number)->findChild<W*>(name);
    }
    [[nodiscard]] bool sample_columns() {
        QTest::mouseClick(compare().findChild<QPushButton*>("compare_sample"), Qt::LeftButton);
        return compare().is_running() && until([this] { return !compare().is_running(); });
    }
};

TEST_F(CompareOnRealEngine, ColumnsStartFromTheSameNoiseWhileTheModelIsTrained) {
    ASSERT_TRUE(open_and_train());
    key(Qt::Key_7, Qt::ControlModifier);
    compare().findChild<QSpinBox*>("count")->setValue(4);
    // Column 1 and 3 have the same settings, column 2 another sampler.
    QTest::mouseClick(compare().findChild<QToolButton*>("add"), Qt::LeftButton);
    for (int number = 1; number <= 3; ++number)
        field<QSpinBox>(number, "steps")->setValue(number == 2 ? 25 : 40);
    field<QComboBox>(3, "sampler")->setCurrentIndex(field<QComboBox>(1, "sampler")->currentIndex());
    const std::size_t trained = steps_.size();
    ASSERT_TRUE(sample_columns());
    EXPECT_GT(steps_.size(), trained) << "the training goes on";
    ASSERT_EQ(images(1).count, 4);
    EXPECT_EQ(images(1), images(3)) << "with the same weights, although these change";
    EXPECT_NE(images(1), images(2));
    EXPECT_TRUE(field<QLabel>(2, "caption")->text().contains("network calls"));

    compare().go_to_start();
    compare().findChild<QComboBox*>("content")->setCurrentIndex(1);
    EXPECT_EQ(field<QLabel>(2, "time")->text(), "t = 999");
    EXPECT_EQ(images(1), images(2)) << "the noise at the start";
    compare().step(1);
    EXPECT_NE(images(1), images(2));
}

TEST_F(CompareOnRealEngine, CompareACheckpointWithTheOpenRun) {
    ASSERT_TRUE(open_and_train());
    ASSERT_TRUE(until([&] { return steps_.size() >= 40; })) << "so many that the samples change";
    QTest::mouseClick(train_button(), Qt::LeftButton);  // pauses, and saves
    ASSERT_TRUE(reaches(EngineState::paused));
    key(Qt::Key_7, Qt::ControlModifier);
    auto* models = field<QComboBox>(2, "model");
    ASSERT_TRUE(until([&] { return models->count() >= 4; })) << "the first checkpoint and the newest";
    const std::filesystem::path run = link().run()->folder;
    const std::vector<CheckpointFile> checkpoints = list_checkpoints(run);
    ASSERT_EQ(checkpoints.back().step, 0);
    // The newest checkpoint is the model itself; the oldest is the network before its training.
    compare().findChild<QSpinBox*>("count")->setValue(2);
    field<QComboBox>(2, "sampler")->setCurrentIndex(field<QComboBox>(1, "sampler")->currentIndex());
    models->setCurrentIndex(models->findData(QString::fromStdString(run.string())));
    ASSERT_TRUE(sample_columns());
    EXPECT_EQ(images(1), images(2));
    models->setCurrentIndex(models->findData(QString::fromStdString(checkpoints.back().path.string())));
    const ImageBatch before = images(1);
    ASSERT_TRUE(sample_columns());
    EXPECT_EQ(images(1), before);
    EXPECT_NE(images(1), images(2));
    EXPECT_TRUE(ended_.back().error.what.empty()) << ended_.back().error.why;

    std::filesystem::remove(checkpoints.back().path);
    compare().findChild<QSpinBox*>("seed")->setValue(5);
    ASSERT_TRUE(sample_columns());
    EXPECT_EQ(field<QLabel>(2, "state")->text(), "failed");
    EXPECT_EQ(images(1).count, 2);
}

TEST_F(CompareOnRealEngine, TheMapShowsEachCheckpointFromTheSameNoise) {
    ASSERT_TRUE(open_and_train());
    ASSERT_TRUE(until([&] { return steps_.size() >= 40; })) << "so many that the samples change";
    QTest::mouseClick(train_button(), Qt::LeftButton);  // pauses, and saves
    ASSERT_TRUE(reaches(EngineState::paused));
    key(Qt::Key_7, Qt::ControlModifier);
    compare().findChild<QComboBox*>("view")->setCurrentIndex(2);
    auto* grid = compare().findChild<ui::MapGrid*>();
    for (auto* box : grid->parentWidget()->findChildren<QSpinBox*>("steps")) box->setValue(5);
    ASSERT_TRUE(until([&] { return grid->accessibleDescription().contains("each of"); }));
    ASSERT_TRUE(sample_columns());
    auto* large = compare().findChild<ui::PictureView*>("map_large");
    const auto picture = [&](int column, int row) {
        grid->choose({column, row});
        EXPECT_EQ(grid->chosen(), QPoint(column, row));
        return large->images();
    };
    EXPECT_NE(picture(5, 0), picture(5, 1)) << "the results of two checkpoints";
    compare().findChild<QComboBox*>("content")->setCurrentIndex(1);
    EXPECT_EQ(picture(0, 0), picture(0, 1)) << "the noise at the start";
    EXPECT_NE(picture(0, 0), picture(1, 0));
    EXPECT_TRUE(compare().can_export());
}

}  // namespace
}  // namespace denoise::testing
