#include <cmath>

#include "tests/ui/support/window_fixture.h"

namespace denoise::testing {
namespace {

class HealthLabelTest : public WindowTest {
  protected:
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

}  // namespace
}  // namespace denoise::testing
