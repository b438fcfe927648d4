#include "ui/pages/noise/curve_editor.h"

#include <gmock/gmock.h>

#include <QSignalSpy>
#include <QTest>
#include <cmath>

#include "tests/ui/support/application.h"
#include "ui/theme/theme.h"

namespace denoise::testing {
namespace {

using ui::CurveEditor;

class CurveEditorTest : public ::testing::Test {
  protected:
    CurveEditorTest() {
        editor_.resize(600, 400);
        editor_.set_points(start_);
        editor_.show();
    }
    void drag(QPointF from, QPointF to) {
        QTest::mousePress(&editor_, Qt::LeftButton, {}, from.toPoint());
        QMouseEvent move(QEvent::MouseMove, QPointF(to.toPoint()), editor_.mapToGlobal(QPointF(to.toPoint())),
                         Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&editor_, &move);
        QTest::mouseRelease(&editor_, Qt::LeftButton, {}, to.toPoint());
    }
    CurvePoint point(int index) const { return editor_.points().at(static_cast<std::size_t>(index)); }

    const std::vector<CurvePoint> start_ = {{0, 9}, {0.5, 0}, {1, -9}};
    ui::Theme theme_;
    CurveEditor editor_{theme_};
};

TEST_F(CurveEditorTest, APointGoesWhereItIsDragged) {
    editor_.set_quantity(CurveEditor::Quantity::log_snr);
    const QSignalSpy edited(&editor_, &CurveEditor::edited);
    const QPointF from = editor_.place_of(1), to = from + QPointF(60, -40);
    drag(from, to);
    EXPECT_EQ(editor_.selected(), 1);
    EXPECT_EQ(edited.count(), 1);
    const QPointF away = editor_.place_of(1) - to;
    EXPECT_LT(std::hypot(away.x(), away.y()), 2);
    EXPECT_GT(point(1).position, 0.55);
    EXPECT_GT(point(1).log_snr, 2);
    EXPECT_EQ(point(0), start_[0]);
    EXPECT_EQ(point(2), start_[2]);
}

TEST_F(CurveEditorTest, WhereverAPointIsDraggedTheCurveStaysValid) {
    for (const auto quantity : {CurveEditor::Quantity::alpha_bar, CurveEditor::Quantity::log_snr})
        for (int index = 0; index < 3; ++index)
            for (const QPointF to :
                 {QPointF(-500, -500), QPointF(1000, 900), QPointF(300, 399), QPointF(0, 0)}) {
                editor_.set_quantity(quantity);
                editor_.set_points(start_);
                drag(editor_.place_of(index), to);
                EXPECT_NO_THROW(check_points(editor_.points()));
            }
    EXPECT_EQ(editor_.points().size(), 3u);
}

TEST_F(CurveEditorTest, AHorizontalWayKeepsTheValue) {
    // At an alpha_bar of 0.9999, a pixel is worth more than all digits.
    editor_.set_points({{0, 12}, {0.4, 9.21}, {1, -9}});
    drag(editor_.place_of(1), editor_.place_of(1) + QPointF(80, 0));
    EXPECT_GT(point(1).position, 0.45);
    EXPECT_DOUBLE_EQ(point(1).log_snr, 9.21);
}

TEST_F(CurveEditorTest, PointsAreAddedAndRemoved) {
    const QPointF between = (editor_.place_of(0) + editor_.place_of(1)) / 2;
    QTest::mouseDClick(&editor_, Qt::LeftButton, {}, between.toPoint());
    ASSERT_EQ(editor_.points().size(), 4u);
    EXPECT_EQ(editor_.selected(), 1) << "the new one";
    EXPECT_NEAR(point(1).position, 0.25, 0.01);
    EXPECT_NEAR(point(1).log_snr, curve_through(start_, 101)[25], 0.5) << "on the curve";
    QTest::keyClick(&editor_, Qt::Key_Delete);
    EXPECT_EQ(editor_.points(), start_);
    editor_.select(0);
    QTest::keyClick(&editor_, Qt::Key_Delete);
    EXPECT_EQ(editor_.points(), start_) << "the ends stay";
    EXPECT_FALSE(editor_.can_remove());
    for (int i = 0; i < 40; ++i) {
        editor_.select(i % static_cast<int>(editor_.points().size()));
        QTest::keyClick(&editor_, Qt::Key_Insert);
        ASSERT_NO_THROW(check_points(editor_.points()));
    }
    EXPECT_LE(editor_.points().size(), most_points);
}

TEST_F(CurveEditorTest, TheKeyboardSelectsAndMovesPoints) {
    editor_.select(0);
    QTest::keyClick(&editor_, Qt::Key_PageDown);
    EXPECT_EQ(editor_.selected(), 1);
    QTest::keyClick(&editor_, Qt::Key_Up);
    EXPECT_NEAR(point(1).log_snr, 0.1, 1e-9);
    QTest::keyClick(&editor_, Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_NEAR(point(1).position, 0.6, 1e-9);
    QTest::keyClick(&editor_, Qt::Key_End);
    EXPECT_EQ(editor_.selected(), 2);
    EXPECT_EQ(editor_.selected_text().left(12), "Point 3 of 3");
    QTest::keyClick(&editor_, Qt::Key_Left);
    EXPECT_EQ(point(2).position, 1) << "the last point keeps its position";
}

}  // namespace
}  // namespace denoise::testing
