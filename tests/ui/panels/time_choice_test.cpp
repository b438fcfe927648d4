#include <QComboBox>
#include <QPushButton>
#include <QUndoStack>

#include "tests/ui/support/window_fixture.h"

namespace denoise::testing {
namespace {

class TimeChoiceTest : public WindowTest {
  protected:
    QPushButton* choice(const QString& text) {
        return qobject_cast<QPushButton*>(button(text, find<QWidget>("time_choice")));
    }
    QStringList chosen() {
        QStringList texts;
        for (auto* each : find<QWidget>("time_choice")->findChildren<QPushButton*>())
            if (each->isChecked()) texts << each->text();
        return texts;
    }
    const TrainingConfig& training() { return window_->editor().config().training; }
    void wait_for_forecast() {
        const std::size_t asked = record_->all<ForecastTraining>().size();
        EXPECT_TRUE(QTest::qWaitFor([&] { return record_->all<ForecastTraining>().size() > asked; }, 2000));
        settle();
    }
};

TEST_F(TimeChoiceTest, ChoosesPresetAndBudgetAndShowsTheForecastBeforeTheStart) {
    open();
    EXPECT_EQ(chosen(), QStringList{"10 min"}) << "the settings at the start";
    QTest::mouseClick(choice("60 min"), Qt::LeftButton);
    EXPECT_EQ(find<QComboBox>("preset")->currentText(), "Balanced");
    EXPECT_EQ(training().minutes, 60);
    EXPECT_EQ(chosen(), QStringList{"60 min"});
    wait_for_forecast();
    EXPECT_TRUE(shows_text("36,000 steps in 1 h 00 min")) << find<QLabel>("forecast")->text().toStdString();
    QTest::mouseClick(choice("2 min"), Qt::LeftButton);
    EXPECT_EQ(find<QComboBox>("preset")->currentText(), "Quick");
    EXPECT_EQ(training().minutes, 2);
    EXPECT_EQ(training().steps, 0);
    wait_for_forecast();
    EXPECT_TRUE(shows_text("1,200 steps in 2 min")) << find<QLabel>("forecast")->text().toStdString();
    EXPECT_TRUE(shows_text("In 2 min, you can expect ")) << "what to expect stands there before the start";
    EXPECT_TRUE(record_->all<StartTraining>().empty());
}

TEST_F(TimeChoiceTest, FollowsTheOtherSettingsAndIsUndoneAsOne) {
    open();
    const RunConfig before = window_->editor().config();
    QTest::mouseClick(choice("60 min"), Qt::LeftButton);
    QTest::mouseClick(choice("60 min"), Qt::LeftButton);
    EXPECT_EQ(chosen(), QStringList{"60 min"}) << "a second click does not release it";
    window_->editor().set_value("minutes", 45.0);
    EXPECT_TRUE(chosen().isEmpty());
    actions()["undo"]->trigger();
    actions()["undo"]->trigger();
    EXPECT_EQ(window_->editor().config(), before);
    EXPECT_EQ(chosen(), QStringList{"10 min"});
    window_->editor().set_value("steps", std::int64_t{500});
    EXPECT_TRUE(chosen().isEmpty()) << "a budget in steps";
    window_->editor().use_preset(find_preset("classic"));
    EXPECT_TRUE(chosen().isEmpty()) << "an hour, but with another preset";
}

TEST_F(TimeChoiceTest, IsLockedWhileARunIsOpen) {
    open();
    actions()["train"]->trigger();
    settle();
    EXPECT_FALSE(choice("2 min")->isEnabled());
    actions()["stop"]->trigger();
    settle();
    EXPECT_TRUE(choice("2 min")->isEnabled());
}

}  // namespace
}  // namespace denoise::testing
