#include <QFrame>
#include <QPushButton>
#include <QToolButton>

#include "tests/ui/support/window_fixture.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/picture/picture_view.h"
#include "ui/window/message_bar.h"
#include "ui/window/page_tabs.h"

namespace denoise::testing {
namespace {

class MessagesTest : public WindowTest {
  protected:
    void send_error(const std::string& what = "Cannot read the images") {
        record_->send(Problem{0, {what, "/data/x.gz: the gzip stream ends early", "Download it again"}});
        settle();
    }
    ui::MessageBar& bar() { return *window_->findChild<ui::MessageBar*>(); }
    QRect place_of(const QWidget* widget) {
        return {widget->mapTo(window_.get(), QPoint(0, 0)), widget->size()};
    }
};

TEST_F(MessagesTest, AMessageLiesOnThePageWhichStaysWhereItIs) {
    open();
    actions()["train"]->trigger();
    settle();
    auto* previews = find<ui::PictureView>("previews");
    const QRect pages = place_of(find<QWidget>("pages")), first = previews->image_rect(0);
    const QRect last = previews->image_rect(15), previews_before = place_of(previews);
    send_error();
    EXPECT_TRUE(bar().isVisible());
    EXPECT_EQ(place_of(find<QWidget>("pages")), pages);
    EXPECT_EQ(place_of(previews), previews_before);
    EXPECT_EQ(previews->image_rect(0), first);
    EXPECT_EQ(previews->image_rect(15), last);
    EXPECT_TRUE(pages.contains(place_of(&bar()))) << "it lies on the page";
    auto* dismiss = bar().findChild<QToolButton*>("dismiss");
    EXPECT_EQ(window_->childAt(place_of(dismiss).center()), dismiss) << "and nothing lies on it";
}

TEST_F(MessagesTest, ControlsOfThePageStayInReach) {
    open();
    record_->class_names = {"0", "1", "2"};
    record_->send_run(RunConfig{}, 500, false);
    settle();
    actions()["tab_denoise"]->trigger();
    for (const QSize size : {QSize(1280, 800), QSize(1024, 700)}) {
        window_->resize(size);
        settle();
        send_error();
        send_error("Cannot do another thing");
        auto* page = window_->findChild<ui::DenoisePage*>();
        auto* sample = page->findChild<QPushButton*>("sample");
        EXPECT_FALSE(place_of(&bar()).intersects(place_of(sample))) << size.width();
        EXPECT_FALSE(place_of(&bar()).intersects(place_of(page->findChild<QWidget*>("class"))))
            << size.width();
        EXPECT_EQ(window_->childAt(place_of(sample).center()), sample);
    }
}

TEST_F(MessagesTest, MessagesOverALowPageAreNotCut) {
    open();
    window_->resize(1024, 700);
    actions()["tab_denoise"]->trigger();
    actions()["show_evaluation"]->trigger();
    settle();
    for (const char* what : {"Cannot read the images", "Cannot do another thing", "Cannot do a third thing"})
        send_error(what);
    const QWidget* pages = find<QWidget>("pages");
    ASSERT_GT(place_of(&bar()).bottom(), place_of(pages).bottom()) << "there is no room for them on the page";
    EXPECT_TRUE(window_->rect().contains(place_of(&bar())));
    for (QFrame* message : bar().findChildren<QFrame*>("message"))
        EXPECT_EQ(message->visibleRegion().boundingRect(), message->rect());
    window_->resize(1024, 500);
    settle();
    EXPECT_TRUE(window_->rect().contains(place_of(&bar())));
}

TEST_F(MessagesTest, AnErrorThatWasDismissedIsOver) {
    open();
    const auto state = [this] {
        for (auto* label : window_->findChildren<QLabel*>())
            if (label->accessibleName() == "State") return label->text();
        return QString();
    };
    record_->manner = Manner::throwing;
    window_->open_path("/data/model.safetensors");
    settle();
    ASSERT_EQ(record_->state, EngineState::error);
    EXPECT_EQ(state(), "Error");
    bar().findChild<QToolButton*>("dismiss")->click();
    settle();
    EXPECT_EQ(state(), "Ready");
}

TEST_F(MessagesTest, TheKeyboardReachesAndDismissesThem) {
    open();
    window_->resize(1024, 700);  // all of the tool bar is visible
    settle();
    send_error();
    send_error("Cannot do another thing");
    auto* last_tool = find<QWidget>("runs_button");
    last_tool->setFocus();
    bool reached = false;
    for (int i = 0; i < 200 && !reached; ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        reached = bar().isAncestorOf(QApplication::focusWidget());
        ASSERT_FALSE(find<QWidget>("pages")->isAncestorOf(QApplication::focusWidget()))
            << "the messages come before the page below them, and not after "
            << QApplication::focusWidget()->metaObject()->className() << " "
            << QApplication::focusWidget()->objectName().toStdString();
    }
    ASSERT_TRUE(reached);
    QTest::keyClick(window_.get(), Qt::Key_Escape);
    settle();
    EXPECT_FALSE(shows_text("Cannot do another thing")) << "the newest one";
    EXPECT_TRUE(shows_text("Cannot read the images"));
    QTest::keyClick(window_.get(), Qt::Key_Escape);
    settle();
    EXPECT_FALSE(shows_text("Cannot read the images"));
    EXPECT_FALSE(bar().isVisible());
}

}  // namespace
}  // namespace denoise::testing
