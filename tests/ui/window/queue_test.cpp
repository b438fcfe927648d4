#include <QComboBox>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeView>
#include <memory>
#include <semaphore>

#include "engine/base/atomic_file.h"
#include "engine/runs/queue_file.h"
#include "tests/support/full_disk.h"
#include "tests/ui/panels/runs_fixture.h"
#include "ui/link/engine_link.h"
#include "ui/link/training_queue.h"
#include "ui/panels/queue/queue_model.h"
#include "ui/panels/queue/queue_text.h"

namespace denoise::testing {
namespace {

using Column = ui::QueueModel;

/// The window with its queue shown.
class QueueTest : public RunsTest {
  protected:
    QTreeView* queue() { return find<QTreeView>("queue"); }
    QAbstractItemModel& model() { return *queue()->model(); }
    QModelIndex at(int row, int column) { return model().index(row, column); }
    QString queue_cell(int row, int column) { return at(row, column).data().toString(); }
    QStringList order() {
        QStringList all;
        for (int row = 0; row < model().rowCount(); ++row) all << queue_cell(row, Column::budget);
        return all;
    }
    QStringList states() {
        QStringList all;
        for (int row = 0; row < model().rowCount(); ++row) all << queue_cell(row, Column::state);
        return all;
    }
    /// Adds runs of so many minutes with the button of the tool bar.
    void add(std::initializer_list<int> minutes) {
        for (const int each : minutes) {
            window_->editor().set_value("minutes", static_cast<double>(each));
            settle();
            actions()["add_to_queue"]->trigger();
        }
        settle();
    }
    void open_queue(std::initializer_list<int> minutes = {}) {
        open();
        add(minutes);
        actions()["show_queue"]->trigger();
        settle();
    }
    void choose(int row) {
        queue()->setFocus();
        queue()->setCurrentIndex(at(row, 0));
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(queue(), key, modifiers);
        settle();
    }
    void start() {
        find<QToolButton>("queue_start")->click();
        settle();
    }
    QString forecast() { return find<QLabel>("queue_forecast")->text(); }
    std::filesystem::path file() const { return runs_folder() / "queue.json"; }
    RunQueue stored() const { return QueueFile(file()).queue(); }
};

TEST_F(QueueTest, AddsTheSettingsInSetupWithTheirForecast) {
    open_queue();
    EXPECT_TRUE(shows_text("No run is queued"));
    EXPECT_FALSE(find<QToolButton>("queue_start")->isEnabled());
    add({10, 20});
    ASSERT_EQ(model().rowCount(), 2);
    EXPECT_EQ(queue_cell(0, Column::name), "Glyphs, Quick, 10 min");
    EXPECT_EQ(queue_cell(0, Column::dataset), "Glyphs");
    EXPECT_EQ(queue_cell(0, Column::preset), "Quick");
    EXPECT_EQ(queue_cell(1, Column::budget), "20 min");
    EXPECT_EQ(states(), QStringList({"Waiting", "Waiting"}));
    EXPECT_TRUE(forecast().startsWith("2 runs, about 30 min, until ")) << forecast().toStdString();
    EXPECT_EQ(stored().runs.size(), 2u) << "another start shows them";
    EXPECT_EQ(stored().runs[0].images.channels, 1);
    auto* tabs = find<QTabWidget>("runs_tabs");
    EXPECT_EQ(tabs->tabText(tabs->currentIndex()), "Queue (2)");
    EXPECT_TRUE(record_->all<StartTraining>().empty()) << "until it is started";
}

TEST_F(QueueTest, ABudgetInStepsIsForecastByTheEngine) {
    open_queue();
    window_->editor().set_value("steps", std::int64_t{6000});
    actions()["add_to_queue"]->trigger();
    settle();
    EXPECT_EQ(queue_cell(0, Column::budget), "6,000 steps");
    EXPECT_GT(stored().runs.at(0).expected_seconds, 0);
    EXPECT_FALSE(forecast().contains("unknown"));
}

TEST_F(QueueTest, KeysAndDraggingChangeTheOrder) {
    open_queue({1, 2, 3});
    choose(2);
    press(Qt::Key_Up, Qt::AltModifier);
    EXPECT_EQ(order(), QStringList({"1 min", "3 min", "2 min"}));
    EXPECT_EQ(queue()->currentIndex().row(), 1) << "the same run is selected";
    press(Qt::Key_Up, Qt::AltModifier);
    press(Qt::Key_Up, Qt::AltModifier);
    EXPECT_EQ(order(), QStringList({"3 min", "1 min", "2 min"})) << "it stays at the top";
    press(Qt::Key_Down, Qt::AltModifier);
    EXPECT_EQ(order(), QStringList({"1 min", "3 min", "2 min"}));

    const std::unique_ptr<QMimeData> dragged(model().mimeData({at(0, 0)}));
    QDropEvent drop(queue()->visualRect(at(2, 0)).bottomLeft() + QPointF(20, -1), Qt::MoveAction,
                    dragged.get(), Qt::LeftButton, Qt::NoModifier);
    EXPECT_TRUE(model().flags(at(0, 0)) & Qt::ItemIsDragEnabled);
    model().dropMimeData(dragged.get(), Qt::MoveAction, 3, 0, {});
    settle();
    EXPECT_EQ(order(), QStringList({"3 min", "2 min", "1 min"})) << "below the last";
    EXPECT_EQ(stored().runs.back().config.training.minutes, 1);
}

TEST_F(QueueTest, ARemovedRunCanBeTakenBack) {
    open_queue({1, 2, 3});
    choose(1);
    press(Qt::Key_Delete);
    EXPECT_EQ(order(), QStringList({"1 min", "3 min"}));
    EXPECT_EQ(queue()->currentIndex().row(), 1) << "the run after it";
    QAbstractButton* undo = button("Undo", find<QWidget>("runs_tabs"));
    ASSERT_TRUE(undo);
    QTest::mouseClick(undo, Qt::LeftButton);
    settle();
    EXPECT_EQ(order(), QStringList({"1 min", "2 min", "3 min"}));
    EXPECT_EQ(queue()->currentIndex().row(), 1);
}

TEST_F(QueueTest, BudgetsAreEditedInTheList) {
    open_queue({1});
    choose(0);
    named("Change budget")->click();
    auto* line = queue()->findChild<QLineEdit*>();
    ASSERT_TRUE(line);
    line->selectAll();
    QTest::keyClicks(line, "1.5 h");
    QTest::keyClick(line, Qt::Key_Return);
    settle();
    EXPECT_EQ(order(), QStringList({"90 min"}));
    model().setData(at(0, Column::budget), "soon", Qt::EditRole);
    settle();
    EXPECT_TRUE(shows_text("is not a time or a number of steps"));
    EXPECT_EQ(order(), QStringList({"90 min"}));
}

TEST_F(QueueTest, TrainsTheRunsInTheirOrderAndGoesOnAfterAFailure) {
    open_queue({1, 2, 3});
    start();
    ASSERT_EQ(record_->all<StartTraining>().size(), 1u);
    EXPECT_EQ(record_->all<StartTraining>()[0].config.training.minutes, 1);
    EXPECT_EQ(record_->all<StartTraining>()[0].folder.parent_path(), runs_folder());
    EXPECT_EQ(states(), QStringList({"Running", "Waiting", "Waiting"}));
    EXPECT_TRUE(queue_cell(0, Column::time).contains("2 min 05 s")) << "what the training says";
    record_->end_training(true);
    settle();
    EXPECT_EQ(states(), QStringList({"Done", "Running", "Waiting"}));
    record_->end_job(record_->training_job, Outcome::failed, fake_error);
    record_->training_job = 0;
    record_->set_state(EngineState::error);
    settle();
    EXPECT_EQ(states(), QStringList({"Done", "Failed", "Running"}));
    EXPECT_TRUE(queue_cell(1, Column::time).contains("gzip")) << "with its message";
    record_->end_training(true);
    settle();
    EXPECT_EQ(states(), QStringList({"Done", "Failed", "Done"}));
    EXPECT_EQ(record_->all<StartTraining>().size(), 3u);
    EXPECT_FALSE(stored().active);
    choose(1);
    named("Try again")->click();
    settle();
    EXPECT_EQ(states(), QStringList({"Done", "Waiting", "Done"}));
}

TEST_F(QueueTest, ARunThatDivergesIsMarkedAndTheNextStarts) {
    open_queue({1, 2});
    record_->manner = Manner::nan;
    find<QToolButton>("queue_start")->click();
    QTest::qWait(40);
    record_->manner = Manner::instant;
    settle();
    EXPECT_EQ(states().front(), "Failed");
    EXPECT_TRUE(queue_cell(0, Column::time).contains("not a number"));
    EXPECT_EQ(record_->all<StartTraining>().size(), 2u);
}

TEST_F(QueueTest, PauseSavesTheRunAndContinuesItLater) {
    open_queue({1, 2});
    start();
    auto* button = find<QToolButton>("queue_start");
    EXPECT_EQ(button->accessibleName(), "Pause queue");
    button->click();
    settle();
    EXPECT_EQ(states(), QStringList({"Waiting", "Waiting"}));
    EXPECT_EQ(button->accessibleName(), "Start queue");
    EXPECT_EQ(record_->training_job, 0);
}

TEST_F(QueueTest, SamplingAndFinishedRunsStayUsableMeanwhile) {
    open_queue({1, 2});
    start();
    EXPECT_TRUE(actions()["sample"]->isEnabled());
    EXPECT_TRUE(actions()["tab_compare"]->isEnabled());
    EXPECT_TRUE(actions()["tab_runs"]->isEnabled());
    EXPECT_TRUE(actions()["add_to_queue"]->isEnabled());
    actions()["add_to_queue"]->trigger();
    settle();
    EXPECT_EQ(model().rowCount(), 3) << "it takes up more";
}

TEST_F(QueueTest, ARunOfAPersonIsAwaited) {
    open_queue({1});
    actions()["train"]->trigger();
    settle();
    start();
    EXPECT_EQ(record_->all<StartTraining>().size(), 1u) << "that of the person";
    EXPECT_TRUE(forecast().contains("when the open run has ended"));
    record_->end_training(true);
    settle();
    EXPECT_EQ(record_->all<StartTraining>().size(), 2u);
}

TEST_F(QueueTest, StopEndsTheQueueToo) {
    open_queue({1, 2});
    start();
    actions()["stop"]->trigger();
    settle();
    EXPECT_EQ(states(), QStringList({"Stopped", "Waiting"}));
    EXPECT_EQ(record_->all<StartTraining>().size(), 1u);
}

TEST_F(QueueTest, SetupPreparesTheNextRunWhileOneIsTrained) {
    open_queue();
    actions()["train"]->trigger();
    settle();
    EXPECT_FALSE(find<QComboBox>("preset")->isEnabled());
    QTest::mouseClick(find<QPushButton>("set_up_next"), Qt::LeftButton);
    settle();
    EXPECT_TRUE(shows_text("Settings of the next run."));
    EXPECT_TRUE(find<QComboBox>("preset")->isEnabled());
    window_->editor().use_preset(find_preset("balanced"));
    settle();
    EXPECT_TRUE(record_->all<ChangeTraining>().empty()) << "they are not those of the open run";
    actions()["add_to_queue"]->trigger();
    settle();
    EXPECT_EQ(queue_cell(0, Column::preset), "Balanced");
    QTest::mouseClick(button("Show the open run"), Qt::LeftButton);
    settle();
    EXPECT_FALSE(find<QComboBox>("preset")->isEnabled());
    EXPECT_EQ(window_->editor().config().unet, find_preset("quick").config.unet);
}

TEST_F(QueueTest, ANewStartShowsTheQueueAndOffersToGoOn) {
    open_queue({1, 2});
    start();
    window_.reset();  // as after a crash: nothing was written at the end
    record_ = std::make_shared<FakeEngine::Record>();
    open();
    EXPECT_TRUE(record_->all<StartTraining>().empty()) << "it does not begin by itself";
    EXPECT_TRUE(shows_text("The queue was not finished: 2 runs left."));
    actions()["show_queue"]->trigger();
    settle();
    EXPECT_EQ(states(), QStringList({"Interrupted", "Waiting"}));
    QTest::mouseClick(button("Resume the queue"), Qt::LeftButton);
    settle();
    EXPECT_EQ(states().front(), "Running");
    EXPECT_FALSE(shows_text("The queue was not finished"));
}

TEST_F(QueueTest, ClosingSavesTheRunAndLeavesTheQueueToBeContinued) {
    open_queue({1, 2});
    start();
    window_->close();
    settle();
    QTest::mouseClick(button("Save and quit", find<QWidget>("close_question")), Qt::LeftButton);
    ASSERT_TRUE(QTest::qWaitFor([this] { return !window_->isVisible(); }, 3000));
    EXPECT_EQ(stored().runs.at(0).state, QueuedState::waiting);
    EXPECT_TRUE(stored().active);
    EXPECT_EQ(record_->all<StartTraining>().size(), 1u) << "the next does not start";
}

TEST_F(QueueTest, AnotherProgramThatWorksThroughItIsShown) {
    open_queue({1, 2});
    QueueFile other(file());
    other.hold();
    ASSERT_TRUE(QTest::qWaitFor([this] { return !actions()["add_to_queue"]->isEnabled(); }, 5000));
    EXPECT_TRUE(actions()["add_to_queue"]->toolTip().contains("another window or command"));
    EXPECT_FALSE(find<QToolButton>("queue_start")->isEnabled());
    EXPECT_TRUE(forecast().contains("another window or command"));
    EXPECT_FALSE(model().flags(at(0, Column::budget)) & Qt::ItemIsEditable);
    EXPECT_EQ(model().rowCount(), 2);
    other.release();
    EXPECT_TRUE(QTest::qWaitFor([this] { return actions()["add_to_queue"]->isEnabled(); }, 5000));
}

TEST_F(QueueTest, ADamagedFileIsToldAndKept) {
    write_text_file(file(), "{\"runs\": [");
    open_queue();
    EXPECT_TRUE(shows_text("The queue could not be read"));
    EXPECT_EQ(read_text_file(runs_folder() / "queue.json.damaged"), "{\"runs\": [");
    add({1});
    EXPECT_EQ(stored().runs.size(), 1u);
}

TEST_F(QueueTest, ARunThatCannotBeAddedIsNotSaidToBe) {
    open();
    {
        const test::FullDisk full;
        add({1});
    }
    EXPECT_EQ(model().rowCount(), 0);
    EXPECT_FALSE(shows_text("was added to the queue"));
    add({1});
    EXPECT_TRUE(shows_text("was added to the queue"));
}

TEST_F(QueueTest, ADriveThatDoesNotAnswerDoesNotHoldUpTheWindow) {
    struct Drive {
        std::counting_semaphore<> asked{0}, answers{0};
    };
    const auto drive = std::make_shared<Drive>();
    ui::EngineLink link(std::make_unique<FakeEngine>(record_));
    ui::TrainingQueue queue(link, file(), [](const Command&) { return JobId{1}; });
    ASSERT_TRUE(QTest::qWaitFor([&] { return queue.free_bytes().has_value(); }, 10000));
    queue.set_look([drive](const std::filesystem::path& path) {
        drive->asked.release();
        drive->answers.acquire();
        return QueueFile::look(path);
    });
    QueueFile(file()).change([](RunQueue& other) { add_to_queue(other, {}); });
    ASSERT_TRUE(QTest::qWaitFor([&] { return drive->asked.try_acquire(); }, 10000));
    EXPECT_TRUE(queue.queue().runs.empty());
    drive->answers.release();
    EXPECT_TRUE(QTest::qWaitFor([&] { return queue.queue().runs.size() == 1; }, 10000));
    queue.set_look(&QueueFile::look);
    drive->answers.release();  // to a look that has begun in the meantime
}

TEST_F(QueueTest, RunsOfTheListAreQueuedFromItsMenu) {
    const std::filesystem::path run = add_run("mine");
    open_list();
    click(row_of("mine"));
    const auto choose_in_menu = [this](const QString& text) {
        Q_EMIT view()->customContextMenuRequested(view()->visualRect(row_of("mine")).center());
        auto* menu = find<QWidget>("runs_menu");
        ASSERT_TRUE(menu);
        for (QAction* action : menu->actions())
            if (action->text() == text) action->trigger();
        menu->close();
        settle();
    };
    choose_in_menu("Duplicate to queue");
    choose_in_menu("Train further in the queue");
    ASSERT_EQ(stored().runs.size(), 2u);
    EXPECT_TRUE(stored().runs[0].folder.empty());
    EXPECT_FALSE(stored().runs[0].continues);
    EXPECT_EQ(stored().runs[1].folder, run);
    EXPECT_TRUE(stored().runs[1].continues);
    EXPECT_TRUE(shows_text("was added to the queue"));
}

TEST_F(QueueTest, ItsTabsAndButtonsFitIntoASmallWindow) {
    add_run("mine");
    open_queue({1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    for (const char* shown : {"show_queue", "tab_runs", "show_queue"}) {
        actions()[shown]->trigger();
        window_->resize(1366, 768);
        settle();
        window_->resize(1024, 700);
        settle();
        EXPECT_EQ(window_->size(), QSize(1024, 700)) << shown;
        const auto* tabs = find<QTabWidget>("runs_tabs")->tabBar();
        const QRect last = tabs->tabRect(tabs->count() - 1);
        EXPECT_GE(tabs->width(), last.right())
            << shown << ": the last tab is " << tabs->tabText(tabs->count() - 1).toStdString();
    }
}

TEST_F(QueueTest, TheNoticeAboutTheLastAddedRunReplacesThoseBefore) {
    open();
    for (const double minutes : {3.0, 4.0, 5.0}) {
        window_->editor().set_value("minutes", minutes);
        actions()["add_to_queue"]->trigger();
        settle();
    }
    int notices = 0;
    for (const auto* label : window_->findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains("was added to the queue")) ++notices;
    EXPECT_EQ(notices, 1);
    EXPECT_TRUE(shows_text("Quick, 5 min"));
}

TEST(QueueText, ReadsBudgetsAsPeopleWriteThem) {
    TrainingConfig minutes, steps;
    minutes.steps = 0;
    steps.steps = 100;
    const auto is = [](const std::optional<ui::Budget>& budget, std::int64_t steps_, double minutes_) {
        return budget && budget->steps == steps_ && budget->minutes == minutes_;
    };
    minutes.minutes = 360;
    EXPECT_EQ(ui::budget_text(minutes), "6 h");
    EXPECT_TRUE(is(ui::budget_in(ui::budget_text(minutes), minutes), 0, 360));
    EXPECT_TRUE(is(ui::budget_in("20", minutes), 0, 20));
    EXPECT_TRUE(is(ui::budget_in("20", steps), 20, 0));
    EXPECT_TRUE(is(ui::budget_in("20 min", steps), 0, 20));
    EXPECT_TRUE(is(ui::budget_in("2 hours", minutes), 0, 120));
    EXPECT_TRUE(is(ui::budget_in("1.5h", minutes), 0, 90));
    EXPECT_TRUE(is(ui::budget_in("2,000 steps", minutes), 2000, 0));
    for (const char* bad : {"", "soon", "-3 min", "0", "1.5 steps", "3 days", "nan", "1e99 steps"})
        EXPECT_FALSE(ui::budget_in(bad, minutes)) << bad;
}

TEST(QueueText, NamesTheTimeAtWhichTheQueueEnds) {
    const QDateTime now(QDate(2026, 11, 27), QTime(0, 20));
    EXPECT_TRUE(
        ui::forecast_text({4, 6 * 3600 + 20 * 60, 0}, now).startsWith("4 runs, about 6 h 20 min, until "))
        << ui::forecast_text({4, 6 * 3600 + 20 * 60, 0}, now).toStdString();
    EXPECT_TRUE(ui::forecast_text({4, 6 * 3600 + 20 * 60, 0}, now).contains("6:40"));
    EXPECT_EQ(ui::forecast_text({0, 0, 0}, now), "");
    EXPECT_EQ(ui::forecast_text({1, 0, 1}, now), "1 run, time unknown");
    EXPECT_TRUE(ui::forecast_text({2, 60, 1}, now).endsWith("not counting 1 run whose time is unknown"));
}

// ------------------------------------------------------------------ flaws of the runs panel

TEST_F(RunsTest, ARunIsNotSaidToRunAfterItsEnd) {
    const std::filesystem::path path = add_run("mine");
    open_list();
    record_->folder = path;
    record_->send_run(RunConfig{}, 200, true, 9);
    record_->training_job = 9;
    record_->set_state(EngineState::training);
    settle();
    ASSERT_TRUE(QTest::qWaitFor([this] { return text("mine", ui::RunsModel::state) == "Running"; }, 3000));
    record_->end_training(true);
    settle();
    EXPECT_EQ(text("mine", ui::RunsModel::state), "Finished") << "at once";
}

TEST_F(RunsTest, HidingThePanelGivesTheFocusToThePage) {
    add_run("mine");
    open_list();
    ASSERT_TRUE(view()->hasFocus());
    find<QToolButton>("runs_button")->click();
    settle();
    ASSERT_FALSE(view()->isVisible());
    QWidget* page = find<QTabWidget>("pages") ? find<QTabWidget>("pages")->currentWidget() : nullptr;
    QWidget* focused = QApplication::focusWidget();
    ASSERT_TRUE(focused);
    EXPECT_FALSE(qobject_cast<QToolButton*>(focused)) << focused->accessibleName().toStdString();
    if (page) {
        EXPECT_TRUE(focused == page || page->isAncestorOf(focused));
    }
}

TEST_F(RunsTest, ComparingFromTheListMakesRoomForTheColumns) {
    add_run("one");
    add_run("two");
    open_list();
    click(row_of("one"));
    click(row_of("two"), Qt::ControlModifier);
    named("Compare")->click();
    settle();
    EXPECT_FALSE(view()->isVisible());
}

}  // namespace
}  // namespace denoise::testing
