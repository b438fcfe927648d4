#include <gtest/gtest.h>

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QImage>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QUrl>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/plot/plot.h"
#include "ui/plot/plot_exports.h"
#include "ui/plot/plot_table.h"
#include "ui/plot/thinning.h"

namespace denoise::testing {
namespace {

TEST(CsvText, HasALineForEachXAndAllDigits) {
    const std::string text = ui::csv_text("Step", {{"Loss, raw", {{1, 0.1 + 0.2}, {2, 1e-300}, {4, 3}}},
                                                   {"mean of \"100\"", {{2, -7.5}, {3, 123456789}}}});
    EXPECT_EQ(text,
              "Step,\"Loss, raw\",\"mean of \"\"100\"\"\"\n"
              "1,0.30000000000000004,\n"
              "2,1e-300,-7.5\n"
              "3,,123456789\n"
              "4,3,\n");
}

TEST(CsvText, KeepsPointsWithTheSameX) {
    EXPECT_EQ(ui::csv_text("x", {{"y", {{1, 2}, {1, 3}}}}), "x,y\n1,2\n1,3\n");
    EXPECT_EQ(ui::csv_text("x", {}), "x\n");
}

TEST(Cut, EndsLinesAtTheEdges) {
    const auto line = ui::cut({{0, 0}, {2, 2}, {3, 3}, {5, 5}}, 1, 4);
    ASSERT_EQ(line.size(), 4u);
    EXPECT_EQ(line.front(), QPointF(1, 1));
    EXPECT_EQ(line.back(), QPointF(4, 4));
}

class PlotExportsTest : public ::testing::Test {
  protected:
    PlotExportsTest() {
        plot_.resize(400, 200);
        plot_.add_series({.quiet = true});
        plot_.add_series({.label = "mean of 100", .colour = 0});
        plot_.set_points(0, {{1, 0.5}, {2, 0.25}, {3, 0.75}});
        plot_.set_points(1, {{1, 0.5}, {2, 0.375}, {3, 0.5}});
        plot_.show();
        QTest::qWait(20);
    }
    QString path(const char* name) const { return folder_.filePath(name); }
    /// How many pixels have the colour of the curve.
    int inked(const QImage& image) const {
        int count = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x) {
                const QColor pixel = image.pixelColor(x, y), ink = theme_.series(0);
                count += std::abs(pixel.red() - ink.red()) + std::abs(pixel.green() - ink.green()) +
                             std::abs(pixel.blue() - ink.blue()) <
                         60;
            }
        return count;
    }

    QTemporaryDir folder_;
    ui::Theme theme_;
    ui::Plot plot_{theme_, "Step", "Loss"};
};

TEST_F(PlotExportsTest, APictureShowsTheCurvesInTwiceTheResolution) {
    plot_.exports().save_png(path("a.png"));
    const QImage image(path("a.png"));
    EXPECT_EQ(image.size(), QSize(800, 400));
    EXPECT_GT(inked(image), 1000);
    EXPECT_EQ(image.pixelColor(0, 399), theme_.colour(ui::Colour::panel)) << "not transparent";
}

TEST_F(PlotExportsTest, TheCursorIsNotInThePicture) {
    const QImage without = plot_.exports().picture();
    plot_.set_cursor(2.0);
    EXPECT_EQ(plot_.exports().picture(), without);
}

TEST_F(PlotExportsTest, AVectorGraphicLooksTheSame) {
    plot_.exports().save_svg(path("a.svg"));
    QSvgRenderer svg(path("a.svg"));
    ASSERT_TRUE(svg.isValid());
    EXPECT_EQ(svg.viewBox(), QRect(0, 0, 400, 200));
    QImage image(800, 400, QImage::Format_RGB32);
    image.fill(Qt::red);
    QPainter painter(&image);
    svg.render(&painter);
    painter.end();
    EXPECT_NEAR(inked(image), inked(plot_.exports().picture()), 600);
    const std::string text = read_text_file(path("a.svg").toStdString());
    EXPECT_NE(text.find("mean of 100"), std::string::npos) << "text stays text";
    EXPECT_EQ(text.find("data:image"), std::string::npos) << "nothing is a picture";
}

TEST_F(PlotExportsTest, ATableHasAllCurvesWithTheirNames) {
    plot_.exports().save_csv(path("a.csv"));
    EXPECT_EQ(read_text_file(path("a.csv").toStdString()),
              "Step,Loss,mean of 100\n1,0.5,0.5\n2,0.25,0.375\n3,0.75,0.5\n");
}

TEST_F(PlotExportsTest, TheClipboardAndADragGetThePicture) {
    plot_.exports().copy_picture();
    EXPECT_EQ(QGuiApplication::clipboard()->image().size(), QSize(800, 400));
    const auto dragged = plot_.exports().dragged();
    EXPECT_EQ(qvariant_cast<QImage>(dragged->imageData()).size(), QSize(800, 400));
    ASSERT_EQ(dragged->urls().size(), 1);
    EXPECT_EQ(QImage(dragged->urls()[0].toLocalFile()).size(), QSize(800, 400));
    EXPECT_TRUE(dragged->urls()[0].fileName() == "loss.png");
}

TEST_F(PlotExportsTest, AFolderThatIsNotThereIsAnError) {
    const QString nowhere = path("none/a.csv");
    EXPECT_THROW(plot_.exports().save_csv(nowhere), Error);
    EXPECT_THROW(plot_.exports().save_png(nowhere), Error);
    EXPECT_THROW(plot_.exports().save_svg(nowhere), Error);
}

/// What a person does with a chart of the window.
class ChartMenuTest : public WindowTest {
  protected:
    QAction* action(const QString& text) {
        auto* menu = find<QMenu>("chart_menu");
        for (QAction* each : menu ? menu->actions() : QList<QAction*>())
            if (each->text() == text) return each;
        return nullptr;
    }
    void press_button() {
        auto* chart = find<ui::Plot>("loss_chart");
        QTest::mouseClick(chart->findChild<QToolButton*>("export_chart"), Qt::LeftButton);
    }
    void save_as(const QString& command, const QString& path) {
        press_button();
        ASSERT_TRUE(action(command));
        action(command)->trigger();
        auto* dialog = find<QFileDialog>("chart_dialog");
        ASSERT_TRUE(dialog);
        Q_EMIT dialog->fileSelected(path);
        dialog->close();
        QTest::qWait(1);
    }
};

TEST_F(ChartMenuTest, TheLossIsSavedWithAllItsSteps) {
    open();
    actions()["train"]->trigger();
    settle();
    QTest::qWait(150);  // the chart is drawn ten times a second
    const QString path = folder_.filePath("loss.csv");
    save_as("Save values as CSV…", path);
    const QString text = QString::fromStdString(read_text_file(path.toStdString()));
    EXPECT_TRUE(text.startsWith("Step,Loss,mean of 6\n1,")) << text.left(60).toStdString();
    EXPECT_EQ(text.count('\n'), 21);
    EXPECT_TRUE(shows_text("Saved " + path)) << "and it can be opened";
    EXPECT_TRUE(button("Show in folder"));
}

TEST_F(ChartMenuTest, ACopyIsConfirmedAndAnErrorIsShown) {
    open();
    press_button();
    action("Copy picture")->trigger();
    settle();
    EXPECT_TRUE(shows_text("The chart was copied to the clipboard."));
    EXPECT_FALSE(QGuiApplication::clipboard()->image().isNull());
    press_button();
    EXPECT_FALSE(action("Save values as CSV…")->isEnabled()) << "there are none yet";
    save_as("Save as PNG…", folder_.filePath("none/x.png"));
    EXPECT_TRUE(shows_text("none/x.png"));
}

}  // namespace
}  // namespace denoise::testing
