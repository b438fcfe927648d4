#include <gtest/gtest.h>

#include <QApplication>
#include <QPalette>
#include <QSignalSpy>
#include <cmath>

#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

namespace denoise::testing {
namespace {

using ui::Appearance;
using ui::Colour;

double contrast(const QColor& a, const QColor& b) {
    const auto luminance = [](const QColor& colour) {
        const auto linear = [](double c) {
            return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
               0.0722 * linear(colour.blueF());
    };
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

TEST(Theme, WordsAreReadableOnEveryGround) {
    ui::Theme theme;
    for (const Appearance appearance : {Appearance::light, Appearance::dark}) {
        theme.set_appearance(appearance);
        for (const Colour ground : {Colour::window, Colour::panel})
            for (const Colour word :
                 {Colour::text, Colour::muted, Colour::good, Colour::warn, Colour::bad, Colour::accent})
                EXPECT_GE(contrast(theme.colour(word), theme.colour(ground)), 4.5)
                    << static_cast<int>(word) << " on " << static_cast<int>(ground)
                    << (theme.is_dark() ? " dark" : "");
        EXPECT_GE(contrast(theme.colour(Colour::accent_text), theme.colour(Colour::accent)), 4.5);
    }
}

TEST(Theme, SeriesAreLightenedOnDarkUntilTheyCanBeRead) {
    ui::Theme theme;
    theme.set_appearance(Appearance::dark);
    for (int i = 0; i < ui::Theme::series_count; ++i)
        EXPECT_GE(contrast(theme.series(i), theme.colour(Colour::panel)), 4.5) << i;
    theme.set_appearance(Appearance::light);
    EXPECT_EQ(theme.series(0), QColor("#0072B2"));
    EXPECT_EQ(theme.series(1), QColor("#D55E00"));
    EXPECT_EQ(theme.series(2), QColor("#009E73"));
}

TEST(Theme, AChangeOfAppearanceReachesPaletteAndListeners) {
    ui::Theme theme;
    theme.set_appearance(Appearance::light);
    const QSignalSpy changed(&theme, &ui::Theme::changed);
    theme.set_appearance(Appearance::dark);
    EXPECT_EQ(changed.count(), 1);
    EXPECT_TRUE(theme.is_dark());
    EXPECT_EQ(QApplication::palette().color(QPalette::Window), theme.colour(Colour::window));
}

TEST(Theme, TheStyleSheetLeavesNoTokenUnfilled) {
    ui::Theme theme;
    EXPECT_FALSE(ui::style_sheet(theme).contains('@'));
}

TEST(Theme, AnIconFillsItsPlaceAlsoOnAScreenOf200Percent) {
    ui::Theme theme;
    for (const char* name : {"chronometer", "office-chart-bar", "media-playback-start", "denoise-noise"}) {
        const QImage image = theme.icon(name, Colour::text).pixmap(QSize(16, 16), 2).toImage();
        ASSERT_GE(image.width(), 32) << name;
        QRect inked;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                if (image.pixelColor(x, y).alpha() > 100) inked |= QRect(x, y, 1, 1);
        EXPECT_GE(std::max(inked.width(), inked.height()), 0.6 * image.width()) << name;
    }
}

TEST(Theme, OurOwnIconsFollowTheColours) {
    ui::Theme theme;
    for (const char* name : {"denoise-noise", "denoise-unet"}) {
        const QIcon icon = theme.icon(name);
        const auto ink = [&] {
            const QImage image = icon.pixmap(22, 22).toImage();
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    if (image.pixelColor(x, y).alpha() == 255) return image.pixelColor(x, y);
            return QColor();
        };
        theme.set_appearance(Appearance::light);
        EXPECT_EQ(ink(), theme.colour(Colour::text)) << name;
        theme.set_appearance(Appearance::dark);
        EXPECT_EQ(ink(), theme.colour(Colour::text)) << name;
    }
    EXPECT_FALSE(theme.icon("denoise-lab").pixmap(64, 64).isNull());
}

}  // namespace
}  // namespace denoise::testing
