#include <QApplication>
#include <QDropEvent>
#include <QFrame>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScreen>
#include <QTabWidget>
#include <QToolButton>
#include <fstream>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/session/pictures.h"
#include "engine/session/recipe.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/link/engine_link.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/noise/noise_page.h"

namespace denoise::testing {
namespace {

using ui::DenoisePage;
using ui::NoisePage;

class MainWindowTest : public WindowTest {
  protected:
    QStringList errors() {
        QStringList found;
        for (auto* message : window_->findChildren<QFrame*>("message"))
            if (message->property("kind") == "failed") found << message->accessibleName();
        return found;
    }
    /// The visible widgets that Tab reaches and that have neither an accessible name nor a text.
    QStringList nameless_tab_stops() {
        QStringList found;
        for (QWidget* widget : window_->findChildren<QWidget*>()) {
            if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisible()) continue;
            if (widget->objectName().startsWith("qt_") || widget->inherits("QMenuBar")) continue;
            const auto* as_button = qobject_cast<QAbstractButton*>(widget);
            if (!widget->accessibleName().isEmpty() || (as_button && !as_button->text().isEmpty())) continue;
            found << QString("%1 %2 in %3")
                         .arg(widget->metaObject()->className(), widget->objectName(),
                              widget->parentWidget()->metaObject()->className());
        }
        return found;
    }
    std::vector<JobId> cancelled() {
        std::vector<JobId> jobs;
        for (const Cancel& command : record_->all<Cancel>()) jobs.push_back(command.job);
        return jobs;
    }
    void drop(const QString& path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(window_.get(), &enter);
        QDropEvent event(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(window_.get(), &event);
    }
};

TEST_F(MainWindowTest, LoadsTheBuiltInSetAtTheFirstStartSoThatOneClickTrains) {
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

TEST_F(MainWindowTest, LoadsTheLastDatasetAtTheNextStart) {
    ui::Preferences preferences;
    ui::remember_dataset(preferences, folder_.path());
    ui::save_preferences(preferences);
    open();
    ASSERT_EQ(record_->all<LoadDataset>().size(), 1u);
    EXPECT_EQ(record_->all<LoadDataset>()[0].config.dataset, folder_.path().toStdString());
}

TEST_F(MainWindowTest, TheTrainButtonBecomesPauseAndContinueAtTheSamePlaceAndSize) {
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
    EXPECT_EQ(button->text(), "Resume");
    EXPECT_EQ(button->geometry(), place);
    QTest::mouseClick(button, Qt::LeftButton);
    EXPECT_EQ(record_->all<ContinueTraining>().size(), 1u);
}

TEST_F(MainWindowTest, ShortcutsReachTheEngine) {
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

TEST_F(MainWindowTest, NoTwoActionsShareAKey) {
    open();
    std::set<QString> keys;
    for (const QAction* action : window_->findChildren<QAction*>()) {
        // Those of a list only work while it has the focus.
        if (action->shortcutContext() == Qt::WidgetShortcut) continue;
        for (const QKeySequence& key : action->shortcuts())
            EXPECT_TRUE(keys.insert(key.toString()).second) << key.toString().toStdString();
    }
}

TEST_F(MainWindowTest, StopCancelsALoadAndARunInPreparation) {
    open();
    record_->manner = Manner::slow;
    drop(folder_.path());
    settle();
    EXPECT_EQ(window_->link().state(), EngineState::preparing);
    actions()["stop"]->trigger();
    EXPECT_EQ(cancelled(), std::vector{record_->last_job});
    settle();
    EXPECT_EQ(window_->link().state(), EngineState::idle);

    record_->posted.clear();
    actions()["train"]->trigger();
    settle();
    EXPECT_EQ(window_->link().state(), EngineState::preparing);
    actions()["stop"]->trigger();
    EXPECT_EQ(cancelled(), std::vector{record_->last_job});
    EXPECT_TRUE(record_->all<StopTraining>().empty());
}

TEST_F(MainWindowTest, StopCancelsSamplingAndEvaluation) {
    open();
    record_->send_run(RunConfig{}, 500, false);
    record_->manner = Manner::slow;
    settle();
    for (const char* start : {"sample", "evaluate"}) {
        record_->posted.clear();
        actions()["show_evaluation"]->trigger();
        find<QPushButton>(start)->click();
        settle();
        EXPECT_EQ(window_->link().state(), EngineState::sampling) << start;
        actions()["stop"]->trigger();
        EXPECT_EQ(cancelled(), std::vector{record_->last_job}) << start;
        settle();
        EXPECT_EQ(window_->link().state(), EngineState::idle) << start;
    }
}

TEST_F(MainWindowTest, StopClosesARunThatIsOpenAndCancelsNoJob) {
    open();
    actions()["train"]->trigger();
    settle();
    for (const EngineState state : {EngineState::training, EngineState::paused, EngineState::diverged}) {
        record_->posted.clear();
        record_->set_state(state);
        settle();
        record_->manner = Manner::slow;  // the run stays open
        actions()["stop"]->trigger();
        EXPECT_EQ(record_->all<StopTraining>().size(), 1u) << name_of(state);
        EXPECT_TRUE(cancelled().empty()) << name_of(state);
    }
}

TEST_F(MainWindowTest, ARunThatHasOpenedIsNotCancelledWithTheJobsBesideIt) {
    open();
    actions()["train"]->trigger();
    settle();
    actions()["pause"]->trigger();
    settle();
    record_->manner = Manner::slow;
    actions()["sample"]->trigger();
    settle();
    actions()["stop"]->trigger();
    EXPECT_EQ(cancelled(), std::vector{record_->last_job});
    settle();
    EXPECT_EQ(window_->link().state(), EngineState::paused);
}

TEST_F(MainWindowTest, TheLogNamesWhatWasCancelled) {
    open();
    record_->send(JobProgress{77, 1, 2, "drawing samples"});
    record_->send(JobEnded{77, Outcome::cancelled});
    settle();
    EXPECT_TRUE(find<QPlainTextEdit>("log")->toPlainText().contains("Cancelled: drawing samples"));
}

TEST_F(MainWindowTest, AnErrorShowsWhatWhyAndRemedyUntilItIsDismissed) {
    open();
    record_->send(Problem{
        0, {"Cannot read the images", "/data/x.gz: the gzip stream ends early", "Download it again"}});
    settle();
    EXPECT_TRUE(shows_text("Cannot read the images"));
    EXPECT_TRUE(shows_text("/data/x.gz: the gzip stream ends early"));
    EXPECT_TRUE(shows_text("Download it again"));
    auto* dismiss = find<QToolButton>("dismiss");
    ASSERT_TRUE(dismiss);
    QTest::mouseClick(dismiss, Qt::LeftButton);
    EXPECT_FALSE(shows_text("Cannot read the images"));
}

TEST_F(MainWindowTest, ContinuesToWorkAfterACommandFailed) {
    open(Manner::throwing);
    EXPECT_FALSE(errors().isEmpty());
    record_->manner = Manner::instant;
    actions()["train"]->trigger();
    settle();
    EXPECT_EQ(window_->link().state(), EngineState::training);
}

TEST_F(MainWindowTest, ADivergedRunSaysSoAndCanContinue) {
    open(Manner::nan);
    actions()["train"]->trigger();
    settle();
    EXPECT_FALSE(errors().isEmpty());
    EXPECT_TRUE(shows_text("Diverged"));
    EXPECT_TRUE(actions()["resume"]->isEnabled());
}

TEST_F(MainWindowTest, DroppingAnExportedPictureSamplesWithItsSettings) {
    open();
    record_->send_run(RunConfig{}, 500, false);
    settle();
    SampleStarted start;
    start.model_step = 200;
    start.request.sampler = "ddim";
    start.request.eta = 0.5;
    start.request.count = 3;
    start.request.seed = 77;
    start.request.guidance_rescale = 0.25;  // has no field, and counts all the same
    start.timesteps = {900, 600, 300, 0};
    const QString file = folder_.filePath("exported.png");
    write_picture(Picture{8, 8, 3, std::vector<std::uint8_t>(192)}, file.toStdString(), 1,
                  recipe_of(start).dump());
    drop(file);
    settle();
    ASSERT_EQ(record_->all<Sample>().size(), 1u);
    const SampleRequest request = record_->all<Sample>()[0].request;
    EXPECT_EQ(request.sampler, "ddim");
    EXPECT_EQ(request.eta, 0.5);
    EXPECT_EQ(request.count, 3);
    EXPECT_EQ(request.seed, 77);
    EXPECT_EQ(request.steps, 4);
    EXPECT_EQ(request.guidance_rescale, 0.25);
    auto* denoise = window_->findChild<DenoisePage*>();
    EXPECT_TRUE(denoise->isVisible());
    EXPECT_EQ(denoise->settings().request.seed, 77) << "the fields show it";
    EXPECT_TRUE(shows_text("sampled at training step 200, and the open model is at step 500"));

    actions()["tab_noise"]->trigger();
    drop(file);
    settle();
    EXPECT_EQ(record_->all<Sample>().size(), 1u) << "on the page Noise, it is a picture like others";
    EXPECT_TRUE(window_->findChild<NoisePage*>()->isVisible());
}

TEST_F(MainWindowTest, DroppingAFolderLoadsItAndARunOpensIt) {
    open();
    QTemporaryDir images, run;
    std::ofstream(run.filePath("run.json").toStdString()) << "{}";
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

TEST_F(MainWindowTest, NumberKeysShowThePages) {
    open();
    auto* tabs = find<QTabWidget>("pages");
    for (const auto& [key, index] : {std::pair{Qt::Key_2, 1}, {Qt::Key_3, 2}, {Qt::Key_1, 0}}) {
        QTest::keyClick(window_.get(), key, Qt::ControlModifier);
        EXPECT_EQ(tabs->currentIndex(), index);
    }
    QTest::keyClick(window_.get(), Qt::Key_4, Qt::ControlModifier);
    EXPECT_TRUE(find<QWidget>("runs")->isVisible());
}

TEST_F(MainWindowTest, WhateverTakesTheFocusHasAnAccessibleName) {
    open();
    actions()["train"]->trigger();
    settle();
    find<QToolButton>("more_settings")->setChecked(true);
    actions()["tab_runs"]->trigger();
    for (const char* name : {"runs_tabs", "pages"}) {
        auto* tabs = find<QTabWidget>(name);
        ASSERT_TRUE(tabs && tabs->isVisible()) << name;
        for (int i = 0; i < tabs->count(); ++i) {
            tabs->setCurrentIndex(i);
            settle();
            EXPECT_EQ(nameless_tab_stops().join(", "), "") << tabs->tabText(i).toStdString();
        }
    }
}

TEST_F(MainWindowTest, RecentDatasetsAreOfferedInTheToolBarWhileTheyExist) {
    ui::Preferences preferences;
    ui::remember_dataset(preferences, "/no/longer/there");
    ui::remember_dataset(preferences, folder_.path());
    ui::remember_dataset(preferences, "glyphs");
    ui::save_preferences(preferences);
    open();
    auto* datasets = qobject_cast<QToolButton*>(button("Dataset"));
    ASSERT_TRUE(datasets && datasets->menu());
    QMenu* menu = datasets->menu();
    Q_EMIT menu->aboutToShow();
    Q_EMIT menu->aboutToShow();  // does not add them twice
    QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QStringList recent;
    for (const QAction* action : menu->actions())
        if (action->property("recent").toBool() && !action->isSeparator()) recent << action->toolTip();
    EXPECT_EQ(recent, QStringList{folder_.path()});
}

TEST_F(MainWindowTest, AModelHasItsOwnPathWhenOneThatWasAskedForLaterFails) {
    const std::filesystem::path model = folder_.filePath("model").toStdString();
    std::filesystem::create_directories(model);
    write_text_file(model / "model_index.json", "{}");
    ui::EngineLink link(std::make_unique<FakeEngine>(record_));
    link.post(OpenModel{model});
    record_->manner = Manner::throwing;
    link.post(OpenModel{folder_.filePath("other").toStdString()});
    settle();
    EXPECT_TRUE(link.run());
    EXPECT_EQ(link.model_path(), model);
}

TEST_F(MainWindowTest, ItsPlaceIsRememberedFromOneStartToTheNext) {
    open();
    window_->resize(1111, 777);
    actions()["tab_runs"]->trigger();
    settle();
    window_->close();
    window_.reset();
    open();
    EXPECT_EQ(window_->size(), QSize(1111, 777));
    EXPECT_TRUE(find<QWidget>("runs_dock")->isVisible());
}

TEST_F(MainWindowTest, FitsASmallScreen) {
    open();
    const QSize least = window_->minimumSizeHint();
    EXPECT_LE(least.width(), 960);  // 1920 x 1080 at 200 %
    EXPECT_LE(least.height(), 500);
    const QSize room = window_->screen()->availableGeometry().size();
    EXPECT_LE(window_->width(), room.width());
    EXPECT_LE(window_->height(), room.height()) << "it does not open larger than the screen";
}

}  // namespace
}  // namespace denoise::testing
