#include "ui/widgets/elided_combo_box.h"

#include <gtest/gtest.h>

#include <QImage>
#include <QStyleOptionComboBox>

#include "tests/ui/support/application.h"

namespace denoise::ui {
namespace {

/// A box with one item, whose field has room for a text of `room` pixels.
QImage drawn(const QString& text, const QString& short_text, int room) {
    ElidedComboBox box(Qt::ElideMiddle);
    box.addItem(text);
    box.setItemData(0, short_text, ElidedComboBox::short_text_role);
    QStyleOptionComboBox option;
    option.initFrom(&box);
    box.resize(300, box.sizeHint().height());
    option.rect = box.rect();
    const QRect field =
        box.style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, &box);
    box.resize(300 - field.width() + room, box.height());
    return box.grab().toImage();
}

TEST(ElidedComboBox, ShowsTheShortTextWhereTheTextDoesNotFit) {
    const QString text = "DPM-Solver++ 2M SDE", brief = "DPM++ 2M SDE";
    const QFontMetrics metrics(QComboBox().font());
    const int whole = metrics.horizontalAdvance(text), less = metrics.horizontalAdvance(brief);
    EXPECT_EQ(drawn(text, brief, whole + 4), drawn(text, {}, whole + 4));
    EXPECT_EQ(drawn(text, brief, less + 4), drawn(brief, {}, less + 4));
    EXPECT_NE(drawn(text, brief, less + 4), drawn(text, {}, less + 4));
    EXPECT_EQ(drawn(text, brief, less / 2), drawn(brief, {}, less / 2)) << "elided";
}

}  // namespace
}  // namespace denoise::ui
