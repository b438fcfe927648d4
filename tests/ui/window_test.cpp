#include <QApplication>
#include <QComboBox>
#include <QDropEvent>
#include <QFrame>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QToolButton>
#include <fstream>
#include <random>
#include <set>

#include "tests/ui/window_fixture.h"
#include "ui/action_rules.h"

namespace denoise::testing {
namespace {

using ui::EngineAction;

constexpr std::array all_states = {EngineState::empty,    EngineState::idle,    EngineState::preparing,
                                   EngineState::training, EngineState::pausing, EngineState::paused,
                                   EngineState::sampling, EngineState::error,   EngineState::diverged};

TEST(ActionRules, EveryRefusalHasAReason) {
    for (const EngineState state : all_states)
        for (int i = 0; i < ui::engine_action_count; ++i) {
            const auto action = static_cast<EngineAction>(i);
            const QString reason = ui::reason_against(action, {state, true, false, {}});
            EXPECT_TRUE(reason.isEmpty() || reason.endsWith('.')) << name_of(state) << " " << i;
        }
}

TEST(ActionRules, OneOfPauseAndTrainIsPossibleInEveryRestingState) {
    for (const EngineState state :
         {EngineState::idle, EngineState::training, EngineState::paused, EngineState::error}) {
        const bool train = ui::reason_against(EngineAction::train, {state, true, false, {}}).isEmpty();
        const bool pause = ui::reason_against(EngineAction::pause, {state, true, false, {}}).isEmpty();
        EXPECT_NE(train, pause) << name_of(state);
    }
}

TEST(ActionRules, BadSettingsForbidANewRunButNotGoingOn) {
    const QString problem = "groups must divide every width.";
    EXPECT_EQ(ui::reason_against(EngineAction::train, {EngineState::idle, false, false, problem}), problem);
    EXPECT_TRUE(
        ui::reason_against(EngineAction::train, {EngineState::paused, true, false, problem}).isEmpty());
}

TEST(ActionRules, SamplingNeedsAModel) {
    EXPECT_FALSE(ui::reason_against(EngineAction::sample, {EngineState::idle, false, false, {}}).isEmpty());
    EXPECT_TRUE(ui::reason_against(EngineAction::sample, {EngineState::training, true, false, {}}).isEmpty());
}

TEST_F(WindowTest, LoadsTheBuiltInSetAtTheFirstStartSoThatOneClickTrains) {
    open();
    ASSERT_EQ(record_->all<LoadDataset>().size(), 1u);
    EXPECT_EQ(record_->all<LoadDataset>()[0].config.dataset, "glyphs");
    auto* train = find<QToolButton>("train_button");
    ASSERT_TRUE(train && train->isEnabled());
    QTest::mouseClick(train, Qt::LeftButton);
    ASSERT_EQ(record_->all<StartTraining>().size(), 1u);
    EXPECT_EQ(record_->all<StartTraining>()[0].config, window_->editor().config());
    EXPECT_TRUE(record_->all<StartTraining>()[0].folder.empty());
}

TEST_F(WindowTest, LoadsTheLastDatasetAtTheNextStart) {
    ui::Preferences preferences;
    ui::remember_dataset(preferences, folder_.path());
    ui::save_preferences(preferences);
    open();
    ASSERT_EQ(record_->all<LoadDataset>().size(), 1u);
    EXPECT_EQ(record_->all<LoadDataset>()[0].config.dataset, folder_.path().toStdString());
}

TEST_F(WindowTest, TheTrainButtonBecomesPauseAndContinueAtTheSamePlaceAndSize) {
    open();
    auto* button = find<QToolButton>("train_button");
    const QRect place = button->geometry();
    EXPECT_EQ(button->text(), "Train");
    record_->set_state(EngineState::training);
    settle();
    EXPECT_EQ(button->text(), "Pause");
    QTest::mouseClick(button, Qt::LeftButton);
    EXPECT_EQ(record_->all<PauseTraining>().size(), 1u);
    settle();
    EXPECT_EQ(button->text(), "Continue");
    EXPECT_EQ(button->geometry(), place);
    QTest::mouseClick(button, Qt::LeftButton);
    EXPECT_EQ(record_->all<ContinueTraining>().size(), 1u);
}

TEST_F(WindowTest, EachStateEnablesItsActionsAndExplainsTheOthers) {
    open();
    for (const EngineState state : all_states) {
        record_->set_state(state);
        settle();
        for (QAction* action :
             {actions().train, actions().go_on, actions().pause, actions().stop, actions().single_step,
              actions().sample, actions().new_run, actions().save_checkpoint}) {
            EXPECT_FALSE(action->toolTip().isEmpty());
            if (!action->isEnabled()) {
                EXPECT_TRUE(action->toolTip().endsWith('.')) << action->objectName().toStdString();
            }
        }
        EXPECT_EQ(actions().pause->isEnabled(), state == EngineState::training) << name_of(state);
        EXPECT_EQ(actions().single_step->isEnabled(), state == EngineState::paused) << name_of(state);
    }
}

TEST_F(WindowTest, ShortcutsReachTheEngine) {
    open();
    QTest::keyClick(window_.get(), Qt::Key_R, Qt::ControlModifier);
    EXPECT_EQ(record_->all<StartTraining>().size(), 1u);
    settle();
    QTest::keyClick(window_.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(record_->all<PauseTraining>().size(), 1u);
    settle();
    QTest::keyClick(window_.get(), Qt::Key_R, Qt::ControlModifier);
    EXPECT_EQ(record_->all<ContinueTraining>().size(), 1u);
    settle();
    QTest::keyClick(window_.get(), Qt::Key_G, Qt::ControlModifier);
    EXPECT_EQ(record_->all<Sample>().size(), 1u);
    QTest::keyClick(window_.get(), Qt::Key_Period, Qt::ControlModifier);
    EXPECT_EQ(record_->all<StopTraining>().size(), 1u);
}

TEST_F(WindowTest, NoTwoActionsShareAKey) {
    open();
    std::set<QString> keys;
    for (const QAction* action : window_->findChildren<QAction*>())
        for (const QKeySequence& key : action->shortcuts())
            EXPECT_TRUE(keys.insert(key.toString()).second) << key.toString().toStdString();
}

TEST_F(WindowTest, StopEndsWhateverIsGoingOn) {
    open();
    record_->set_state(EngineState::preparing);
    settle();
    actions().stop->trigger();
    EXPECT_EQ(record_->all<CancelLoading>().size(), 1u);
    record_->set_state(EngineState::sampling);
    settle();
    actions().stop->trigger();
    EXPECT_EQ(record_->all<CancelSampling>().size(), 1u);
}

TEST_F(WindowTest, AnErrorShowsWhatWhyAndRemedyUntilItIsDismissed) {
    open();
    record_->send(
        Failed{{"Cannot read the images", "/data/x.gz: the gzip stream ends early", "Download it again"}});
    settle();
    EXPECT_TRUE(shows_text("Cannot read the images"));
    EXPECT_TRUE(shows_text("/data/x.gz: the gzip stream ends early"));
    EXPECT_TRUE(shows_text("Download it again"));
    auto* dismiss = find<QToolButton>("dismiss");
    ASSERT_TRUE(dismiss);
    QTest::mouseClick(dismiss, Qt::LeftButton);
    EXPECT_FALSE(shows_text("Cannot read the images"));
}

TEST_F(WindowTest, GoesOnAfterEveryCommandFailed) {
    open(Manner::throwing);
    EXPECT_TRUE(shows_text("Download the file again"));
    record_->manner = Manner::instant;
    actions().train->trigger();
    settle();
    EXPECT_EQ(window_->link().state(), EngineState::training);
}

TEST_F(WindowTest, ADivergedRunSaysSoAndCanGoOn) {
    open(Manner::nan);
    actions().train->trigger();
    settle();
    EXPECT_TRUE(shows_text("The training diverged"));
    EXPECT_TRUE(shows_text("Diverged"));
    EXPECT_TRUE(actions().go_on->isEnabled());
}

TEST_F(WindowTest, ClosingWhileTrainingAsksOnceThenSavesThenCloses) {
    open();
    actions().train->trigger();
    settle();
    window_->close();
    window_->close();
    settle();
    EXPECT_TRUE(window_->isVisible());
    const auto questions = window_->findChildren<QMessageBox*>("close_question");
    ASSERT_EQ(questions.size(), 1);
    EXPECT_TRUE(button("Keep training", questions[0]));
    EXPECT_TRUE(button("Discard", questions[0]));
    record_->manner = Manner::slow;  // saving takes its time
    QTest::mouseClick(button("Save and quit", questions[0]), Qt::LeftButton);
    settle();
    EXPECT_EQ(record_->all<StopTraining>().size(), 1u);
    EXPECT_TRUE(window_->isVisible());
    EXPECT_TRUE(shows_text("Saving before closing"));
    EXPECT_FALSE(actions().pause->isEnabled());
    record_->send(TrainingEnded{"/tmp/run", 20, false});
    settle();
    EXPECT_FALSE(window_->isVisible());
}

TEST_F(WindowTest, KeepTrainingKeepsTheWindowAndDiscardDoesNotSave) {
    open();
    actions().train->trigger();
    settle();
    window_->close();
    QTest::mouseClick(button("Keep training", find<QMessageBox>("close_question")), Qt::LeftButton);
    settle();
    EXPECT_TRUE(window_->isVisible());
    EXPECT_TRUE(record_->all<StopTraining>().empty());
    window_->close();
    QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QTest::mouseClick(button("Discard", find<QMessageBox>("close_question")), Qt::LeftButton);
    settle();
    EXPECT_TRUE(record_->all<StopTraining>().empty());
    EXPECT_EQ(record_->all<DiscardTraining>().size(), 1u);
    EXPECT_FALSE(window_->isVisible());
}

TEST_F(WindowTest, ARunThatCannotBeSavedKeepsTheWindowOpen) {
    open();
    actions().train->trigger();
    settle();
    window_->close();
    record_->manner = Manner::slow;
    QTest::mouseClick(button("Save and quit", find<QMessageBox>("close_question")), Qt::LeftButton);
    record_->send(Failed{{"Cannot save the checkpoint", "/runs/x: no space left on the disk", "Make room"}});
    record_->set_state(EngineState::error);
    settle();
    EXPECT_TRUE(window_->isVisible());
    EXPECT_TRUE(shows_text("no space left on the disk"));
}

TEST_F(WindowTest, APausedRunIsSavedWithoutAQuestion) {
    open();
    actions().train->trigger();
    settle();
    actions().pause->trigger();
    settle();
    window_->close();
    settle();
    EXPECT_FALSE(find<QMessageBox>("close_question"));
    EXPECT_EQ(record_->all<StopTraining>().size(), 1u);
    EXPECT_FALSE(window_->isVisible());
}

TEST_F(WindowTest, DroppingAFolderLoadsItAndARunOpensIt) {
    open();
    QTemporaryDir images, run;
    std::ofstream(run.filePath("run.json").toStdString()) << "{}";
    const auto drop = [&](const QString& path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(window_.get(), &enter);
        QDropEvent event(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(window_.get(), &event);
    };
    drop(images.path());
    ASSERT_EQ(record_->all<LoadDataset>().size(), 2u);
    EXPECT_EQ(record_->all<LoadDataset>()[1].config.dataset, images.path().toStdString());
    drop(run.path());
    ASSERT_EQ(record_->all<OpenModel>().size(), 1u);
    EXPECT_EQ(record_->all<OpenModel>()[0].path, run.path().toStdString());

    // Models of diffusers: a pipeline, and a U-Net by the file that names its options.
    QTemporaryDir pipeline, unet;
    std::ofstream(pipeline.filePath("model_index.json").toStdString()) << "{}";
    std::ofstream(unet.filePath("config.json").toStdString()) << "{}";
    drop(pipeline.path());
    drop(unet.filePath("config.json"));
    ASSERT_EQ(record_->all<OpenModel>().size(), 3u);
    EXPECT_EQ(record_->all<OpenModel>()[1].path, pipeline.path().toStdString());
    EXPECT_EQ(record_->all<OpenModel>()[2].path, unet.path().toStdString());
    EXPECT_EQ(record_->all<LoadDataset>().size(), 2u);
}

TEST_F(WindowTest, NumberKeysShowThePages) {
    open();
    auto* tabs = find<QTabWidget>("pages");
    for (const auto& [key, index] : {std::pair{Qt::Key_2, 1}, {Qt::Key_3, 2}, {Qt::Key_1, 0}}) {
        QTest::keyClick(window_.get(), key, Qt::ControlModifier);
        EXPECT_EQ(tabs->currentIndex(), index);
    }
    QTest::keyClick(window_.get(), Qt::Key_4, Qt::ControlModifier);
    EXPECT_TRUE(find<QWidget>("runs")->isVisible());
}

TEST_F(WindowTest, WhateverTakesTheFocusHasAnAccessibleName) {
    open();
    actions().train->trigger();
    settle();
    find<QToolButton>("more_settings")->setChecked(true);
    for (QAction* tab : {actions().tab_runs, actions().show_model, actions().show_evaluation,
                         actions().tab_denoise, actions().tab_noise, actions().tab_train}) {
        tab->trigger();
        settle();
        for (QWidget* widget : window_->findChildren<QWidget*>()) {
            if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisible()) continue;
            if (widget->objectName().startsWith("qt_") || widget->inherits("QMenuBar")) continue;
            const auto* each = qobject_cast<QAbstractButton*>(widget);
            EXPECT_TRUE(!widget->accessibleName().isEmpty() || (each && !each->text().isEmpty()))
                << widget->metaObject()->className() << " " << widget->objectName().toStdString() << " in "
                << widget->parentWidget()->metaObject()->className();
        }
    }
}

TEST_F(WindowTest, AMonkeyOnAllActionsBreaksNothing) {
    open();
    std::mt19937 random(7);
    QList<QAction*> all;
    for (QAction* action : window_->findChildren<QAction*>())
        // Quitting would end the test, and choosing files opens dialogs of the desktop.
        if (action != actions().quit && action != actions().open_dataset && action != actions().open_folder &&
            action != actions().open_model && action != actions().export_model &&
            action != actions().export_pictures && !action->menu())
            all << action;
    for (int i = 0; i < 400; ++i) {
        QAction* action = all[static_cast<qsizetype>(random() % static_cast<unsigned>(all.size()))];
        if (action->isEnabled()) action->trigger();
        if (i % 5 == 0) settle();
        if (QWidget* dialog = QApplication::activeModalWidget()) dialog->close();
    }
    for (QDialog* dialog : window_->findChildren<QDialog*>()) dialog->close();
    settle();
    EXPECT_TRUE(record_->alive);
}

TEST_F(WindowTest, ItsPlaceIsRememberedFromOneStartToTheNext) {
    open();
    window_->resize(1111, 777);
    actions().tab_runs->trigger();
    settle();
    window_->close();
    window_.reset();
    open();
    EXPECT_EQ(window_->size(), QSize(1111, 777));
    EXPECT_TRUE(find<QWidget>("runs_dock")->isVisible());
}

TEST_F(WindowTest, FitsASmallScreen) {
    open();
    const QSize least = window_->minimumSizeHint();
    EXPECT_LE(least.width(), 960);  // 1920 x 1080 at 200 %
    EXPECT_LE(least.height(), 500);
}

}  // namespace
}  // namespace denoise::testing
