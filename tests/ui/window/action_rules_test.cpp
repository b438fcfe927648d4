#include <QAction>
#include <set>

#include "tests/ui/support/window_fixture.h"
#include "ui/window/action_rules.h"

namespace denoise::testing {
namespace {

using enum EngineState;
using ui::Situation;

/// The states that allow an action, while a model is open and nothing else is in the way.
struct Rule {
    const char* action;
    std::set<EngineState> allowed_in;
};
const std::vector<Rule> rules = {
    {"train", {idle, error}},
    {"resume", {paused, diverged}},
    {"pause", {training}},
    {"stop", {preparing, training, paused, sampling, diverged}},
    {"step", {paused}},
    {"save_checkpoint", {training, paused}},
    {"new_run", {empty, idle, paused, error, diverged}},
    {"sample", {empty, idle, preparing, training, paused, error, diverged}},
    {"export_model", {empty, idle, training, paused, sampling, error, diverged}},
};

class ActionRulesTest : public WindowTest {
  protected:
    void SetUp() override {
        WindowTest::SetUp();
        open();
    }
    bool allows(const char* action, const Situation& situation) {
        return actions().reason_against(action, situation).isEmpty();
    }
};

TEST_F(ActionRulesTest, EachActionIsAllowedInItsStatesAlone) {
    for (const Rule& rule : rules)
        for (const auto& [state, name, title, help] : names_of<EngineState>)
            EXPECT_EQ(allows(rule.action, {.state = state, .has_model = true}),
                      rule.allowed_in.contains(state))
                << rule.action << " while " << name;
}

TEST_F(ActionRulesTest, EveryReasonIsASentence) {
    for (const QAction* action : actions().all())
        for (const auto& [state, name, title, help] : names_of<EngineState>) {
            const QString reason = actions().reason_against(action->objectName(), {.state = state});
            EXPECT_TRUE(reason.isEmpty() || reason.endsWith('.'))
                << action->objectName().toStdString() << " while " << name << ": " << reason.toStdString();
        }
}

TEST_F(ActionRulesTest, ExactlyOneOfTrainPauseAndContinueIsPossibleWhileNoJobIsInProgress) {
    for (const EngineState state : {idle, training, paused, error, diverged}) {
        int possible = 0;
        for (const char* action : {"train", "pause", "resume"})
            possible += allows(action, {.state = state, .has_model = true});
        EXPECT_EQ(possible, 1) << name_of(state);
    }
}

TEST_F(ActionRulesTest, BadSettingsForbidANewRunButNotContinuing) {
    const QString problem = "groups must divide every width.";
    EXPECT_EQ(actions().reason_against("train", {.state = idle, .settings_problem = problem}), problem);
    EXPECT_TRUE(allows("resume", {.state = paused, .settings_problem = problem}));
}

TEST_F(ActionRulesTest, AStoppedRunThatSetupShowsCanContinue) {
    EXPECT_FALSE(allows("resume", {.state = idle, .can_resume = false}));
    EXPECT_TRUE(allows("resume", {.state = idle, .can_resume = true}));
    const Situation bad{.state = idle, .settings_problem = "no", .can_resume = true};
    EXPECT_FALSE(allows("resume", bad)) << "the settings are those it would continue with";
}

TEST_F(ActionRulesTest, SamplingAndExportingNeedAModel) {
    for (const char* action : {"sample", "export_model"}) {
        EXPECT_FALSE(allows(action, {.state = idle, .has_model = false})) << action;
        EXPECT_TRUE(allows(action, {.state = training, .has_model = true})) << action;
    }
}

TEST_F(ActionRulesTest, OneSampleIsDrawnAtATimeEvenDuringTraining) {
    EXPECT_FALSE(allows("sample", {.state = training, .has_model = true, .is_sampling = true}));
}

TEST_F(ActionRulesTest, AnEvaluationIsNamedAsTheReason) {
    const QString reason =
        actions().reason_against("train", {.state = sampling, .has_model = true, .is_evaluating = true});
    EXPECT_EQ(reason, "The model is being evaluated.");
}

TEST_F(ActionRulesTest, NothingThatConcernsTheEngineIsAllowedWhileTheWindowCloses) {
    for (const Rule& rule : rules)
        for (const auto& [state, name, title, help] : names_of<EngineState>)
            EXPECT_FALSE(allows(rule.action, {.state = state, .has_model = true, .is_closing = true}))
                << rule.action << " while " << name;
}

TEST_F(ActionRulesTest, ThePageDecidesOnItsFramesAndTheSettingsOnUndo) {
    struct Fact {
        const char* action;
        Situation situation;
    };
    for (const auto& [action, situation] : std::initializer_list<Fact>{
             {"play", {.page_can_play = true}},
             {"back", {.page_can_step = true}},
             {"forward_ten", {.page_can_step = true}},
             {"to_end", {.page_can_step = true}},
             {"export", {.can_export_pictures = true}},
             {"undo", {.can_undo = true}},
             {"redo", {.can_redo = true}},
         }) {
        EXPECT_TRUE(allows(action, situation)) << action;
        EXPECT_FALSE(allows(action, {})) << action;
    }
}

TEST_F(ActionRulesTest, TheWindowEnablesWhatTheTableAllowsAndExplainsTheRest) {
    record_->send_run(RunConfig{}, 500);
    for (const auto& [state, name, title, help] : names_of<EngineState>) {
        record_->set_state(state);
        settle();
        for (const Rule& rule : rules) {
            const QAction* action = actions()[rule.action];
            EXPECT_EQ(action->isEnabled(), rule.allowed_in.contains(state))
                << rule.action << " while " << name;
            EXPECT_FALSE(action->toolTip().isEmpty()) << rule.action << " while " << name;
            EXPECT_EQ(action->toolTip().endsWith('.'), !action->isEnabled())
                << rule.action << " while " << name << ": " << action->toolTip().toStdString();
        }
    }
}

}  // namespace
}  // namespace denoise::testing
