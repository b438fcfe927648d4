#include <QComboBox>
#include <QDoubleSpinBox>

#include "tests/ui/support/window_fixture.h"
#include "ui/pages/denoise/denoise_page.h"

namespace denoise::testing {
namespace {

TEST_F(WindowTest, SamplesOfAnEarlierRunAreNamedAfterIt) {
    open();
    record_->class_names = {"zero", "one", "two"};
    RunConfig config;
    config.unet.classes = 3;
    config.unet.unlabelled_class = true;
    record_->folder = "/tmp/First run";
    record_->send_run(config, 500, false);
    settle();
    auto* page = window_->findChild<ui::DenoisePage*>();
    page->findChild<QComboBox*>("class")->setCurrentIndex(2);
    page->findChild<QDoubleSpinBox*>("guidance")->setValue(2.5);
    actions()["sample"]->trigger();
    settle();
    record_->folder = "/tmp/Second run";
    record_->send_run(config, 40, false);
    settle();
    auto* samples = find<QComboBox>("samples");
    EXPECT_TRUE(samples->currentText().contains("First run")) << samples->currentText().toStdString();
    EXPECT_TRUE(samples->currentText().contains("guidance 2.5"));
    EXPECT_TRUE(samples->currentText().contains("class one"));
    actions()["sample"]->trigger();
    settle();
    EXPECT_TRUE(samples->itemText(0).contains("Second run, step 40")) << samples->itemText(0).toStdString();
    EXPECT_TRUE(samples->itemText(1).contains("First run, step 500"));
}

}  // namespace
}  // namespace denoise::testing
