#include <QComboBox>
#include <QDockWidget>
#include <QHelpEvent>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStyle>
#include <QStyleOptionComboBox>
#include <QToolButton>
#include <QToolTip>

#include "tests/ui/support/window_fixture.h"
#include "ui/pages/compare/compare_bar.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/denoise/sample_controls.h"
#include "ui/picture/film_strip.h"
#include "ui/picture/picture_view.h"
#include "ui/widgets/steady_label.h"
#include "ui/window/page_tabs.h"

namespace denoise::testing {
namespace {

class SmallScreenTest : public WindowTest {
  protected:
    void open_at(const QSize& size) {
        open();
        record_->class_names = {"0", "1", "2"};
        record_->send_run(RunConfig{}, 500, false);
        window_->resize(size);
        settle();
        ASSERT_EQ(window_->size(), size) << "the window can be this small";
    }
    /// The fields and buttons of `root` that the window does not show completely.
    QStringList cut_off(QWidget& root) {
        QStringList found;
        for (QWidget* widget : root.findChildren<QWidget*>()) {
            if (!widget->isVisible() || !(widget->focusPolicy() & Qt::TabFocus)) continue;
            const QRect whole(QPoint(), widget->size());
            if (widget->visibleRegion().boundingRect() != whole || widget->width() < 8)
                found << QString("%1 %2").arg(widget->metaObject()->className(), widget->accessibleName());
        }
        return found;
    }
    /// The texts of labels, buttons and boxes in `root` that are wider than their room. Names of pictures can
    /// have any length (ElidedLabel), and history lists have long lines, of which what differs comes first.
    /// Both have tooltips.
    QStringList cut_texts(QWidget& root) {
        QStringList found;
        const auto check = [&found](const QWidget& widget, const QString& text, int room) {
            if (!text.isEmpty() && widget.fontMetrics().horizontalAdvance(text) > room)
                found << QString("%1 %2: \"%3\" in %4")
                             .arg(widget.metaObject()->className(), widget.objectName(), text)
                             .arg(room);
        };
        for (auto* label : root.findChildren<QLabel*>())
            if (label->isVisible() && !label->wordWrap() &&
                dynamic_cast<ui::ElidedLabel*>(label) == nullptr && label->textFormat() != Qt::RichText &&
                !Qt::mightBeRichText(label->text()))
                check(*label, label->text().section('\n', 0, 0), label->contentsRect().width());
        for (auto* box : root.findChildren<QComboBox*>()) {
            if (!box->isVisible() || box->objectName() == "history") continue;
            QStyleOptionComboBox option;
            option.initFrom(box);
            option.editable = false;
            const QRect room =
                box->style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, box);
            check(*box, box->currentText(), room.width());
        }
        for (auto* button : root.findChildren<QAbstractButton*>())
            if (button->isVisible() && !button->text().isEmpty() &&
                button->width() < button->minimumSizeHint().width())
                found << QString("%1 \"%2\"").arg(button->metaObject()->className(), button->text());
        return found;
    }
    /// What needs much room, for a failure.
    static QString widths_in(const QWidget& root) {
        QString text;
        for (const QWidget* widget : root.findChildren<QWidget*>())
            if (widget->isVisible() && widget->minimumSizeHint().width() > 200)
                text += QString("%1 %2 needs %3\n")
                            .arg(widget->metaObject()->className(), widget->objectName())
                            .arg(widget->minimumSizeHint().width());
        return text;
    }
    QScrollArea* scroll_of(QWidget* page) {
        return qobject_cast<QScrollArea*>(page->parentWidget()->parentWidget());
    }
};

TEST_F(SmallScreenTest, AllOfTheDenoisePageIsVisibleAt1024By700) {
    open_at({1024, 700});
    actions()["tab_denoise"]->trigger();
    auto* page = window_->findChild<ui::DenoisePage*>();
    page->findChild<QPushButton*>("sample")->click();
    settle();
    EXPECT_EQ(cut_off(*page).join(", ").toStdString(), "");
    const QSize room = scroll_of(page)->maximumViewportSize();
    EXPECT_LE(page->width(), room.width()) << widths_in(*page).toStdString();
    EXPECT_LE(page->height(), room.height());
    for (auto* view : page->findChildren<ui::PictureView*>()) EXPECT_GE(view->height(), 140);
    EXPECT_TRUE(page->findChild<ui::FilmStrip*>()->isVisible());
    window_->resize(1366, 690);  // a screen of 1366 x 768, without its panel and the title of the window
    settle();
    EXPECT_EQ(cut_off(*page).join(", ").toStdString(), "");
    EXPECT_TRUE(page->findChild<ui::FilmStrip*>()->isVisible());
    EXPECT_LE(page->height(), scroll_of(page)->maximumViewportSize().height());
    for (auto* view : page->findChildren<ui::PictureView*>()) EXPECT_GE(view->height(), 180);
}

TEST_F(SmallScreenTest, TheToolBarIsCompleteAt1024By700) {
    open_at({1024, 700});
    actions()["tab_train"]->trigger();  // the other pages have the button Sample themselves
    settle();
    EXPECT_EQ(cut_off(*find<QWidget>("tools")).join(", ").toStdString(), "");
    for (auto* button : find<QWidget>("tools")->findChildren<QToolButton*>()) {
        const bool is_for_the_rest = button->objectName() == "qt_toolbar_ext_button";
        EXPECT_EQ(button->isVisible(), !is_for_the_rest) << button->text().toStdString();
    }
}

TEST_F(SmallScreenTest, TheControlsTakeOneRowWhereItFits) {
    open_at({1600, 900});
    actions()["tab_denoise"]->trigger();
    settle();
    auto* controls = window_->findChild<ui::SampleControls*>();
    const int one_row = controls->height();
    window_->resize(1024, 700);
    settle();
    EXPECT_GT(controls->height(), one_row * 3 / 2);
    window_->resize(1600, 900);
    settle();
    EXPECT_EQ(controls->height(), one_row);
}

TEST_F(SmallScreenTest, TheBarOfCompareTakesOneRowAt1024By700) {
    open_at({1024, 700});
    actions()["tab_compare"]->trigger();
    settle();
    auto* bar = window_->findChild<ui::CompareBar*>();
    const QRect seed = bar->findChild<QWidget*>("seed")->geometry();
    for (const char* name : {"dice", "count", "content", "view", "add", "show_settings"})
        EXPECT_LT(bar->findChild<QWidget*>(name)->y(), seed.bottom()) << name;
    EXPECT_EQ(cut_off(*bar).join(", ").toStdString(), "");
}

TEST_F(SmallScreenTest, ADockLeavesThePageItsRoom) {
    open_at({1024, 700});
    for (const char* shows : {"tab_runs", "show_model", "show_evaluation"}) {
        actions()[shows]->trigger();
        settle();
        EXPECT_GE(find<QWidget>("pages")->height(), 220) << shows;
        EXPECT_GE(find<QWidget>("runs_dock")->height(), 150) << shows;
    }
    EXPECT_LE(window_->minimumSizeHint().height(), 500) << "1920 x 1080 at 200 %";
}

TEST_F(SmallScreenTest, SetupIsNeverTooNarrowForItsFields) {
    open_at({1366, 768});
    auto* dock = find<QDockWidget>("setup_dock");
    window_->resizeDocks({dock}, {100}, Qt::Horizontal);
    settle();
    for (const QWidget* button : dock->widget()->findChildren<QWidget*>()) {
        if (!button->isVisible() || !(button->focusPolicy() & Qt::TabFocus)) continue;
        const int right = button->mapTo(dock->widget(), QPoint(button->width(), 0)).x();
        EXPECT_LE(right, dock->widget()->width()) << button->accessibleName().toStdString();
    }
}

// A general check, beside those of single fields: on no page of the smallest window, a text is cut.
TEST_F(SmallScreenTest, NoTextIsCutAt1024By700) {
    open_at({1024, 700});
    for (const char* tab : {"tab_train", "tab_denoise", "tab_noise", "tab_compare"}) {
        actions()[tab]->trigger();
        settle();
        EXPECT_EQ(cut_texts(*window_).join("\n").toStdString(), "") << tab;
    }
}

TEST_F(SmallScreenTest, NoTextIsCutInThePanelsAt1024By700) {
    open_at({1024, 700});
    for (const char* shows : {"tab_runs", "show_queue", "show_model", "show_evaluation"}) {
        actions()[shows]->trigger();
        settle();
        EXPECT_EQ(cut_texts(*find<QWidget>("runs_dock")).join("\n").toStdString(), "") << shows;
    }
}

TEST_F(SmallScreenTest, NoPageScrollsSidewaysBesideALowPanel) {
    open_at({1024, 700});
    for (const char* tab : {"tab_train", "tab_denoise", "tab_noise", "tab_compare"}) {
        actions()[tab]->trigger();
        actions()["show_evaluation"]->trigger();
        settle();
        for (auto* scroll : find<QWidget>("pages")->findChildren<QScrollArea*>())
            EXPECT_FALSE(scroll->isVisible() && scroll->horizontalScrollBar()->isVisible())
                << tab << widths_in(*scroll).toStdString();
    }
}

TEST(SteadyLabel, ANumberThatDoesNotFitIsElidedAndTheTooltipHasIt) {
    ui::SteadyLabel label("learning rate 0.0000000");
    label.setText("learning rate 0.0012345");
    label.resize(label.sizeHint());
    EXPECT_FALSE(label.is_elided());
    const QImage whole = label.grab().toImage();
    label.resize(label.width() - 30, label.height());
    label.show();
    EXPECT_TRUE(label.is_elided());
    const QImage narrow = label.grab().toImage();
    EXPECT_NE(whole.copy(narrow.rect()), narrow) << "not the same, cut off in the middle of a digit";
    QHelpEvent event(QEvent::ToolTip, QPoint(2, 2), label.mapToGlobal(QPoint(2, 2)));
    QApplication::sendEvent(&label, &event);
    EXPECT_EQ(QToolTip::text(), "learning rate 0.0012345");
    QToolTip::hideText();
}

}  // namespace
}  // namespace denoise::testing
