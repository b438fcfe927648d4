// Random commands in random states, and what has to hold after each of them.

#include <QApplication>
#include <QDialog>
#include <QFrame>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <algorithm>
#include <map>
#include <random>

#include "tests/ui/support/window_fixture.h"

namespace denoise::testing {
namespace {

const std::map<EngineState, std::pair<const char*, const char*>> shown_in = {
    // The action of the train button, and the state in the status bar, where an error without a message is
    // over
    {EngineState::empty, {"train", "No dataset"}},    {EngineState::idle, {"train", "Ready"}},
    {EngineState::preparing, {"train", "Preparing"}}, {EngineState::training, {"pause", "Training"}},
    {EngineState::paused, {"resume", "Paused"}},      {EngineState::sampling, {"train", "Sampling"}},
    {EngineState::error, {"train", "Ready"}},         {EngineState::diverged, {"resume", "Diverged"}},
};

class MonkeyTest : public WindowTest {
  protected:
    void SetUp() override {
        WindowTest::SetUp();
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        open();
        QObject::connect(&window_->link(), &ui::EngineLink::state_changed,
                         [this](EngineState state) { announced_.push_back(state); });
    }
    void TearDown() override {
        WindowTest::TearDown();
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs, false);
    }

    /// Every action that the window has, except the one that ends the test.
    QList<QAction*> toys() {
        QList<QAction*> all;
        for (QAction* action : window_->findChildren<QAction*>())
            if (action != actions()["quit"] && !action->menu()) all << action;
        return all;
    }
    template <class Container>
    auto any_of(const Container& container) {
        return container[static_cast<int>(random_() % static_cast<unsigned>(std::size(container)))];
    }
    void close_dialogs() {
        for (QDialog* dialog : window_->findChildren<QDialog*>()) dialog->close();
        settle();
        QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    bool shows_a_dialog() {
        for (const QDialog* dialog : window_->findChildren<QDialog*>())
            if (dialog->isVisible()) return true;
        return false;
    }
    QLabel* state_label() {
        for (auto* label : window_->findChildren<QLabel*>())
            if (label->accessibleName() == "State") return label;
        return nullptr;
    }
    QStringList errors() {
        QStringList found;
        for (auto* message : window_->findChildren<QFrame*>("message"))
            if (message->property("kind") == "failed") found << message->accessibleName();
        return found;
    }

    void expect_one_state() {
        const EngineState state = window_->link().state();
        EXPECT_EQ(state, record_->state);
        EXPECT_TRUE(announced_.empty() || announced_.back() == state);
        EXPECT_EQ(std::ranges::adjacent_find(announced_), announced_.end()) << "a state is announced twice";
        const auto& [action, title] = shown_in.at(state);
        EXPECT_EQ(find<QToolButton>("train_button")->defaultAction(), actions()[action]);
        EXPECT_EQ(state_label()->text(), title);
    }
    void expect_actions_of_the_table() {
        const ui::Situation now = window_->situation();
        for (const QAction* action : actions().all()) {
            const QString reason = actions().reason_against(action->objectName(), now);
            EXPECT_EQ(action->isEnabled(), reason.isEmpty()) << action->objectName().toStdString();
            EXPECT_EQ(action->toolTip() == reason, !action->isEnabled())
                << action->objectName().toStdString();
        }
    }
    void expect_order() {
        expect_one_state();
        expect_actions_of_the_table();
        EXPECT_FALSE(shows_a_dialog());
        EXPECT_FALSE(QApplication::activeModalWidget());
        EXPECT_EQ(errors().join('\n'), "");
        EXPECT_TRUE(window_->isVisible());
        EXPECT_TRUE(record_->alive);
    }

    std::mt19937 random_{7};
    std::vector<EngineState> announced_;
};

TEST_F(MonkeyTest, AnyCommandInAnyStateLeavesTheWindowInOrder) {
    ASSERT_TRUE(state_label());
    const QList<QAction*> all = toys();
    constexpr int moves = 240, moves_in_a_state = 10;
    for (int move = 0; move < moves && !HasFailure(); ++move) {
        if (move % moves_in_a_state == 0) {
            record_->set_state(any_of(names_of<EngineState>).value);
            settle();
        }
        QAction* action = any_of(all);
        SCOPED_TRACE("move " + std::to_string(move) + ", " + action->objectName().toStdString() + " " +
                     action->text().toStdString() + ", while " + name_of(record_->state));
        if (action->isEnabled()) action->trigger();
        close_dialogs();
        expect_order();
    }
}

}  // namespace
}  // namespace denoise::testing
