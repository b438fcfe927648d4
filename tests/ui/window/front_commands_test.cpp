// Sample and Export act on what is in front, and there is one button for each.

#include <QFrame>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolBar>
#include <QToolButton>

#include "tests/ui/support/window_fixture.h"
#include "ui/export/row_export_dialog.h"
#include "ui/pages/noise/noise_page.h"
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

}  // namespace
}  // namespace denoise::testing
