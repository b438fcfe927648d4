#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QToolButton>
#include <QTreeView>

#include "tests/ui/support/window_fixture.h"
#include "ui/panels/runs/runs_model.h"
#include "ui/window/message_bar.h"
#include "ui/window/run_offers.h"

namespace denoise::testing {
namespace {

RunSummary make_run(const std::string& name, RunState state, std::int64_t step) {
    RunSummary run;
    run.folder = "/runs/" + name;
    run.name = name;
    run.state = state;
    run.dataset = "Glyphs";
    run.created = "2026-11-24T08:13:22";
    run.step = step;
    run.loss = 0.034;
    run.seconds = 600;
    for (std::int64_t s = step; s > 0; s -= 500)
        run.checkpoints.push_back(
            {run.folder / "checkpoints" / (std::to_string(s) + ".safetensors"), s, 12 << 20});
    return run;
}

TEST(RunsModel, IsAWellFormedTreeOfRunsAndCheckpoints) {
    ui::Theme theme;
    ui::RunsModel model(theme);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.set_runs({make_run("b", RunState::finished, 1000), make_run("a", RunState::interrupted, 500)});
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_EQ(model.rowCount(model.index(0, 0)), 2);
    const QModelIndex second = model.index(1, 0);
    EXPECT_EQ(model.run_at(model.index(0, 0, second))->name, "a");
    EXPECT_EQ(model.checkpoint_at(model.index(0, 0, second))->step, 500);
    EXPECT_EQ(model.index(0, ui::RunsModel::state).data().toString(), "Finished");
    EXPECT_FALSE(model.index(0, ui::RunsModel::state).data(Qt::DecorationRole).isNull());
}

class RunOffersTest : public ::testing::Test {
  protected:
    QString offer(const std::vector<RunSummary>& runs) {
        bar_.show();
        offers_.make(runs);
        QString text;
        for (auto* label : bar_.findChildren<QLabel*>()) text += label->text();
        return text;
    }
    ui::Theme theme_;
    ui::MessageBar bar_{theme_};
    ui::RunOffers offers_{bar_, nullptr};
};

TEST_F(RunOffersTest, AnInterruptedRunIsOfferedForRecovery) {
    std::filesystem::path resumed;
    QObject::connect(&offers_, &ui::RunOffers::resume_wanted, &offers_,
                     [&](const std::filesystem::path& run) { resumed = run; });
    const QString text =
        offer({make_run("new", RunState::finished, 100), make_run("old", RunState::interrupted, 1500)});
    EXPECT_TRUE(text.contains("old") && text.contains("1,500")) << text.toStdString();
    for (auto* button : bar_.findChildren<QAbstractButton*>())
        if (button->text() == "Resume") button->click();
    EXPECT_EQ(resumed, "/runs/old");
}

TEST_F(RunOffersTest, TheLastRunIsOfferedToBeResumed) {
    const QString text = offer({make_run("mine", RunState::stopped, 700)});
    EXPECT_TRUE(text.contains("mine") && text.contains("can be resumed")) << text.toStdString();
}

TEST_F(RunOffersTest, NothingIsOfferedWithoutRuns) {
    EXPECT_TRUE(offer({}).isEmpty());
}

TEST_F(WindowTest, ResumeOpensTheOldRunWithItsHistory) {
    open();
    record_->send_run(RunConfig{}, 500);
    record_->set_state(EngineState::training);
    settle();
    EXPECT_TRUE(window_->windowTitle().contains("glyphs"));
    EXPECT_TRUE(actions()["sample"]->isEnabled());
}

TEST_F(WindowTest, TheLogHasEventsWithTheirTime) {
    open();
    actions()["train"]->trigger();
    settle();
    actions()["stop"]->trigger();
    settle();
    const QString log = find<QPlainTextEdit>("log")->toPlainText();
    EXPECT_TRUE(log.contains("Dataset")) << log.toStdString();
    EXPECT_TRUE(log.contains("Training stopped at step 20"));
    EXPECT_TRUE(QRegularExpression("^\\d\\d:\\d\\d:\\d\\d  ").match(log).hasMatch());
}

}  // namespace
}  // namespace denoise::testing
