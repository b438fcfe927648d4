// The example that plays at the first start, in the real window on the real engine.

#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <filesystem>

#include "tests/ui/window/real_engine_fixture.h"
#include "ui/pages/denoise/example_note.h"
#include "ui/paths/folders.h"
#include "ui/picture/film_strip.h"
#include "ui/picture/picture_view.h"

namespace denoise::testing {
namespace {

using ui::ExampleNote;

class ExampleTest : public RealEngineTest {
  protected:
    /// The first start of the program, up to the first frames of the example.
    [[nodiscard]] bool start_for_the_first_time() {
        if (!open()) return false;
        window_->welcome();
        return until([this] { return film_.size() > 2; });
    }
    ExampleNote& note() { return *window_->findChild<ExampleNote*>(); }
    QString readout() { return denoise().findChild<QLabel*>("readout")->text(); }
    QComboBox& samples() { return *denoise().findChild<QComboBox*>("samples"); }
    bool is_empty(const QTemporaryDir& folder) {
        return std::filesystem::is_empty(folder.path().toStdString());
    }
};

TEST_F(ExampleTest, PlaysAtTheFirstStartAndCanBeScrubbedAtOnce) {
    ASSERT_TRUE(start_for_the_first_time());
    EXPECT_TRUE(denoise().isVisible());
    ASSERT_TRUE(note().isVisible());
    EXPECT_EQ(note().stage(), ExampleNote::Stage::noise);
    const QString before = readout();
    ASSERT_TRUE(until([&] { return readout() != before; })) << "it plays by itself";

    key(Qt::Key_Home);
    const QString first = readout();
    QTest::qWait(300);
    EXPECT_EQ(readout(), first) << "the person has taken over";
    EXPECT_EQ(shown(0), film_.frame(0).x_t);
    ASSERT_TRUE(until([this] { return film_.ended(); }));
    EXPECT_EQ(film_.image_count(), 16);
    for (int i = 0; i < film_.size() / 2; ++i) key(Qt::Key_Right);
    EXPECT_EQ(note().stage(), ExampleNote::Stage::guess);
    key(Qt::Key_End);
    EXPECT_EQ(note().stage(), ExampleNote::Stage::picture);
    EXPECT_EQ(shown(0), film_.frame(film_.size() - 1).x_t);
}

TEST_F(ExampleTest, TheFilmStripIsVisibleInASmallWindow) {
    ASSERT_TRUE(start_for_the_first_time());
    auto* strip = denoise().findChild<ui::FilmStrip*>();
    for (const QSize& size : {QSize(1366, 768), QSize(1024, 700)}) {
        window_->resize(size);
        QTest::qWait(50);
        EXPECT_TRUE(strip->isVisible()) << size.width();
        EXPECT_TRUE(note().isVisible());
        EXPECT_EQ(note().is_compact(), size.width() == 1024);
        for (const auto* view : denoise().findChildren<ui::PictureView*>())
            EXPECT_GE(view->height(), 140) << size.width();
    }
    key(Qt::Key_Home);
    const auto captions = [this] {
        QString all;
        for (const auto* label : note().findChildren<QLabel*>())
            if (label->isVisible()) all += label->text();
        return all;
    };
    EXPECT_TRUE(captions().contains("The noise"));
    EXPECT_FALSE(captions().contains("The guess")) << "one after the other";
}

TEST_F(ExampleTest, IsNoRunAndKeepsNoCommandFromBeingUsed) {
    ASSERT_TRUE(start_for_the_first_time());
    EXPECT_EQ(link().state(), EngineState::sampling);
    EXPECT_TRUE(train_button()->isEnabled());
    EXPECT_FALSE(link().run());
    EXPECT_FALSE(find<QWidget>("run_note")->isVisible());
    EXPECT_FALSE(action("export_model")->isEnabled());
    EXPECT_EQ(window_->windowTitle(), "Denoise Lab");
    EXPECT_TRUE(is_empty(runs_)) << "the folder with the runs is left alone";
    ASSERT_TRUE(train());
    EXPECT_FALSE(window_->findChild<ExampleNote*>()->isVisible());
    EXPECT_EQ(samples().count(), 0) << "it has made room";
    EXPECT_EQ(link().run()->step > 0, true);
}

TEST_F(ExampleTest, DrawsMoreOnRequest) {
    ASSERT_TRUE(start_for_the_first_time());
    ASSERT_TRUE(until([this] { return film_.ended() && action("sample")->isEnabled(); }));
    auto* classes = denoise().findChild<QComboBox*>("class");
    ASSERT_EQ(classes->count(), 17) << "ten digits, six shapes, and all in turn";
    classes->setCurrentIndex(4);
    ASSERT_TRUE(sample());
    EXPECT_EQ(film_.start().model, ui::example_model());
    EXPECT_EQ(film_.start().request.label, 3);
    EXPECT_FALSE(link().run());
    EXPECT_EQ(samples().count(), 2);
    EXPECT_TRUE(samples().itemText(0).startsWith("Example")) << samples().itemText(0).toStdString();
}

TEST_F(ExampleTest, StaysClosedAndComesBackByTheMenu) {
    ASSERT_TRUE(start_for_the_first_time());
    QTest::mouseClick(denoise().findChild<QToolButton*>("close_example"), Qt::LeftButton);
    EXPECT_FALSE(note().isVisible());
    EXPECT_TRUE(shows_text("Train a model or open a run first."));
    EXPECT_FALSE(action("sample")->isEnabled());
    ASSERT_TRUE(reaches(EngineState::idle)) << "its job is cancelled";
    EXPECT_EQ(samples().count(), 0);

    film_ = {};
    ASSERT_TRUE(open());
    window_->welcome();
    QTest::qWait(100);
    EXPECT_FALSE(denoise().isVisible()) << "it was closed";
    EXPECT_EQ(film_.size(), 0);
    QAction* show = action("show_example");
    ASSERT_TRUE(show->isEnabled());
    EXPECT_TRUE(window_->menuBar()->actions().back()->menu()->actions().contains(show));
    show->trigger();
    ASSERT_TRUE(until([this] { return film_.ended(); }));
    EXPECT_TRUE(note().isVisible());
}

TEST_F(ExampleTest, DoesNotPlayWhereSomethingWasTrained) {
    ASSERT_TRUE(std::filesystem::create_directory(runs_.path().toStdString() + "/a run"));
    ASSERT_TRUE(open());
    window_->welcome();
    QTest::qWait(100);
    EXPECT_FALSE(denoise().isVisible());
    EXPECT_EQ(film_.size(), 0);
    EXPECT_EQ(link().state(), EngineState::idle);
}

TEST_F(ExampleTest, IsShownBesideAnOpenRunWithoutReplacingIt) {
    ASSERT_TRUE(open_and_train());
    const std::filesystem::path run = link().run()->folder;
    action("show_example")->trigger();
    ASSERT_TRUE(until([this] { return film_.ended(); }));
    EXPECT_TRUE(note().isVisible());
    EXPECT_EQ(link().run()->folder, run);
    ASSERT_TRUE(sample());
    EXPECT_TRUE(film_.start().model.empty()) << "from the run";
    EXPECT_FALSE(note().isVisible());
    EXPECT_TRUE(samples().itemText(0).startsWith("Sample 1")) << "the example has no number";
}

}  // namespace
}  // namespace denoise::testing
