#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <cmath>

#include "tests/ui/support/window_fixture.h"

namespace denoise::testing {
namespace {

class HealthLabelTest : public WindowTest {
  protected:
    QPushButton* apply() { return find<QPushButton>("apply_fix"); }
    QString text() { return find<QLabel>("health")->text(); }
    bool says(const QString& part) {
        return QTest::qWaitFor([&] { return text().contains(part); }, 2000);
    }
    void start() {
        record_->class_names.assign(10, "digit");
        actions()["train"]->trigger();
        settle();
    }
    void send_steps(std::int64_t from, std::int64_t to, double loss) {
        MetricsBatch batch{record_->training_job, {}};
        for (std::int64_t step = from; step <= to; ++step) {
            batch.steps.push_back(make_metrics(step));
            if (!std::isnan(loss) || step == to) batch.steps.back().loss = loss;
        }
        record_->send(batch);
        settle();
    }
};

TEST_F(HealthLabelTest, SaysWhatIsNormalAndWhenShapesAppear) {
    open();
    EXPECT_TRUE(text().isEmpty());
    start();
    EXPECT_TRUE(says("The first steps.")) << text().toStdString();
    record_->train(30);  // at 104 images/s, 3.25 steps/s
    settle();
    // Of 2,000 steps, with a warm-up of 100
    EXPECT_TRUE(says("Falling as it should. Shapes usually appear near step 90, in about 10 s."))
        << text().toStdString();
    record_->train(600);
    settle();
    EXPECT_TRUE(QTest::qWaitFor([&] { return !text().contains("Shapes"); }, 2000)) << text().toStdString();
}

TEST_F(HealthLabelTest, SaysLessAboutATrainingThatWasNotMeasured) {
    open();
    window_->editor().use_preset(find_preset("classic"));
    start();
    record_->train(30);
    settle();
    EXPECT_TRUE(says("Falling as it should."));
    EXPECT_EQ(text(), "Falling as it should.");
}

TEST_F(HealthLabelTest, SaysWhatIsWrongAndWhatToDo) {
    open();
    start();
    record_->train(180);
    send_steps(201, 240, 2.5);
    EXPECT_TRUE(says("Rising")) << text().toStdString();
    EXPECT_TRUE(text().contains("try half of it"));
    EXPECT_FALSE(text().contains("usually")) << "no promise";
    send_steps(241, 241, std::nan(""));
    EXPECT_TRUE(says("no longer a number")) << text().toStdString();
}

TEST_F(HealthLabelTest, AppliesAChangeThatIsPossibleDuringTheTraining) {
    open();
    start();
    record_->train(180);
    EXPECT_FALSE(apply()->isVisible()) << "all is well";
    send_steps(201, 240, 2.5);
    ASSERT_TRUE(says("Rising"));
    ASSERT_TRUE(apply()->isVisible());
    EXPECT_EQ(apply()->text(), "Apply: Learning rate 0.001");
    QTest::mouseClick(apply(), Qt::LeftButton);
    settle();
    ASSERT_EQ(record_->all<ChangeTraining>().size(), 1u);
    EXPECT_EQ(record_->config.training.learning_rate, 0.001) << "half of that of the preset";
    send_steps(241, 242, 2.5);
    EXPECT_TRUE(says("It was changed a moment ago")) << text().toStdString();
    EXPECT_FALSE(apply()->isVisible()) << "it would be halved again and again";
}

TEST_F(HealthLabelTest, IsNotCutOnALowPage) {
    open();
    window_->resize(1024, 700);
    actions()["show_model"]->trigger();
    actions()["tab_train"]->trigger();
    start();
    record_->train(180);
    send_steps(201, 240, 2.5);
    ASSERT_TRUE(says("Rising"));
    ASSERT_TRUE(apply()->isVisible());
    settle();
    const QWidget* label = find<QLabel>("health")->parentWidget();
    const int bottom = apply()->mapTo(label, QPoint(0, apply()->height())).y();
    EXPECT_GE(label->height(), bottom) << "the button is complete";
    EXPECT_GE(apply()->height(), apply()->sizeHint().height());
    const auto* text = find<QLabel>("health");
    EXPECT_GE(text->height(), text->heightForWidth(text->width()));
}

TEST_F(HealthLabelTest, SetsUpANewRunWithAChangeThatIsNotPossibleDuringTheTraining) {
    open();
    window_->editor().set_value("schedule", std::string("linear"));
    window_->editor().set_value("scale_ends", false);
    window_->editor().set_value("timesteps", std::int64_t{300});
    start();
    EXPECT_TRUE(says("The schedule never reaches noise alone: 22 %")) << text().toStdString();
    ASSERT_TRUE(apply()->isVisible());
    EXPECT_TRUE(apply()->text().startsWith("New run with")) << apply()->text().toStdString();
    QTest::mouseClick(apply(), Qt::LeftButton);
    settle();
    EXPECT_EQ(record_->all<StopTraining>().size(), 1u);
    EXPECT_TRUE(record_->all<ChangeTraining>().empty());
    EXPECT_TRUE(window_->editor().config().schedule.scale_ends);
    EXPECT_EQ(window_->editor().config().schedule.timesteps, 300) << "everything else is as before";
    EXPECT_TRUE(shows_text("with one change"));
    EXPECT_EQ(record_->all<StartTraining>().size(), 1u) << "a person starts it";
}

TEST_F(HealthLabelTest, SeveralFindingsShareTheLine) {
    open();
    window_->editor().set_value("schedule", std::string("linear"));
    window_->editor().set_value("scale_ends", false);
    window_->editor().set_value("timesteps", std::int64_t{300});
    start();
    auto* more = find<QToolButton>("more_findings");
    EXPECT_FALSE(more->isVisible());
    SampleFigures figures{{{0.1}, 0.2, 0}, {{0.1}, 0.2, 0}, 16, 6};
    record_->send(PreviewJudged{record_->training_job, record_->step, figures});
    record_->train(5);
    settle();
    EXPECT_TRUE(says("6 of 16 samples are nearly a training image")) << text().toStdString();
    ASSERT_TRUE(more->isVisible());
    EXPECT_EQ(more->text(), "1 more");
    QStringList texts;
    for (auto* label : more->menu()->findChildren<QLabel*>()) texts << label->text();
    for (const QAction* action : more->menu()->actions()) texts << action->text();
    EXPECT_TRUE(texts.join('\n').contains("never reaches noise")) << texts.join('\n').toStdString();
    EXPECT_TRUE(texts.join('\n').contains("New run with"));
}

}  // namespace
}  // namespace denoise::testing
