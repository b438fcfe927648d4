// Sample and Export act on what is in front, and there is one button for each.

#include <QFrame>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolBar>
#include <QToolButton>

#include "tests/ui/panels/runs_fixture.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/export/row_export_dialog.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/noise/noise_page.h"
#include "ui/picture/picture_view.h"
#include "ui/window/message_bar.h"
#include "ui/window/page_tabs.h"

namespace denoise::testing {
namespace {

class FrontTest : public WindowTest {
  protected:
    /// The visible buttons of the window with this text, those of the pages and of the tool bar.
    int visible_buttons(const QString& text) {
        int count = 0;
        for (auto* each : window_->findChildren<QAbstractButton*>())
            if (each->isVisible() && each->text().remove('&').remove(QChar(0x2026)) == text) ++count;
        return count;
    }
    ui::RowExportDialog* row_export() { return window_->findChild<ui::RowExportDialog*>(); }
};

TEST_F(FrontTest, ThereIsOneButtonForEach) {
    open();
    record_->send_run(RunConfig{}, 500, false);
    settle();
    for (const char* tab : {"tab_train", "tab_denoise", "tab_compare"}) {
        actions()[tab]->trigger();
        if (QString(tab) == "tab_denoise") actions()["sample"]->trigger();
        settle();
        EXPECT_EQ(visible_buttons("Sample"), 1) << tab;
        EXPECT_EQ(visible_buttons("Export"), 1) << tab;
    }
    actions()["tab_noise"]->trigger();
    settle();
    EXPECT_EQ(visible_buttons("Sample"), 0) << "here it is called New noise";
    EXPECT_EQ(visible_buttons("New noise"), 1);
}

TEST_F(FrontTest, OnTheNoisePageNewNoiseIsSampledAndThePicturesAreExported) {
    open();
    actions()["tab_noise"]->trigger();
    settle();
    auto* page = window_->findChild<ui::NoisePage*>();
    const Picture before = page->picture();
    ASSERT_FALSE(before.empty());
    ASSERT_TRUE(actions()["sample"]->isEnabled()) << "without a model";
    actions()["sample"]->trigger();
    EXPECT_NE(page->picture(), before);
    EXPECT_EQ(&window_->findChild<ui::PageTabs*>()->current(), page);

    ASSERT_TRUE(actions()["export"]->isEnabled());
    actions()["export"]->trigger();
    ASSERT_TRUE(row_export());
    const QString file = folder_.filePath("noised.png");
    row_export()->findChild<QLineEdit*>("path")->setText(file);
    const QSignalSpy saved(row_export(), &ui::RowExportDialog::exported);
    row_export()->findChild<QPushButton*>("export")->click();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !saved.isEmpty(); }, 5000));
    settle();
    const QImage image(file);
    EXPECT_GT(image.width(), 3 * image.height() / 2) << "x_t, x_0 and eps side by side";
    EXPECT_TRUE(shows_text("Saved " + file));
    EXPECT_TRUE(button("Open", window_->findChild<ui::MessageBar*>()));
    EXPECT_TRUE(button("Show in folder", window_->findChild<ui::MessageBar*>()));
}

TEST_F(FrontTest, OnTheTrainPageTheGridOfSamplesIsExported) {
    open();
    actions()["tab_train"]->trigger();
    settle();
    EXPECT_FALSE(actions()["export"]->isEnabled()) << "there is nothing yet";
    EXPECT_EQ(actions()["export"]->toolTip(), "This page shows nothing to export yet.");
    actions()["train"]->trigger();
    settle();
    ASSERT_TRUE(actions()["export"]->isEnabled());
    actions()["export"]->trigger();
    ASSERT_TRUE(row_export());
    row_export()->close();
    actions()["sample"]->trigger();
    settle();
    EXPECT_EQ(window_->findChild<ui::PageTabs*>()->currentIndex(), 1) << "samples are shown on Denoise";
}

/// With two runs in the list, of which the first one is open.
class FrontListTest : public RunsTest {
  protected:
    void open_two() {
        add_run("waves");
        add_run("dunes");
        open_list();
        record_->send_run(RunConfig{}, 200, false);
        settle();
    }
    bool is_on_denoise() { return window_->findChild<ui::PageTabs*>()->currentIndex() == 1; }
};

TEST_F(FrontListTest, TheSelectedRunIsSampledWhileTheListIsInFront) {
    open_two();
    actions()["tab_train"]->trigger();
    click(row_of("dunes"));
    ASSERT_TRUE(view()->hasFocus());
    EXPECT_TRUE(actions()["sample"]->toolTip().contains("dunes"))
        << actions()["sample"]->toolTip().toStdString();
    actions()["sample"]->trigger();
    settle();
    ASSERT_EQ(record_->all<OpenModel>().size(), 1u);
    EXPECT_EQ(record_->all<OpenModel>()[0].path, runs_folder() / "dunes");
    ASSERT_EQ(record_->all<Sample>().size(), 1u) << "once it is open";
    EXPECT_TRUE(is_on_denoise());
    EXPECT_FALSE(actions()["export"]->toolTip().contains("dunes")) << "the samples are in front now";
}

TEST_F(FrontListTest, ARunInTrainingStaysOpenAndTheSelectedOneIsSampledBesideIt) {
    open_two();
    actions()["train"]->trigger();
    settle();
    click(row_of("dunes"));
    actions()["sample"]->trigger();
    settle();
    EXPECT_TRUE(record_->all<OpenModel>().empty());
    ASSERT_EQ(record_->all<Sample>().size(), 1u);
    EXPECT_EQ(record_->all<Sample>()[0].model, runs_folder() / "dunes");
    EXPECT_EQ(record_->all<Sample>()[0].request.label, -1) << "its classes may be others";
}

TEST_F(FrontListTest, AClickOnAPageReturnsTheCommandsToThePage) {
    open_two();
    actions()["tab_denoise"]->trigger();
    actions()["sample"]->trigger();
    settle();
    click(row_of("dunes"));
    ASSERT_TRUE(actions()["export"]->toolTip().contains("dunes"));
    auto* picture = window_->findChild<ui::DenoisePage*>()->findChild<ui::PictureView*>();
    QTest::mouseClick(picture, Qt::LeftButton);
    EXPECT_FALSE(view()->hasFocus());
    EXPECT_FALSE(actions()["export"]->toolTip().contains("dunes"));
    actions()["sample"]->trigger();
    settle();
    EXPECT_TRUE(record_->all<OpenModel>().empty()) << "the open model is sampled";
}

TEST_F(FrontListTest, SeveralSelectedRunsLeaveTheCommandsToThePage) {
    open_two();
    click(row_of("waves"));
    ASSERT_TRUE(actions()["sample"]->toolTip().contains("waves"));
    click(row_of("dunes"), Qt::ControlModifier);
    EXPECT_FALSE(actions()["sample"]->toolTip().contains("waves"));
    EXPECT_FALSE(actions()["sample"]->toolTip().contains("dunes"));
}

}  // namespace
}  // namespace denoise::testing
