#include <QCheckBox>
#include <QColorDialog>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QToolButton>

#include "tests/ui/support/application.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/panels/preparation/class_balance_view.h"
#include "ui/panels/preparation/example_list.h"
#include "ui/panels/preparation/left_out_list.h"
#include "ui/panels/preparation/preparation_section.h"
#include "ui/panels/preparation/prepare_dialog.h"
#include "ui/panels/setup/setup_panel.h"
#include "ui/window/dataset_finder.h"
#include "ui/window/message_bar.h"
#include "ui/window/posted_jobs.h"

namespace denoise::testing {
namespace {

/// Wide pictures in two classes, with one duplicate and one file that is no picture.
class PreparationTest : public WindowTest {
  protected:
    void SetUp() override {
        WindowTest::SetUp();
        for (int i = 0; i < 12; ++i) add("cat/" + QString::number(i), i);
        for (int i = 0; i < 3; ++i) add("dog/" + QString::number(i), 20 + i);
        add("cat/copy", 3);
        QFile broken(pictures_.filePath("dog/broken.png"));
        ASSERT_TRUE(broken.open(QIODevice::WriteOnly) && broken.write("no picture") > 0);
    }
    void add(const QString& name, int seed) {
        QImage image(96, 48, QImage::Format_RGB32);
        image.fill(QColor::fromHsv(seed * 37 % 360, 200, 220));
        QPainter painter(&image);
        painter.fillRect(8 * (seed % 5), 10, 30, 4 * (1 + seed % 7),
                         QColor::fromHsv(seed * 71 % 360, 255, 90));
        painter.end();
        QDir(pictures_.path()).mkpath(QFileInfo(pictures_.filePath(name)).path());
        ASSERT_TRUE(image.save(pictures_.filePath(name + ".png")));
    }
    DatasetConfig config() const { return {.dataset = pictures_.path().toStdString(), .image_size = 32}; }
    std::unique_ptr<ui::PrepareDialog> open_dialog(const QString& locked = {}) {
        auto dialog = std::make_unique<ui::PrepareDialog>(theme_, config(), false, locked);
        dialog->show();
        EXPECT_TRUE(is_complete(*dialog));
        return dialog;
    }
    /// Waits until all images have been read.
    static bool is_complete(const ui::PrepareDialog& dialog) {
        QTest::qWait(400);  // changes are tried after a moment
        const auto* stop = dialog.findChild<QPushButton*>("stop_preview");
        return QTest::qWaitFor([stop] { return !stop->isVisible(); }, 20'000);
    }
    static void choose(const ui::PrepareDialog& dialog, const char* setting, const QString& title) {
        auto* box = dialog.findChild<QComboBox*>(setting);
        box->setCurrentIndex(box->findText(title));
        Q_EMIT box->activated(box->currentIndex());
    }
    static QString text(const QWidget& widget, const char* label) {
        return widget.findChild<QLabel*>(label)->text();
    }
    static QImage example(const ui::PrepareDialog& dialog, int row = 0) {
        const auto* list = dialog.findChild<ui::ExampleList*>();
        return list->item(row)->icon().pixmap(list->iconSize()).toImage();
    }
    QTemporaryDir pictures_;
};

TEST_F(PreparationTest, ShowsRealPicturesBeforeAndAfter) {
    const auto dialog = open_dialog();
    const auto* list = dialog->findChild<ui::ExampleList*>();
    EXPECT_EQ(list->count(), 16);
    EXPECT_TRUE(list->item(0)->text().contains("96×48 → 32×32")) << list->item(0)->text().toStdString();
    EXPECT_EQ(text(*dialog, "summary"), "16 images of 32×32, colour, 2 classes. 1 left out");
    const QImage image = example(*dialog);
    // The picture is half as high as it is wide, so that its frame is empty above it; the image fills its
    // own.
    const QRgb backdrop = theme_.colour(ui::Colour::backdrop).rgb();
    EXPECT_EQ(image.pixel(10, 5), backdrop);
    EXPECT_NE(image.pixel(image.width() - 20, 10), backdrop);
}

TEST_F(PreparationTest, AChangeIsShownAndAppliedOnlyWhenWanted) {
    const auto dialog = open_dialog();
    QSignalSpy applied(dialog.get(), &ui::PrepareDialog::applied);
    auto* apply = dialog->findChild<QPushButton*>("apply");
    EXPECT_FALSE(apply->isEnabled());
    const QImage cropped = example(*dialog);
    choose(*dialog, "fit", "Pad");
    EXPECT_TRUE(apply->isEnabled());
    ASSERT_TRUE(is_complete(*dialog));
    EXPECT_NE(example(*dialog), cropped);
    EXPECT_TRUE(applied.isEmpty());
    apply->click();
    ASSERT_EQ(applied.size(), 1);
    EXPECT_EQ(applied[0][0].value<DatasetConfig>().fit, DatasetConfig::Fit::pad);
}

TEST_F(PreparationTest, CancelAppliesNothing) {
    const auto dialog = open_dialog();
    QSignalSpy applied(dialog.get(), &ui::PrepareDialog::applied);
    choose(*dialog, "fit", "Stretch");
    dialog->findChild<QPushButton*>("cancel")->click();
    EXPECT_TRUE(applied.isEmpty());
    EXPECT_FALSE(dialog->isVisible());
}

TEST_F(PreparationTest, DuplicatesAreShownAsPairsWithTheirNames) {
    const auto dialog = open_dialog();
    choose(*dialog, "duplicates", "Leave out identical images");
    ASSERT_TRUE(is_complete(*dialog));
    const auto* list = dialog->findChild<ui::LeftOutList*>();
    ASSERT_EQ(list->count(), 2);
    EXPECT_EQ(list->item(0)->text(), "cat/copy.png\nA duplicate of cat/3.png, which stays");
    EXPECT_FALSE(list->item(0)->icon().isNull());
    EXPECT_TRUE(list->item(1)->text().contains("broken.png\nIt is not a PNG"))
        << list->item(1)->text().toStdString();
    EXPECT_EQ(dialog->findChild<QTabWidget*>()->tabText(1), "Left out (2)");
    EXPECT_EQ(text(*dialog, "summary"), "15 images of 32×32, colour, 2 classes. 2 left out");
}

TEST_F(PreparationTest, AnImageIsLeftOutAndUsedAgain) {
    const auto dialog = open_dialog();
    auto* examples = dialog->findChild<ui::ExampleList*>();
    examples->setCurrentRow(0);
    QTest::keyClick(examples, Qt::Key_Delete);
    EXPECT_EQ(dialog->config().exclude_images, "cat/0.png");
    ASSERT_TRUE(is_complete(*dialog));
    EXPECT_EQ(text(*dialog, "summary"), "15 images of 32×32, colour, 2 classes. 2 left out");
    auto* left_out = dialog->findChild<ui::LeftOutList*>();
    EXPECT_TRUE(left_out->item(0)->text().startsWith("cat/0.png\n"));
    left_out->setCurrentRow(0);
    QTest::keyClick(left_out, Qt::Key_Delete);
    EXPECT_EQ(dialog->config().exclude_images, "");
}

TEST_F(PreparationTest, AClassIsLeftOutByItsCheckBox) {
    const auto dialog = open_dialog();
    auto* classes = dialog->findChild<ui::ClassBalanceView*>();
    ASSERT_EQ(classes->count(), 2);
    EXPECT_EQ(classes->item(1)->data(Qt::AccessibleTextRole).toString(), "dog: 3 images");
    EXPECT_TRUE(text(*dialog, "class_note").contains("dog (3 images)"));
    classes->item(1)->setCheckState(Qt::Unchecked);
    EXPECT_EQ(dialog->config().exclude_classes, "dog");
    ASSERT_TRUE(is_complete(*dialog));
    EXPECT_EQ(text(*dialog, "summary"), "13 images of 32×32, colour. 4 left out");
    ASSERT_EQ(classes->count(), 2);
    EXPECT_EQ(classes->item(1)->checkState(), Qt::Unchecked);
    classes->item(0)->setCheckState(Qt::Unchecked);
    EXPECT_TRUE(dialog->findChild<QLabel*>("problem")->isVisible());
    EXPECT_FALSE(dialog->findChild<QPushButton*>("apply")->isEnabled());
    classes->item(1)->setCheckState(Qt::Checked);
    EXPECT_TRUE(dialog->findChild<QPushButton*>("apply")->isEnabled());
    EXPECT_EQ(dialog->config().exclude_classes, "cat");
}

TEST_F(PreparationTest, AWrongBackgroundIsToldAtItsField) {
    const auto dialog = open_dialog();
    auto* background = dialog->findChild<QLineEdit*>("background");
    background->selectAll();
    QTest::keyClicks(background, "blue");
    ASSERT_TRUE(is_complete(*dialog));
    bool told = false;
    for (auto* label : dialog->findChildren<QLabel*>())
        told = told || (label->isVisible() && label->text().contains("takes a colour such as #ffffff"));
    EXPECT_TRUE(told);
    EXPECT_FALSE(dialog->findChild<QPushButton*>("apply")->isEnabled());
}

TEST_F(PreparationTest, TheBackgroundIsChosenByItsColour) {
    const auto dialog = open_dialog();
    dialog->findChild<QToolButton*>("choose_background")->click();
    auto* colours = dialog->findChild<QColorDialog*>();
    ASSERT_TRUE(colours);
    Q_EMIT colours->colorSelected(QColor(18, 52, 86));
    colours->reject();
    EXPECT_EQ(dialog->config().background, "#123456");
    EXPECT_EQ(dialog->findChild<QLineEdit*>("background")->text(), "#123456");
}

TEST_F(PreparationTest, ThePreparationOfAnOpenRunIsLocked) {
    const auto dialog = open_dialog("A run is open");
    EXPECT_EQ(text(*dialog, "locked"), "A run is open");
    for (const char* field : {"fit", "colour", "duplicates"})
        EXPECT_FALSE(dialog->findChild<QComboBox*>(field)->isEnabled()) << field;
    EXPECT_FALSE(dialog->findChild<QCheckBox*>("flip")->isEnabled());
    EXPECT_FALSE(dialog->findChild<QPushButton*>("apply")->isVisible());
    auto* examples = dialog->findChild<ui::ExampleList*>();
    examples->setCurrentRow(0);
    QTest::keyClick(examples, Qt::Key_Delete);
    EXPECT_EQ(dialog->config(), config());
}

TEST_F(PreparationTest, FlipsHaveAdviceWithAReason) {
    ui::PrepareDialog dialog(theme_, {.image_limit = 200}, true, {});  // glyphs
    dialog.show();
    ASSERT_TRUE(is_complete(dialog));
    EXPECT_EQ(text(dialog, "flip_advice"), "Recommended: off. Mirrored digits are no digits.");
    QSignalSpy applied(&dialog, &ui::PrepareDialog::applied);
    dialog.findChild<QCheckBox*>("flip")->click();
    dialog.findChild<QPushButton*>("apply")->click();
    ASSERT_EQ(applied.size(), 1);
    EXPECT_FALSE(applied[0][1].toBool());
}

TEST_F(PreparationTest, ItsWidgetsHaveNames) {
    const auto dialog = open_dialog();
    EXPECT_EQ(nameless_widgets(*dialog), QStringList());
}

TEST_F(PreparationTest, ADialogThatIsClosedWhileItReadsEndsAtOnce) {
    for (int i = 0; i < 200; ++i) add("many/" + QString::number(i), i);
    for (int round = 0; round < 5; ++round) {
        ui::PrepareDialog dialog(theme_, config(), false, {});
        dialog.show();
        QTest::qWait(10 * round);
    }
}

class PrepareCommandTest : public PreparationTest {
  protected:
    ui::PrepareDialog* dialog() { return window_->findChild<ui::PrepareDialog*>(); }
};

TEST_F(PrepareCommandTest, TheWindowLoadsWhatWasApplied) {
    open();
    window_->open_path(pictures_.path());
    settle();
    QTest::mouseClick(find<QPushButton>("prepare"), Qt::LeftButton);
    ASSERT_TRUE(dialog());
    choose(*dialog(), "fit", "Pad");
    dialog()->findChild<QCheckBox*>("flip")->click();
    dialog()->findChild<QPushButton*>("apply")->click();
    settle();
    EXPECT_EQ(window_->editor().config().dataset.fit, DatasetConfig::Fit::pad);
    EXPECT_TRUE(window_->editor().config().training.flip);
    EXPECT_EQ(record_->all<LoadDataset>().back().config.fit, DatasetConfig::Fit::pad);
}

TEST_F(PrepareCommandTest, NamesToLeaveOutAreOfOneDataset) {
    open();
    window_->open_path(pictures_.path());
    settle();
    DatasetConfig prepared = window_->editor().config().dataset;
    prepared.exclude_classes = "dog";
    prepared.fit = DatasetConfig::Fit::pad;
    window_->editor().use_dataset(prepared);
    actions()["use_glyphs"]->trigger();
    EXPECT_EQ(window_->editor().config().dataset.exclude_classes, "");
    EXPECT_EQ(window_->editor().config().dataset.fit, DatasetConfig::Fit::pad);
}

TEST_F(PrepareCommandTest, AnOpenRunLocksIt) {
    open();
    actions()["train"]->trigger();
    settle();
    actions()["prepare_dataset"]->trigger();
    ASSERT_TRUE(dialog());
    EXPECT_TRUE(text(*dialog(), "locked").contains("Stop the run"));
    dialog()->reject();
}

TEST_F(PrepareCommandTest, SetupShowsTheSizesOfClassesAndWarnsOfSmallOnes) {
    open();
    DatasetReady dataset;
    dataset.config = window_->editor().config().dataset;
    dataset.name = "Pets";
    dataset.count = 1003;
    dataset.channels = 1, dataset.height = dataset.width = 28;
    dataset.class_names = {"cat", "emu"};
    dataset.class_counts = {1000, 3};
    record_->send(dataset);
    settle();
    auto* section = window_->findChild<ui::PreparationSection*>();
    EXPECT_TRUE(text(*section, "small_classes").contains("emu (3 images)"));
    auto* classes = section->findChild<ui::ClassBalanceView*>();
    EXPECT_FALSE(classes->isVisible());
    section->findChild<QToolButton*>("show_classes")->click();
    EXPECT_EQ(classes->count(), 2);
    EXPECT_EQ(classes->item(0)->text(), "1,000");
}

TEST_F(PrepareCommandTest, TheDatasetOfAMovedRunCanBeChosen) {
    open();
    ui::MessageBar messages(theme_);
    messages.show();
    ui::PostedJobs jobs(window_->link());
    jobs.set_known_datasets([] { return QStringList{"/data/photos"}; });
    new ui::DatasetFinder(window_->link(), jobs, messages, *window_);
    const JobId job = jobs.post(ResumeTraining{.folder = "/runs/1"});
    EXPECT_EQ(record_->all<ResumeTraining>().back().known_datasets, std::vector<std::string>{"/data/photos"});
    const Error missing{"Cannot find the dataset of the run", "/old: it is no longer there", "Give its place",
                        "dataset"};
    record_->end_job(job, Outcome::failed, missing);
    settle();
    auto* find_it = button("Find the folder…", &messages);
    ASSERT_TRUE(find_it);
    find_it->click();
    auto* dialog = window_->findChild<QFileDialog*>("find_dataset");
    ASSERT_TRUE(dialog);
    Q_EMIT dialog->fileSelected(pictures_.path());
    dialog->reject();
    EXPECT_EQ(record_->all<ResumeTraining>().back().folder, "/runs/1");
    EXPECT_EQ(record_->all<ResumeTraining>().back().dataset, pictures_.path().toStdString());
}

TEST_F(PrepareCommandTest, OtherErrorsOfARunOfferNoDataset) {
    open();
    ui::MessageBar messages(theme_);
    messages.show();
    ui::PostedJobs jobs(window_->link());
    new ui::DatasetFinder(window_->link(), jobs, messages, *window_);
    const JobId job = jobs.post(ResumeTraining{.folder = "/runs/1"});
    record_->end_job(job, Outcome::failed, {"Cannot open the run", "it is damaged", "Restore it"});
    settle();
    EXPECT_FALSE(button("Find the folder…", &messages));
}

TEST_F(PreparationTest, TheBoxesOfTheClassesLookLikeOtherCheckBoxes) {
    const auto dialog = open_dialog();
    auto* classes = dialog->findChild<ui::ClassBalanceView*>();
    const QRgb accent = theme_.colour(ui::Colour::accent).rgb();
    int filled = 0;
    const QImage image = classes->grab().toImage();
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width() / 4; ++x) filled += image.pixel(x, y) == accent;
    EXPECT_GT(filled, 2 * 60) << "of 14 x 14 pixels each, with a check mark";
}

TEST_F(PreparationTest, TheFormShowsAllClassesAndScrollsAsAWhole) {
    ui::ClassBalanceView view(theme_);
    const std::vector<std::string> names = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"};
    const std::vector<std::int64_t> counts(names.size(), 100);
    view.set_classes(names, counts);
    const int of_setup = view.sizeHint().height();
    view.set_checkable(true);
    view.set_classes(names, counts);
    EXPECT_GE(view.sizeHint().height(), 13 * ui::space::target);
    EXPECT_LT(of_setup, 11 * ui::space::target) << "in Setup, the list scrolls";
}

TEST_F(PreparationTest, AnImageWithoutANameIsCalledByItsNumber) {
    ui::ExampleList list(theme_);
    PreparedExample example;
    example.name = "3";
    example.class_name = "7";
    list.set_examples({example});
    EXPECT_EQ(list.item(0)->text(), "image 3, class 7");
}

}  // namespace
}  // namespace denoise::testing
