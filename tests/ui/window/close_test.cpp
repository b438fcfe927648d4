// What happens when the window is closed while a run is open.

#include <QApplication>
#include <QMessageBox>

#include "tests/ui/support/window_fixture.h"

namespace denoise::testing {
namespace {

class CloseTest : public WindowTest {
  protected:
    void SetUp() override {
        WindowTest::SetUp();
        open();
        actions()["train"]->trigger();
        settle();
    }
    QList<QMessageBox*> questions() { return window_->findChildren<QMessageBox*>("close_question"); }
    /// Presses a button of the question; false when there is none.
    bool answer(const QString& text) {
        QAbstractButton* pressed = questions().isEmpty() ? nullptr : button(text, questions().last());
        if (!pressed) return false;
        QTest::mouseClick(pressed, Qt::LeftButton);
        settle();
        QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        return true;
    }
};

TEST_F(CloseTest, TheWindowAsksOnceThenSavesThenCloses) {
    window_->close();
    window_->close();
    settle();
    EXPECT_TRUE(window_->isVisible());
    ASSERT_EQ(questions().size(), 1);
    EXPECT_TRUE(button("Keep training", questions()[0]));
    EXPECT_TRUE(button("Discard", questions()[0]));
    record_->manner = Manner::slow;
    ASSERT_TRUE(answer("Save and quit"));
    EXPECT_EQ(record_->all<StopTraining>().size(), 1u);
    EXPECT_TRUE(window_->isVisible());
    EXPECT_TRUE(shows_text("Saving before closing"));
    EXPECT_FALSE(actions()["pause"]->isEnabled());
    record_->end_training();
    settle();
    EXPECT_FALSE(window_->isVisible());
}

TEST_F(CloseTest, KeepTrainingKeepsTheWindowAndDiscardDoesNotSave) {
    window_->close();
    ASSERT_TRUE(answer("Keep training"));
    EXPECT_TRUE(window_->isVisible());
    EXPECT_TRUE(record_->all<StopTraining>().empty());
    window_->close();
    ASSERT_TRUE(answer("Discard"));
    EXPECT_TRUE(record_->all<StopTraining>().empty());
    EXPECT_EQ(record_->all<DiscardTraining>().size(), 1u);
    EXPECT_FALSE(window_->isVisible());
}

TEST_F(CloseTest, ARunThatCannotBeSavedKeepsTheWindowOpen) {
    window_->close();
    record_->manner = Manner::slow;
    ASSERT_TRUE(answer("Save and quit"));
    record_->send(
        Problem{0, {"Cannot save the checkpoint", "/runs/x: no space left on the disk", "Make room"}});
    record_->set_state(EngineState::paused);
    settle();
    EXPECT_TRUE(window_->isVisible());
    EXPECT_TRUE(shows_text("no space left on the disk"));
    EXPECT_FALSE(shows_text("Saving before closing"));
    EXPECT_TRUE(actions()["resume"]->isEnabled());
}

TEST_F(CloseTest, ASampleThatFailsMeanwhileDoesNotKeepTheWindowOpen) {
    record_->manner = Manner::slow;
    actions()["sample"]->trigger();
    settle();
    window_->close();
    ASSERT_TRUE(answer("Save and quit"));
    ASSERT_EQ(record_->open_jobs.size(), 2u);
    record_->end_job(*record_->open_jobs.rbegin(), Outcome::failed, fake_error);
    settle();
    EXPECT_TRUE(shows_text("Saving before closing"));
    record_->end_training();
    settle();
    EXPECT_FALSE(window_->isVisible());
}

TEST_F(CloseTest, ARunThatFailsWhileItIsSavedKeepsTheWindowOpen) {
    window_->close();
    record_->manner = Manner::slow;
    ASSERT_TRUE(answer("Save and quit"));
    record_->send(Problem{record_->training_job, fake_error});
    settle();
    EXPECT_TRUE(window_->isVisible());
    EXPECT_FALSE(shows_text("Saving before closing"));
}

TEST_F(CloseTest, APausedRunIsSavedWithoutAQuestion) {
    actions()["pause"]->trigger();
    settle();
    window_->close();
    settle();
    EXPECT_TRUE(questions().isEmpty());
    EXPECT_EQ(record_->all<StopTraining>().size(), 1u);
    EXPECT_FALSE(window_->isVisible());
}

TEST_F(CloseTest, ARunThatEndsWhileTheQuestionIsOpenNeedsNoSaving) {
    window_->close();
    record_->end_training(true);
    settle();
    ASSERT_TRUE(answer("Save and quit"));
    EXPECT_TRUE(record_->all<StopTraining>().empty());
    EXPECT_FALSE(window_->isVisible());
}

}  // namespace
}  // namespace denoise::testing
