#include <gtest/gtest.h>

#include <QApplication>
#include <QContextMenuEvent>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>
#include <set>

#include "tests/ui/support/application.h"
#include "ui/picture/conversion.h"
#include "ui/picture/film_strip.h"
#include "ui/picture/picture_inspector.h"
#include "ui/picture/picture_view.h"
#include "ui/picture/pixel_canvas.h"
#include "ui/picture/pixel_scale.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

ImageBatch numbered_images(int count, int side) {
    ImageBatch batch{count, 1, side, side, {}};
    for (int i = 0; i < count; ++i)
        batch.pixels.insert(batch.pixels.end(), static_cast<std::size_t>(side * side),
                            static_cast<std::uint8_t>(10 * (i + 1)));
    return batch;
}

Picture checkers(int width, int height) {
    Picture picture{width, height, 3, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (const int value : {x % 2 * 255, y % 2 * 255, 7})
                picture.pixels.push_back(static_cast<std::uint8_t>(value));
    return picture;
}

TEST(Pictures, SurviveTheWayToQtAndBack) {
    const Picture colour = checkers(5, 3);
    EXPECT_EQ(from_image(to_image(colour)), colour);
    const Picture grey{3, 2, 1, {0, 50, 100, 150, 200, 255}};
    EXPECT_EQ(from_image(to_image(grey)), grey);
    EXPECT_EQ(picture_of(batch_of(colour), 0), colour);
    EXPECT_TRUE(to_image({}).isNull());
    EXPECT_TRUE(from_image({}).empty());
}

TEST(Pictures, TransparencyIsLaidOnWhite) {
    QImage clear(1, 1, QImage::Format_ARGB32);
    clear.fill(Qt::transparent);
    EXPECT_EQ(from_image(clear), (Picture{1, 1, 1, {255}}));
}

TEST(PixelScale, IsAMultipleOfHalvesOrAFraction) {
    EXPECT_EQ(PixelScale::fitting({28, 28}, {100, 90}).applied_to({28, 28}), QSize(84, 84));
    EXPECT_EQ(PixelScale::fitting({32, 32}, {56, 56}).applied_to({32, 32}), QSize(48, 48)) << "and not 32";
    EXPECT_EQ(PixelScale::fitting({32, 32}, {81, 99}).applied_to({32, 32}), QSize(80, 80));
    EXPECT_EQ(PixelScale::fitting({28, 28}, {28, 28}).applied_to({28, 28}), QSize(28, 28));
    EXPECT_EQ(PixelScale::fitting({100, 50}, {60, 60}).applied_to({100, 50}), QSize(50, 25));
    EXPECT_EQ(PixelScale::fitting({90, 90}, {70, 80}).applied_to({90, 90}), QSize(60, 60)) << "two of three";
    EXPECT_EQ(PixelScale::fitting({100, 50}, {0, -5}).applied_to({100, 50}), QSize(1, 1));
}

TEST(PixelScale, FillsAtLeastTwoThirdsOfEveryRoom) {
    for (const int side : {8, 28, 32, 64, 256})
        for (int room = 20; room <= 700; room += 7) {
            const int shown =
                PixelScale::fitting({side, side}, {room, room}).applied_to({side, side}).width();
            EXPECT_LE(shown, room);
            EXPECT_GE(shown, room * 2 / 3 - 1) << side << " in " << room;
        }
}

TEST(PixelScale, HalvesMakeEveryPixelEquallyWide) {
    // White on black in turn: each pixel of 1.5 has a whole device pixel and half of a common one.
    const QImage row = to_image(Picture{6, 2, 1, {0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255}});
    const QImage shown = PixelScale::fitting({6, 2}, {9, 3}).scaled(row);
    ASSERT_EQ(shown.size(), QSize(9, 3));
    for (int y = 0; y < 3; ++y) {
        std::vector<int> values;
        for (int x = 0; x < 9; ++x) values.push_back(qGray(shown.pixel(x, y)));
        EXPECT_EQ(values, (std::vector<int>{0, 128, 255, 0, 128, 255, 0, 128, 255}));
    }
    // Therefore a picture stays as bright as it is.
    const QImage spot = to_image(Picture{4, 1, 1, {0, 0, 200, 0}});
    const QImage large = PixelScale::fitting({4, 1}, {10, 9}).scaled(spot);
    double sum = 0;
    for (int x = 0; x < large.width(); ++x) sum += qGray(large.pixel(x, 0));
    EXPECT_NEAR(sum / large.width(), 50, 1);
    const QImage colours = PixelScale::fitting({5, 3}, {13, 99}).scaled(to_image(checkers(5, 3)));
    EXPECT_EQ(colours.size(), QSize(12, 7));
    EXPECT_EQ(colours.pixelColor(0, 0), QColor(0, 0, 7));
    EXPECT_EQ(colours.pixelColor(2, 0), QColor(128, 0, 7)) << "between the first and the second pixel";
}

TEST(PictureView, SmoothPicturesFillTheRoom) {
    Theme theme;
    PictureView view(theme);
    view.resize(500, 300);
    view.set_picture(checkers(77, 77));
    const int as_squares = view.image_rect(0).height();
    QSignalSpy wanted(&theme, &Theme::smooth_pictures_wanted);
    QTimer::singleShot(0, &view, [] {
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        ASSERT_TRUE(menu);
        ASSERT_EQ(menu->actions().size(), 1);
        QTest::keyClick(menu, Qt::Key_Down);
        QTest::keyClick(menu, Qt::Key_Return);
    });
    QContextMenuEvent event(QContextMenuEvent::Keyboard, {5, 5}, view.mapToGlobal(QPoint(5, 5)));
    QApplication::sendEvent(&view, &event);
    ASSERT_EQ(wanted.count(), 1);
    EXPECT_TRUE(wanted[0][0].toBool());
    theme.set_smooth_pictures(true);
    EXPECT_GT(view.image_rect(0).height(), as_squares);
    EXPECT_GE(view.image_rect(0).height(), 290);
    std::set<QRgb> colours;
    const QImage shot = view.grab(view.image_rect(0)).toImage();
    for (int x = 0; x < shot.width(); ++x) colours.insert(shot.pixel(x, shot.height() / 2));
    EXPECT_GT(colours.size(), 4u) << "values between those of the pixels";
}

TEST(PictureView, DrawsEveryPixelAsASquareOfItsExactColour) {
    const Theme theme;
    PictureView view(theme);
    view.resize(100, 100);
    view.set_picture(checkers(4, 4));
    const QImage shot = view.grab().toImage();
    const QRect place = view.image_rect(0);
    ASSERT_EQ(place.width(), place.height());
    ASSERT_EQ(place.width() % 4, 0);
    const int side = place.width() / 4;
    for (int y = 0; y < place.height(); ++y)
        for (int x = 0; x < place.width(); ++x)
            ASSERT_EQ(shot.pixelColor(place.topLeft() + QPoint(x, y)),
                      QColor(x / side % 2 * 255, y / side % 2 * 255, 7));
}

TEST(PictureView, GridStaysWhereItIsWhilePicturesComeIn) {
    const Theme theme;
    PictureView view(theme);
    view.resize(300, 200);
    view.set_images(numbered_images(6, 8));
    std::vector<QRect> before;
    for (int i = 0; i < 6; ++i) before.push_back(view.image_rect(i));
    view.set_images(numbered_images(6, 8));
    for (int i = 0; i < 6; ++i) EXPECT_EQ(view.image_rect(i), before[static_cast<std::size_t>(i)]);
    EXPECT_FALSE(before[0].intersects(before[1]));
}

TEST(PictureView, AClickNamesTheImageUnderIt) {
    const Theme theme;
    PictureView view(theme);
    view.resize(300, 200);
    view.set_images(numbered_images(6, 8));
    view.show();
    QSignalSpy clicked(&view, &PictureView::clicked);
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.image_rect(4).center());
    ASSERT_EQ(clicked.count(), 1);
    EXPECT_EQ(clicked[0][0].toInt(), 4);
    QTest::mouseClick(&view, Qt::LeftButton, {}, {1, 1});
    EXPECT_EQ(clicked.count(), 1) << "the backdrop is no image";
}

TEST(PictureView, ShowsOneImageLargerThanInTheGrid) {
    const Theme theme;
    PictureView view(theme);
    view.resize(300, 200);
    view.set_images(numbered_images(6, 8));
    const int in_grid = view.image_rect(2).width();
    view.set_only(2);
    EXPECT_GT(view.image_rect(2).width(), in_grid);
    EXPECT_TRUE(view.image_rect(1).isEmpty());
    view.set_images(numbered_images(2, 8));
    EXPECT_FALSE(view.image_rect(0).isEmpty()) << "there is no image 2 any more, so all are shown";
}

TEST(PictureView, ImagesKeepTheirPlacesInAPaneOfAnotherShape) {
    const Theme theme;
    PictureView view(theme);
    view.set_images(numbered_images(16, 8));
    for (const QSize size : {QSize(400, 400), QSize(700, 200), QSize(200, 700)}) {
        view.resize(size);
        EXPECT_EQ(view.image_rect(0).left(), view.image_rect(12).left()) << "four rows of four";
        EXPECT_EQ(view.image_rect(0).top(), view.image_rect(3).top());
    }
}

TEST(PictureView, ArrowKeysSelectAndReturnOpens) {
    const Theme theme;
    PictureView view(theme);
    view.resize(200, 200);
    view.set_images(numbered_images(9, 8));
    QSignalSpy clicked(&view, &PictureView::clicked);
    // The image that Return opens after these keys, in three rows of three
    const auto opened_after = [&](const std::vector<Qt::Key>& keys) {
        for (const Qt::Key key : keys) QTest::keyClick(&view, key);
        QTest::keyClick(&view, Qt::Key_Return);
        return clicked.last().at(0).toInt();
    };
    EXPECT_EQ(opened_after({Qt::Key_Right}), 0);
    EXPECT_EQ(opened_after({Qt::Key_Right, Qt::Key_Down}), 4);
    EXPECT_EQ(opened_after({Qt::Key_Up, Qt::Key_Up}), 1);
}

TEST(FilmStrip, ClickTakesTheFrameOfTheThumbnailAndDragReachesEveryFrame) {
    const Theme theme;
    FilmStrip strip(theme);
    strip.resize(400, strip.sizeHint().height());
    const ImageBatch images = numbered_images(1, 28);
    strip.set_frames(50, [&images](int) { return picture_of(images, 0); });
    int current = -1;
    QObject::connect(&strip, &FilmStrip::chosen, &strip, [&](int frame) { current = frame; });
    strip.grab();
    QTest::mouseClick(&strip, Qt::LeftButton, {}, strip.point_of(0));
    EXPECT_EQ(current, 0);
    QTest::mouseClick(&strip, Qt::LeftButton, {}, strip.point_of(49));
    EXPECT_EQ(current, 49);
    QTest::mousePress(&strip, Qt::LeftButton, {}, strip.point_of(49));
    for (const int frame : {33, 17, 16}) {
        QMouseEvent move(QEvent::MouseMove, strip.point_of(frame), strip.mapToGlobal(strip.point_of(frame)),
                         Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&strip, &move);
        EXPECT_EQ(current, frame);
    }
}

TEST(FilmStrip, ACompactStripIsLowerAndItsCaptionsHaveTheirRoom) {
    const Theme theme;
    FilmStrip strip(theme);
    const ImageBatch images = numbered_images(1, 28);
    int drawn = 0;
    strip.set_caption([&drawn](int frame) {
        ++drawn;
        return QString("t = %1").arg(1000 + frame);
    });
    strip.set_frames(100, [&images](int) { return picture_of(images, 0); });
    const int height = strip.sizeHint().height();
    strip.set_compact(true);
    EXPECT_LE(strip.sizeHint().height(), height - 16);
    strip.resize(600, strip.sizeHint().height());
    drawn = 0;
    strip.grab();
    const int caption = QFontMetrics(theme.caption()).horizontalAdvance("t = 1000");
    EXPECT_GT(drawn, 5);
    EXPECT_LE(drawn, 600 / caption + 8) << "and not one for each of the small pictures";
}

TEST(FilmStrip, MovingTheMarkAsksForNoPictureAgain) {
    Theme theme;
    FilmStrip strip(theme);
    strip.resize(600, strip.sizeHint().height());
    int asked = 0;
    int shade = 40;
    strip.set_frames(50, [&](int) {
        ++asked;
        return Picture{2, 2, 1, std::vector<std::uint8_t>(4, static_cast<std::uint8_t>(shade))};
    });
    strip.set_current(0);
    const QImage first = strip.grab().toImage();
    asked = 0;
    strip.set_current(49);
    const QImage moved = strip.grab().toImage();
    EXPECT_EQ(asked, 0);
    EXPECT_NE(moved, first) << "the mark is somewhere else";
    strip.set_current(0);
    EXPECT_EQ(strip.grab().toImage(), first);
    shade = 200;
    strip.refresh();
    EXPECT_NE(strip.grab().toImage(), first) << "pictures that have changed are drawn again";
    EXPECT_GT(asked, 0);
}

TEST(FilmStrip, TheMarkedThumbnailIsOfTheCurrentFrameAlsoBetweenTwoOthers) {
    const Theme theme;
    FilmStrip strip(theme);
    std::set<int> captions, pictures;
    strip.set_caption([&](int frame) {
        captions.insert(frame);
        return QString("t = %1").arg(1000 + frame);
    });
    strip.set_frames(50, [&](int frame) {
        pictures.insert(frame);
        return Picture{2, 2, 1, std::vector<std::uint8_t>(4, static_cast<std::uint8_t>(5 * frame))};
    });
    strip.resize(400, strip.sizeHint().height());
    strip.set_current(0);
    strip.grab();
    ASSERT_LT(captions.size(), 12u) << "not every frame has a thumbnail";
    for (int frame = 20; frame < 24; ++frame) {
        captions.clear();
        pictures.clear();
        strip.set_current(frame);
        strip.grab();
        EXPECT_TRUE(captions.contains(frame)) << frame;
    }
    EXPECT_TRUE(pictures.contains(23) || captions.size() < 2) << "its picture, too";
}

TEST(FilmStrip, ThereIsAirBetweenTwoCaptions) {
    const Theme theme;
    FilmStrip strip(theme);
    strip.set_compact(true);
    strip.set_caption([](int frame) { return QString("t = %1").arg(1000 + frame); });
    strip.set_frames(100, [](int) { return Picture{2, 2, 1, {0, 80, 160, 240}}; });
    strip.resize(640, strip.sizeHint().height());
    std::set<int> places;
    int shown = 0;
    strip.set_caption([&](int frame) {
        shown += places.insert(frame).second ? 1 : 0;
        return QString("t = %1").arg(1000 + frame);
    });
    places.clear();
    shown = 0;
    strip.grab();
    const int caption = QFontMetrics(theme.caption()).horizontalAdvance("t = 1000");
    EXPECT_LE(shown * (caption + 8), 640 + 8);
}

TEST(PictureInspector, NamesTheValueOfThePixelAsByteAndAsTheNetworkSeesIt) {
    const Theme theme;
    PictureInspector inspector(theme);
    inspector.set_picture({2, 1, 1, {0, 255}}, "title");
    auto* canvas = inspector.findChild<PixelCanvas*>();
    auto* readout = inspector.findChild<QLabel*>();
    ASSERT_NE(readout, nullptr);
    ASSERT_NE(canvas, nullptr);
    EXPECT_EQ(canvas->size(), QSize(16, 8)) << "eight times as large";
    QTest::keyClick(canvas, Qt::Key_Right);
    EXPECT_TRUE(readout->text().contains("x 0, y 0: 0 of 255; network input -1.00"))
        << readout->text().toStdString();
    QTest::keyClick(canvas, Qt::Key_Right);
    EXPECT_TRUE(readout->text().contains("x 1, y 0: 255 of 255; network input 1.00"))
        << readout->text().toStdString();
    inspector.set_picture({2, 1, 1, {0, 100}}, "title");
    EXPECT_TRUE(readout->text().contains("100 of 255")) << "a film runs under the pointer";
}

}  // namespace
}  // namespace denoise::ui
