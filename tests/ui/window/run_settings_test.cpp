#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>

#include "tests/ui/support/window_fixture.h"
#include "ui/panels/setup/run_settings.h"
#include "ui/panels/setup/setup_panel.h"
#include "ui/plot/plot.h"

namespace denoise::testing {
namespace {

/// What Setup shows and what the open run has.
class RunSettingsTest : public WindowTest {
  protected:
    QLineEdit* field(const char* key) { return find<QLineEdit>(key); }
    void type(const char* key, const QString& text) {
        field(key)->clear();
        QTest::keyClicks(field(key), text);
    }
    void click_train_button() {
        QTest::mouseClick(find<QToolButton>("train_button"), Qt::LeftButton);
        settle();
    }
    void trigger(const char* action) {
        actions()[action]->trigger();
        settle();
    }
    bool sent_change() {
        return QTest::qWaitFor([this] { return !record_->all<ChangeTraining>().empty(); }, 2000);
    }
    QString primary() { return find<QToolButton>("train_button")->text().remove('&'); }
};

TEST_F(RunSettingsTest, ALearningRateTypedWhilePausedAppliesToTheRunAndIsMarked) {
    open();
    click_train_button();
    trigger("pause");
    type("learning_rate", "0.0005");
    ASSERT_TRUE(sent_change());
    settle();
    EXPECT_EQ(record_->config.training.learning_rate, 0.0005) << "the run has it";
    EXPECT_TRUE(QTest::qWaitFor(
        [this] { return shows_text("From step 21 on: Learning rate: 0.002 → 0.0005"); }, 2000));
    const auto* chart = find<ui::Plot>("loss_chart");
    EXPECT_TRUE(QTest::qWaitFor(
        [chart] { return chart->accessibleDescription().contains("At 20: Learning rate"); }, 2000));
}

TEST_F(RunSettingsTest, ContinuingAppliesAValueThatWasJustTyped) {
    open();
    click_train_button();
    trigger("pause");
    type("learning_rate", "0.0005");
    trigger("resume");
    ASSERT_EQ(record_->all<ChangeTraining>().size(), 1u);
    const auto changed = std::ranges::find_if(record_->posted, [](const Command& command) {
        return std::holds_alternative<ChangeTraining>(command);
    });
    EXPECT_TRUE(std::holds_alternative<ContinueTraining>(*std::next(changed))) << "before the next step";
}

TEST_F(RunSettingsTest, FixedSettingsAreLockedWithAReasonWhileTheRunIsOpen) {
    open();
    click_train_button();
    EXPECT_FALSE(field("batch_size")->isEnabled());
    EXPECT_TRUE(field("batch_size")->parentWidget()->toolTip().contains("fixed"));
    EXPECT_FALSE(find<QComboBox>("preset")->isEnabled());
    EXPECT_TRUE(field("learning_rate")->isEnabled());
    EXPECT_FALSE(actions()["use_glyphs"]->isEnabled());
    const auto preset_of_menu = [this] {
        for (auto* action : window_->findChildren<QAction*>())
            if (action->text().remove('&') == "Classic DDPM") return action;
        return static_cast<QAction*>(nullptr);
    };
    ASSERT_TRUE(preset_of_menu());
    EXPECT_FALSE(preset_of_menu()->isEnabled());
    trigger("stop");
    EXPECT_TRUE(preset_of_menu()->isEnabled());
    EXPECT_TRUE(field("batch_size")->isEnabled());
}

TEST_F(RunSettingsTest, WhatWasUndoneBeforeATrainingIsNotDoneAgainInIt) {
    open();
    window_->editor().set_value("batch_size", std::int64_t{7});
    actions()["undo"]->trigger();
    ASSERT_TRUE(actions()["redo"]->isEnabled());
    actions()["train"]->trigger();
    settle();
    EXPECT_FALSE(actions()["redo"]->isEnabled());
    EXPECT_EQ(window_->editor().config().training.batch_size, record_->config.training.batch_size);
    window_->editor().set_value("learning_rate", 0.00123);
    actions()["undo"]->trigger();
    EXPECT_TRUE(actions()["redo"]->isEnabled()) << "a change of the training itself";
}

TEST_F(RunSettingsTest, ARunThatIsResumedShowsItsSettings) {
    open();
    record_->config.training.batch_size = 77;
    record_->config.training.learning_rate = 0.003;
    record_->send_run(record_->config, 500, true, 9);
    record_->set_state(EngineState::training);
    settle();
    EXPECT_EQ(field("batch_size")->text(), "77");
    EXPECT_EQ(field("learning_rate")->text(), "0.003");
    EXPECT_FALSE(actions()["undo"]->isEnabled()) << "undoing would change what is fixed";
}

TEST_F(RunSettingsTest, AModelOpenedForSamplingIsSaidToHaveOtherSettings) {
    open();
    RunConfig config = record_->config;
    config.training.batch_size = 77;
    record_->send_run(config, 500, false);
    settle();
    EXPECT_TRUE(shows_text("Settings of the next run"));
    EXPECT_NE(field("batch_size")->text(), "77");
    QTest::mouseClick(button("Use its settings"), Qt::LeftButton);
    settle();
    EXPECT_EQ(field("batch_size")->text(), "77");
    EXPECT_FALSE(shows_text("Settings of the next run"));
    EXPECT_EQ(primary(), "Resume") << "it has budget left";
    trigger("undo");
    EXPECT_NE(field("batch_size")->text(), "77");
    EXPECT_EQ(primary(), "Train");
}

TEST_F(RunSettingsTest, AStoppedRunContinuesWhereItStopped) {
    open();
    click_train_button();
    trigger("stop");
    EXPECT_FALSE(shows_text("left")) << "no time is left of a run that does not run";
    EXPECT_FALSE(shows_text("images/s,")) << "nor a speed";
    EXPECT_EQ(primary(), "Resume");
    type("minutes", "25");
    click_train_button();
    ASSERT_EQ(record_->all<ResumeTraining>().size(), 1u);
    const ResumeTraining request = record_->all<ResumeTraining>()[0];
    EXPECT_EQ(request.folder, record_->folder);
    ASSERT_TRUE(request.settings);
    EXPECT_EQ(request.settings->training.minutes, 25) << "with the budget as it is shown";
    EXPECT_EQ(record_->all<StartTraining>().size(), 1u) << "no new run";
}

TEST_F(RunSettingsTest, AnotherNetworkOrAFinishedRunMakesItANewRun) {
    open();
    click_train_button();
    trigger("stop");
    type("batch_size", "16");
    EXPECT_EQ(primary(), "Train");
    click_train_button();
    EXPECT_EQ(record_->all<StartTraining>().size(), 2u);
    record_->end_training(true);
    settle();
    EXPECT_EQ(primary(), "Train") << "its budget is used up";
}

TEST_F(RunSettingsTest, AFinishedRunContinuesWithALargerBudget) {
    open();
    click_train_button();
    record_->end_training(true);
    settle();
    EXPECT_EQ(primary(), "Train");
    EXPECT_TRUE(shows_text("finished after 10 min"));
    type("minutes", "25");
    EXPECT_EQ(primary(), "Train more");
    click_train_button();
    ASSERT_EQ(record_->all<ResumeTraining>().size(), 1u);
    EXPECT_EQ(record_->all<ResumeTraining>()[0].folder, record_->folder);
    EXPECT_EQ(record_->all<ResumeTraining>()[0].settings->training.minutes, 25);
    EXPECT_EQ(record_->all<StartTraining>().size(), 1u) << "no new run";
    trigger("pause");
    EXPECT_EQ(primary(), "Resume");
}

TEST_F(RunSettingsTest, OneClickGivesAFinishedRunTheSameTimeAgain) {
    open();
    click_train_button();
    record_->end_training(true);
    settle();
    ASSERT_TRUE(button("Train for 10 min more"));
    QTest::mouseClick(button("Train for 10 min more"), Qt::LeftButton);
    settle();
    ASSERT_EQ(record_->all<ResumeTraining>().size(), 1u);
    EXPECT_EQ(record_->all<ResumeTraining>()[0].settings->training.minutes, 20);
    EXPECT_EQ(window_->link().state(), EngineState::training);
}

TEST_F(RunSettingsTest, ANewRunWithTheSameSettingsIsANewRun) {
    open();
    click_train_button();
    QTest::mouseClick(button("New run with these settings"), Qt::LeftButton);
    settle();
    EXPECT_EQ(record_->all<StopTraining>().size(), 1u) << "the open run is saved";
    EXPECT_EQ(primary(), "Train");
    EXPECT_TRUE(field("batch_size")->isEnabled());
}

}  // namespace
}  // namespace denoise::testing
