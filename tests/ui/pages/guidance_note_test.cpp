#include <QDoubleSpinBox>
#include <QPushButton>

#include "tests/ui/support/window_fixture.h"
#include "ui/pages/denoise/sample_controls.h"

namespace denoise::testing {
namespace {

class GuidanceNoteTest : public WindowTest {
  protected:
    /// Samples with this guidance, of a run whose images have `clipped` of their values at 0 or 255. The
    /// samples of the engine have a third.
    void sample(double guidance, double clipped) {
        record_->send(
            PreviewJudged{record_->training_job, 20, {{{0.2}, 0.2, 0.3}, {{0.2}, 0.2, clipped}, 16, 0}});
        settle();
        guidance_field()->setValue(guidance);
        actions()["sample"]->trigger();
        settle();
    }
    void start() {
        record_->class_names.assign(10, "digit");
        open();
        actions()["train"]->trigger();
        settle();
        actions()["stop"]->trigger();
        settle();
        actions()["tab_denoise"]->trigger();
    }
    /// Each column of the Compare page has one, too.
    QDoubleSpinBox* guidance_field() {
        return window_->findChild<ui::SampleControls*>()->findChild<QDoubleSpinBox*>("guidance");
    }
    bool is_shown() { return find<QFrame>("guidance_note")->isVisible(); }
};

TEST_F(GuidanceNoteTest, SaysThatSamplesAreSaturatedAndOffersLessGuidance) {
    start();
    sample(6, 0.02);
    ASSERT_TRUE(is_shown());
    EXPECT_TRUE(shows_text("Guidance is too strong"));
    auto* weaker = find<QFrame>("guidance_note")->findChild<QPushButton*>();
    EXPECT_EQ(weaker->text(), "Guidance 3.5");
    QTest::mouseClick(weaker, Qt::LeftButton);
    EXPECT_EQ(guidance_field()->value(), 3.5);
    EXPECT_FALSE(is_shown());
}

TEST_F(GuidanceNoteTest, SaysNothingOfSamplesLikeTheImagesOrWithoutGuidance) {
    start();
    sample(6, 0.35);
    EXPECT_FALSE(is_shown()) << "the images are black and white, too";
    sample(1, 0.02);
    EXPECT_FALSE(is_shown()) << "the cause is another one";
}

}  // namespace
}  // namespace denoise::testing
