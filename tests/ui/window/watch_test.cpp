#include <QPushButton>
#include <QToolButton>
#include <nlohmann/json.hpp>

#include "engine/runs/run_changes.h"
#include "tests/ui/panels/runs_fixture.h"
#include "ui/link/run_watch.h"
#include "ui/pages/train/train_page.h"
#include "ui/plot/plot.h"
#include "ui/window/window_actions.h"

namespace denoise::testing {
namespace {

namespace fs = std::filesystem;
using ui::WatchPhase;

/// A run that another program trains: its writer has the lock, like another process.
class WatchTest : public RunsTest {
  protected:
    void SetUp() override {
        RunsTest::SetUp();
        run_ = add_run("birds", 200);
    }
    void TearDown() override {
        writer_.reset();
        RunsTest::TearDown();
    }

    void begin_training() {
        writer_.emplace(RunFolder::open(run_));
        writer_->set_status(RunStatus::running);
    }
    void write_steps(std::int64_t first, std::int64_t last) {
        for (std::int64_t step = first; step <= last; ++step) writer_->append(make_metrics(step));
        writer_->flush_metrics();
    }
    void end_training(RunStatus status) {
        writer_->set_status(status);
        writer_.reset();
    }
    void write_state(const char* status, const char* host) {
        write_text_file(run_ / run_file::state, nlohmann::json{{"status", status}, {"host", host}}.dump());
    }

    /// Opens the window and the run in it.
    void open_run() {
        open();
        watch().set_interval(std::chrono::milliseconds(10));
        window_->open_path(QString::fromStdString(run_.string()));
        settle();
    }
    ui::RunWatch& watch() { return *window_->link().findChild<ui::RunWatch*>(); }
    bool reaches(WatchPhase phase) {
        return until([this, phase] { return watch().report().phase == phase; });
    }
    template <class Condition>
    static bool until(const Condition& condition) {
        return QTest::qWaitFor(condition, 20'000);  // for a busy machine
    }
    QString title() { return find<QLabel>("watch_title")->text(); }
    QString details() { return find<QLabel>("watch_details")->text(); }
    bool banner_is_shown() { return find<QWidget>("watch_banner")->isVisible(); }
    bool is_blocked(const char* action) {
        const QString reason = reason_against(action);
        return reason.contains("watch") || reason.contains("Another program");
    }
    QString reason_against(const char* action) {
        return actions().reason_against(action, window_->situation());
    }

    fs::path run_;
    std::optional<RunFolder> writer_;
};

TEST_F(WatchTest, ARunThatAnotherProgramTrainsIsWatchedWhenItIsOpened) {
    begin_training();
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    EXPECT_TRUE(banner_is_shown());
    EXPECT_EQ(title(), "Watching “birds”, which another program on this machine trains");
    for (const char* action : {"train", "resume", "pause", "step", "save_checkpoint"}) {
        EXPECT_TRUE(reason_against(action).contains("stop watching first")) << action;
        EXPECT_FALSE(actions()[action]->isEnabled()) << action;
    }
    EXPECT_TRUE(actions()["sample"]->isEnabled()) << "sampling is done here";
    EXPECT_TRUE(shows_text("Watching")) << "in the status line";
    write_steps(201, 230);
    ASSERT_TRUE(until([this] { return watch().report().step == 230; }));
    EXPECT_TRUE(until([this] { return shows_text("Step 230"); }));
    EXPECT_TRUE(details().contains("Step 230")) << details().toStdString();
}

TEST_F(WatchTest, ARunThatNobodyTrainsIsOpenedAsBefore) {
    open_run();
    QTest::qWait(400);  // as long as its folder is looked at
    EXPECT_FALSE(banner_is_shown());
    EXPECT_FALSE(watch().is_on());
    EXPECT_FALSE(is_blocked("resume")) << "as before";
}

TEST_F(WatchTest, ChangesOfSettingsArrive) {
    begin_training();
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    RunConfig slower = writer_->header().config;
    slower.training.learning_rate /= 4;
    append_changes(run_, changes_between(writer_->header().config, slower, 210));
    writer_->set_config(slower);
    ASSERT_TRUE(until([this] { return !window_->link().run()->changes.empty(); }));
    EXPECT_EQ(window_->link().run()->changes.back().step, 210);
    EXPECT_EQ(window_->link().run()->config.training.learning_rate, slower.training.learning_rate);
}

TEST_F(WatchTest, TheEngineReadsNewCheckpointsAndNothingElseChanges) {
    begin_training();
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    write_steps(201, 210);
    ASSERT_TRUE(until([this] { return watch().report().step == 210; }));
    int opened = 0;
    const auto count = QObject::connect(&window_->link(), &ui::EngineLink::run_opened, [&] { ++opened; });
    const fs::path checkpoint = writer_->checkpoint_path(210);
    write_text_file(checkpoint, "12345");
    ASSERT_TRUE(until([&] { return record_->all<OpenModel>().back().path == checkpoint; }));
    settle();
    EXPECT_EQ(opened, 0) << "the charts stay as they are";
    EXPECT_EQ(window_->link().model_path(), run_);
    EXPECT_EQ(window_->link().run()->step, record_->step);
    EXPECT_EQ(watch().report().step, 210);
    QObject::disconnect(count);
}

TEST_F(WatchTest, NewSamplesAreShown) {
    begin_training();
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    writer_->save_sample_grid(205, Picture{32, 32, 1, std::vector<std::uint8_t>(32 * 32, 200)});
    writer_->save_sample_grid(215, Picture{32, 32, 1, std::vector<std::uint8_t>(32 * 32, 90)});
    auto* page = window_->findChild<ui::TrainPage*>();
    EXPECT_TRUE(until([&] { return !page->picture().empty() && page->picture().pixels.front() == 90; }));
    EXPECT_TRUE(until([this] { return shows_text("Step 215, 2 of 2"); }));
}

TEST_F(WatchTest, TheEndIsToldAndTheTrainingCanContinueHere) {
    begin_training();
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    auto* resume_here = find<QPushButton>("resume_here");
    EXPECT_FALSE(resume_here->isVisible());
    write_steps(201, 210);
    end_training(RunStatus::stopped);
    ASSERT_TRUE(reaches(WatchPhase::ended));
    EXPECT_EQ(title(), "The training of “birds” was stopped");
    EXPECT_FALSE(is_blocked("resume"));
    ASSERT_TRUE(resume_here->isVisible());
    QTest::mouseClick(resume_here, Qt::LeftButton);
    settle();
    ASSERT_EQ(record_->all<ResumeTraining>().size(), 1u);
    EXPECT_EQ(record_->all<ResumeTraining>().front().folder, run_);
    EXPECT_FALSE(watch().is_on()) << "it is trained here now";
    EXPECT_FALSE(banner_is_shown());
}

TEST_F(WatchTest, AFinishedTrainingIsNotOfferedToContinue) {
    begin_training();
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    end_training(RunStatus::finished);
    ASSERT_TRUE(reaches(WatchPhase::ended));
    EXPECT_EQ(title(), "The training of “birds” is finished");
    EXPECT_FALSE(find<QPushButton>("resume_here")->isVisible());
    EXPECT_TRUE(window_->link().run()->completed);
}

TEST_F(WatchTest, AProcessThatDiesIsNoticed) {
    begin_training();
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    writer_.reset();  // without a last word
    ASSERT_TRUE(reaches(WatchPhase::ended));
    EXPECT_EQ(title(), "The training of “birds” ended unexpectedly");
    EXPECT_TRUE(find<QPushButton>("resume_here")->isVisible());
}

TEST_F(WatchTest, AVanishedFolderIsToldUntilItIsBack) {
    begin_training();
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    const fs::path away = runs_folder() / "away";
    fs::rename(run_, away);
    ASSERT_TRUE(until([this] { return details().contains("cannot be read now"); }));
    EXPECT_EQ(watch().report().phase, WatchPhase::watching);
    fs::rename(away, run_);
    EXPECT_TRUE(until([this] { return !details().contains("cannot be read now"); }));
    write_steps(201, 205);
    EXPECT_TRUE(until([this] { return watch().report().step == 205; }));
}

TEST_F(WatchTest, ARunOfAnotherMachineIsWatchedWithoutItsLock) {
    write_state("running", "node17");
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    EXPECT_EQ(title(), "Watching “birds”, which the machine node17 trains");
    write_state("stopped", "node17");
    EXPECT_TRUE(reaches(WatchPhase::ended));
}

TEST_F(WatchTest, AMachineThatIsQuietIsUncertain) {
    write_state("running", "node17");
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    for (const char* name : {run_file::state, run_file::metrics})
        fs::last_write_time(run_ / name, fs::file_time_type::clock::now() - std::chrono::minutes(7));
    ASSERT_TRUE(until([this] { return watch().report().is_uncertain; }));
    EXPECT_EQ(watch().report().phase, WatchPhase::watching) << "it may go on";
    EXPECT_TRUE(details().contains("cannot be seen from this machine")) << details().toStdString();
    EXPECT_FALSE(actions()["resume"]->isEnabled());
    watch().stop();
    EXPECT_FALSE(is_blocked("resume")) << "a person may know that it has ended";
}

TEST_F(WatchTest, WhatIsTrainedElsewhereCannotBeContinuedWhenItIsNoLongerWatched) {
    begin_training();
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    QTest::mouseClick(find<QPushButton>("stop_watching"), Qt::LeftButton);
    EXPECT_FALSE(banner_is_shown());
    EXPECT_EQ(reason_against("resume"), "Another program trains this run.");
    EXPECT_EQ(reason_against("train"), "");
    write_steps(201, 220);
    QTest::qWait(100);
    EXPECT_FALSE(shows_text("Step 220"));
    actions()["watch_run"]->trigger();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    EXPECT_TRUE(until([this] { return watch().report().step == 220; }));
    actions()["stop_watching"]->trigger();
    EXPECT_FALSE(watch().is_on());
}

TEST_F(WatchTest, ARunIsWatchedBeforeItsTrainingBegins) {
    open_run();
    actions()["watch_run"]->trigger();
    ASSERT_TRUE(reaches(WatchPhase::waiting));
    EXPECT_EQ(title(), "Watching “birds”, which no program trains now");
    EXPECT_FALSE(is_blocked("resume"));
    begin_training();
    write_steps(201, 203);
    EXPECT_TRUE(reaches(WatchPhase::watching));
    EXPECT_TRUE(until([this] { return watch().report().step == 203; }));
}

TEST_F(WatchTest, AnotherModelEndsTheWatch) {
    begin_training();
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    const fs::path other = add_run("fish", 50);
    window_->open_path(QString::fromStdString(other.string()));
    settle();
    EXPECT_TRUE(reaches(WatchPhase::off));
    EXPECT_FALSE(banner_is_shown());
    EXPECT_FALSE(is_blocked("resume"));
}

TEST_F(WatchTest, TheListOfRunsWatches) {
    begin_training();
    open_list();
    watch().set_interval(std::chrono::milliseconds(10));
    click(row_of("birds"));
    QAbstractButton* button = named("Watch");
    ASSERT_NE(button, nullptr);
    QTest::mouseClick(button, Qt::LeftButton);
    settle();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    QAbstractButton* stop = named("Stop watching");
    ASSERT_NE(stop, nullptr);
    ASSERT_TRUE(until([this] {  // the button in the list, not that of the page
        for (auto* each : window_->findChildren<QToolButton*>())
            if (each->accessibleName() == "Stop watching" && each->isVisible()) return true;
        return false;
    }));
    for (auto* each : window_->findChildren<QToolButton*>())
        if (each->accessibleName() == "Stop watching") QTest::mouseClick(each, Qt::LeftButton);
    EXPECT_FALSE(watch().is_on());
}

TEST_F(WatchTest, NothingIsWrittenToTheFolder) {
    begin_training();
    const auto contents = [this] {
        std::vector<std::pair<std::string, fs::file_time_type>> all{
            {run_.string(), fs::last_write_time(run_)}};
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(run_))
            all.emplace_back(entry.path().string(), entry.last_write_time());
        std::ranges::sort(all);
        return all;
    };
    const auto before = contents();
    for (const fs::path& folder : {run_ / run_file::checkpoints, run_ / run_file::samples, run_})
        fs::permissions(folder, fs::perms::owner_write, fs::perm_options::remove);
    open_run();
    ASSERT_TRUE(reaches(WatchPhase::watching));
    actions()["show_evaluation"]->trigger();
    EvaluationResult result = make_evaluation(1, Evaluate{});
    if (auto* evaluate = button("Evaluate")) QTest::mouseClick(evaluate, Qt::LeftButton);
    settle();
    QTest::qWait(100);
    watch().stop();
    for (const fs::path& folder : {run_, run_ / run_file::checkpoints, run_ / run_file::samples})
        fs::permissions(folder, fs::perms::owner_write, fs::perm_options::add);
    EXPECT_EQ(contents(), before);
}

}  // namespace
}  // namespace denoise::testing
