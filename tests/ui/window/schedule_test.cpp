// The schedule drawn by hand, from the page Noise to Setup and back.

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <filesystem>

#include "engine/runs/saved_schedules.h"
#include "engine/schedule/drawn_curve.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/pages/noise/curve_editor.h"
#include "ui/pages/noise/draw_panel.h"
#include "ui/pages/noise/noise_page.h"
#include "ui/panels/setup/settings_form.h"
#include "ui/widgets/saved_schedule_box.h"
#include "ui/widgets/setting_field.h"
#include "ui/window/page_tabs.h"

namespace denoise::testing {
namespace {

class ScheduleTest : public WindowTest {
  protected:
    void SetUp() override {
        WindowTest::SetUp();
        std::filesystem::remove(saved_schedules_file());
    }
    void open_drawing() {
        open();
        actions()["tab_noise"]->trigger();
        button("Draw a schedule")->click();
        settle();
    }
    ui::NoisePage& page() { return *window_->findChild<ui::NoisePage*>(); }
    ui::CurveEditor& editor() { return *page().findChild<ui::CurveEditor*>(); }
    QComboBox& kind() { return *page().findChild<QComboBox*>("schedule"); }
    const ScheduleConfig& in_setup() { return window_->editor().config().schedule; }
    void save_as(const QString& name) {
        page().findChild<QLineEdit*>("schedule_name")->setText(name);
        page().findChild<QPushButton*>("save_schedule")->click();
    }
    ui::SavedScheduleBox& list_in_setup() {
        return *window_->findChild<ui::SettingsForm*>()->findChild<ui::SavedScheduleBox*>();
    }
};

TEST_F(ScheduleTest, DrawingBeginsAsTheScheduleThatWasShown) {
    open();
    actions()["tab_noise"]->trigger();
    kind().setCurrentIndex(static_cast<int>(ScheduleKind::sigmoid));
    button("Draw a schedule")->click();
    settle();
    ASSERT_TRUE(editor().isVisible());
    EXPECT_EQ(kind().currentIndex(), static_cast<int>(ScheduleKind::drawn));
    const NoiseSchedule sigmoid = make_schedule({.schedule = ScheduleKind::sigmoid});
    EXPECT_EQ(editor().points(), points_on(sigmoid.alpha_bar, 7));
}

TEST_F(ScheduleTest, ACurveIsSavedByNameAndFoundInSetup) {
    open_drawing();
    editor().select(3);
    for (int i = 0; i < 20; ++i) QTest::keyClick(&editor(), Qt::Key_Up);
    const std::string points = format_points(editor().points());
    EXPECT_FALSE(page().findChild<QPushButton*>("save_schedule")->isEnabled()) << "it has no name yet";
    save_as("Gentle");
    EXPECT_EQ(read_saved_schedules(saved_schedules_file()), (std::vector<SavedSchedule>{{"Gentle", points}}));
    EXPECT_FALSE(page().findChild<QPushButton*>("save_schedule")->isEnabled()) << "it is saved";

    window_->editor().set_value("schedule", std::string("drawn"));
    settle();
    ASSERT_TRUE(list_in_setup().isVisible());
    list_in_setup().refresh();
    EXPECT_EQ(list_in_setup().findText("Gentle"), 1);
    list_in_setup().setCurrentIndex(1);
    Q_EMIT list_in_setup().activated(1);
    EXPECT_EQ(in_setup().points, points);
    EXPECT_EQ(list_in_setup().chosen_name(), "Gentle");
    window_->editor().set_value("schedule", std::string("linear"));
    EXPECT_FALSE(list_in_setup().isVisible());
}

TEST_F(ScheduleTest, AChangedCurveReplacesTheSavedOneOnlyByItsButton) {
    open_drawing();
    save_as("Mine");
    const std::string before = read_saved_schedules(saved_schedules_file()).at(0).points;
    editor().select(2);
    QTest::keyClick(&editor(), Qt::Key_Down);
    auto* save = page().findChild<QPushButton*>("save_schedule");
    EXPECT_EQ(save->text(), "Replace");
    EXPECT_EQ(read_saved_schedules(saved_schedules_file()).at(0).points, before);
    save->click();
    EXPECT_EQ(read_saved_schedules(saved_schedules_file()).at(0).points, format_points(editor().points()));
    page().findChild<QToolButton*>("delete_schedule")->click();
    EXPECT_TRUE(read_saved_schedules(saved_schedules_file()).empty());
    EXPECT_TRUE(save->isEnabled()) << "the curve is still there, and can be saved again";
}

TEST_F(ScheduleTest, TheDrawnScheduleIsTrained) {
    open_drawing();
    editor().select(1);
    QTest::keyClick(&editor(), Qt::Key_Down, Qt::ShiftModifier);
    page().findChild<QSpinBox*>("timesteps")->setValue(400);
    page().findChild<QPushButton*>("train_with_schedule")->click();
    EXPECT_EQ(in_setup().schedule, ScheduleKind::drawn);
    EXPECT_EQ(in_setup().timesteps, 400);
    EXPECT_EQ(in_setup().points, format_points(editor().points()));
    EXPECT_TRUE(shows_text("trained with this schedule"));
    actions()["train"]->trigger();
    settle();
    ASSERT_EQ(record_->all<StartTraining>().size(), 1u);
    EXPECT_EQ(record_->all<StartTraining>()[0].config.schedule, in_setup());
}

TEST_F(ScheduleTest, TheScheduleOfAnOpenTrainingStaysAsItIs) {
    open_drawing();
    record_->send_run(RunConfig{}, 10);
    settle();
    const ScheduleConfig before = in_setup();
    page().findChild<QPushButton*>("train_with_schedule")->click();
    EXPECT_EQ(in_setup(), before);
    EXPECT_TRUE(shows_text("its schedule is fixed"));
}

TEST_F(ScheduleTest, SetupOpensItsCurveOnTheNoisePage) {
    open();
    window_->editor().set_value("schedule", std::string("drawn"));
    window_->editor().set_value("schedule_points", std::string("0:8,0.25:1,1:-8"));
    settle();
    button("Draw…")->click();
    settle();
    ASSERT_TRUE(editor().isVisible());
    EXPECT_EQ(format_points(editor().points()), "0:8,0.25:1,1:-8");
}

TEST_F(ScheduleTest, ThePageShowsTheScheduleOfTheOpenRun) {
    open();
    actions()["tab_noise"]->trigger();
    RunConfig config;
    config.schedule = {.schedule = ScheduleKind::quadratic, .timesteps = 300, .beta_end = 0.05};
    record_->send_run(config, 500, false);
    settle();
    EXPECT_EQ(kind().currentIndex(), static_cast<int>(ScheduleKind::quadratic));
    EXPECT_EQ(page().findChild<QSpinBox*>("timesteps")->value(), 300);
    EXPECT_TRUE(shows_text("schedule of the run"));

    kind().setCurrentIndex(static_cast<int>(ScheduleKind::laplace));
    EXPECT_FALSE(shows_text("schedule of the run"));
    record_->send_run(config, 500);  // continued
    settle();
    EXPECT_EQ(kind().currentIndex(), static_cast<int>(ScheduleKind::laplace)) << "a choice is kept";
    kind().setCurrentIndex(kind().findText("As in the run (Quadratic)"));
    EXPECT_EQ(kind().currentIndex(), static_cast<int>(ScheduleKind::quadratic));
    EXPECT_TRUE(shows_text("schedule of the run"));

    config.schedule = {.schedule = ScheduleKind::cosine};
    record_->folder = "/tmp/another run";
    record_->send_run(config, 5, false);
    settle();
    EXPECT_EQ(kind().currentIndex(), static_cast<int>(ScheduleKind::cosine));
}

}  // namespace
}  // namespace denoise::testing
