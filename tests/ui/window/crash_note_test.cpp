// What a person sees after the program has ended unexpectedly, and the way to the log.

#include <QComboBox>
#include <QDialog>
#include <QFile>
#include <QPlainTextEdit>
#include <QTabWidget>

#include "engine/base/log.h"
#include "engine/runs/run_folder.h"
#include "tests/fuzz/mutator.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/window/preferences_dialog.h"

namespace denoise::testing {
namespace {

class CrashNoteWindow : public WindowTest {
  protected:
    CrashNote note() const {
        CrashNote made;
        made.file = folder_.filePath("note.txt").toStdString();
        made.program = "denoise-lab";
        made.started = "2026-11-27 15:09:22";
        made.reason = "segmentation fault";
        made.text = "program denoise-lab\nreason segmentation fault\ncalls\n./denoise-lab(+0x1234)";
        return made;
    }
};

TEST_F(CrashNoteWindow, NothingIsSaidWithoutANote) {
    open().offer_crash_notes({});
    settle();
    EXPECT_FALSE(shows_text("ended unexpectedly"));
}

TEST_F(CrashNoteWindow, TheNoteIsOfferedAndShown) {
    open().offer_crash_notes({note()});
    settle();
    EXPECT_TRUE(
        shows_text("Denoise Lab, started at 2026-11-27 15:09:22, ended unexpectedly (segmentation fault)."));
    button("Show")->click();
    settle();
    auto* dialog = find<QDialog>("crash_note");
    ASSERT_NE(dialog, nullptr);
    EXPECT_TRUE(dialog->isVisible());
    EXPECT_TRUE(dialog->findChild<QPlainTextEdit*>()->toPlainText().contains("+0x1234"));
    EXPECT_TRUE(shows_text("note.txt"));
    EXPECT_FALSE(button("Show")) << "the offer has been answered";
}

TEST_F(CrashNoteWindow, ItCanBeDismissed) {
    open().offer_crash_notes({note(), note()});
    settle();
    EXPECT_TRUE(shows_text("1 earlier note"));
    button("Dismiss")->click();
    settle();
    EXPECT_FALSE(shows_text("ended unexpectedly"));
}

TEST_F(CrashNoteWindow, SaysFromWhereTheRunCanBeContinued) {
    RunHeader header;
    header.channels = 1;
    header.height = header.width = 28;
    CrashNote with_run = note();
    with_run.reason.clear();
    with_run.run = folder_.filePath("a run").toStdString();
    RunFolder::create(with_run.run, header);
    QFile checkpoint(folder_.filePath("a run/checkpoints/00000500.safetensors"));
    ASSERT_TRUE(checkpoint.open(QIODevice::WriteOnly));
    open().offer_crash_notes({with_run});
    settle();
    EXPECT_TRUE(shows_text(
        "ended unexpectedly while it was training “a run”. The run can be resumed from step 500."));
}

TEST_F(CrashNoteWindow, HelpNamesTheLogWhenItCannotBeOpened) {
    open();
    actions()["open_log"]->trigger();
    settle();
    EXPECT_TRUE(shows_text("There is no log file")) << "the tests have none";
}

TEST_F(CrashNoteWindow, TheLevelOfTheLogIsAPreference) {
    open();
    actions()["preferences"]->trigger();
    settle();
    auto* dialog = window_->findChild<ui::PreferencesDialog*>();
    auto* tabs = dialog->findChild<QTabWidget*>("preferences_tabs");
    auto* box = dialog->findChild<QComboBox*>("log_level");
    for (int i = 0; i < tabs->count(); ++i)
        if (tabs->widget(i)->isAncestorOf(box)) tabs->setCurrentIndex(i);
    EXPECT_EQ(box->currentText(), "Commands and results");
    QTest::keyClick(box, Qt::Key_Up);
    EXPECT_EQ(box->currentText(), "Everything");
    EXPECT_EQ(ui::load_preferences().log_level, LogLevel::debug) << "it is kept";
}

/// Whatever is in the file of the preferences, the window starts with values that make sense.
TEST(PreferencesFile, ThatIsDamagedIsNoError) {
    ui::save_preferences({});
    QSettings settings;
    settings.sync();
    QFile file(settings.fileName());
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const std::vector<std::string> inputs = {
        file.readAll().toStdString(),
        "[General]\nthreads=4\ntrajectory_megabytes=512\nlog_level=debug\nrecent_datasets=a, "
        "b\n[window]\ngeometry=@ByteArray(x)\n"};
    file.close();
    fuzz::Mutator mutator(3, {"@Variant(", "@ByteArray(", "@Invalid()", "\\x0", "[", "]", "=", "%",
                              "threads=", "-1", "99999999999", "\n", "@Size(1 2)"});
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        const std::string damaged = mutator.mutation(inputs);
        file.write(damaged.data(), static_cast<qint64>(damaged.size()));
        file.close();
        settings.sync();
        const ui::Preferences read = ui::load_preferences();
        ASSERT_GE(read.threads, 0);
        ASSERT_LE(read.threads, 1024);
        ASSERT_GE(read.trajectory_megabytes, 16);
        ASSERT_LE(read.trajectory_megabytes, 1 << 20);
    }
    QSettings().clear();
}

}  // namespace
}  // namespace denoise::testing
