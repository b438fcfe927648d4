#include "ui/theme/theme.h"

#include <QApplication>
#include <QEvent>
#include <QFontDatabase>
#include <QPalette>
#include <QStandardPaths>
#include <QStyle>
#include <QStyleFactory>
#include <QStyleHints>
#include <array>
#include <cmath>

#include "ui/theme/style_sheet.h"
#include "ui/theme/tinted_icon.h"

// The macro declares a function in the global namespace.
static void init_denoise_resources() {
    Q_INIT_RESOURCE(resources);
}

namespace denoise::ui {
namespace {

struct Token {
    Colour colour;
    QRgb light, dark;
};

constexpr std::array tokens = {
    Token{Colour::window, 0xFFF5F6F8, 0xFF15171C},      Token{Colour::panel, 0xFFFFFFFF, 0xFF1D2027},
    Token{Colour::line, 0xFFD9DCE3, 0xFF333945},        Token{Colour::text, 0xFF1A1D24, 0xFFE8EAF0},
    Token{Colour::muted, 0xFF59606E, 0xFFA4ABB9},       Token{Colour::accent, 0xFF3451C6, 0xFF8FA6FF},
    Token{Colour::accent_text, 0xFFFFFFFF, 0xFF15171C}, Token{Colour::good, 0xFF1F7A3A, 0xFF6FCF8A},
    Token{Colour::warn, 0xFF9A5B00, 0xFFF0B35A},        Token{Colour::bad, 0xFFB8262B, 0xFFFF8A8A},
    Token{Colour::backdrop, 0xFF77797D, 0xFF2A2C31},
};

constexpr std::array<QRgb, Theme::series_count> series_colours = {0xFF0072B2, 0xFFD55E00, 0xFF009E73,
                                                                  0xFFCC79A7, 0xFFE69F00, 0xFF56B4E9,
                                                                  0xFF882255, 0xFF7A7A29, 0xFF5B3FA0};
constexpr std::array<Qt::PenStyle, Theme::series_count> series_styles = {
    Qt::SolidLine, Qt::DashLine, Qt::DotLine,        Qt::DashDotLine, Qt::SolidLine,
    Qt::DashLine,  Qt::DotLine,  Qt::DashDotDotLine, Qt::SolidLine};

/// Relative luminance (WCAG 2.1).
double luminance(const QColor& colour) {
    const auto linear = [](double c) {
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

bool system_is_dark() {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
#else
    // The palette of the desktop is visible only while the program has none of its own.
    QApplication::setPalette(QPalette());
    return QApplication::palette().color(QPalette::Window).lightness() < 128;
#endif
}

QFont scaled(double factor, int weight) {
    QFont font = QApplication::font();
    font.setPointSizeF(font.pointSizeF() * factor);
    font.setWeight(static_cast<QFont::Weight>(weight));
    return font;
}

}  // namespace

Theme::Theme(QObject* parent) : QObject(parent) {
    init_denoise_resources();
    QStringList folders = QIcon::themeSearchPaths();
    for (const QString& folder : QStandardPaths::locateAll(QStandardPaths::GenericDataLocation, "icons",
                                                           QStandardPaths::LocateDirectory))
        if (!folders.contains(folder)) folders << folder;
    QIcon::setThemeSearchPaths(folders);
    QApplication::setStyle(QStyleFactory::create("Fusion"));
    apply();
    qApp->installEventFilter(this);
}

void Theme::set_appearance(Appearance appearance) {
    appearance_ = appearance;
    apply();
}

void Theme::set_smooth_pictures(bool smooth) {
    if (smooth == smooth_pictures_) return;
    smooth_pictures_ = smooth;
    Q_EMIT changed();
}

void Theme::apply() {
    if (applying_) return;
    applying_ = true;
    dark_ = appearance_ == Appearance::dark || (appearance_ == Appearance::system && system_is_dark());

    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Colour token) { palette.setColor(role, colour(token)); };
    set(QPalette::Window, Colour::window);
    set(QPalette::WindowText, Colour::text);
    set(QPalette::Base, Colour::panel);
    set(QPalette::AlternateBase, Colour::window);
    set(QPalette::Text, Colour::text);
    set(QPalette::Button, Colour::panel);
    set(QPalette::ButtonText, Colour::text);
    set(QPalette::BrightText, Colour::accent_text);
    set(QPalette::ToolTipBase, Colour::panel);
    set(QPalette::ToolTipText, Colour::text);
    set(QPalette::PlaceholderText, Colour::muted);
    set(QPalette::Highlight, Colour::accent);
    set(QPalette::HighlightedText, Colour::accent_text);
    set(QPalette::Link, Colour::accent);
    set(QPalette::LinkVisited, Colour::accent);
    set(QPalette::Mid, Colour::line);
    set(QPalette::Midlight, Colour::line);
    const QColor faint = mix(colour(Colour::muted), colour(Colour::panel), 0.7);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, faint);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, colour(Colour::line));

    // The program may be dark on a light desktop, where the icon theme of the desktop would be unreadable.
    const QString icons = dark_ ? "breeze-dark" : "breeze";
    QIcon::setFallbackThemeName(icons);
    QIcon::setThemeName(icons);
    QApplication::setPalette(palette);
    qApp->setStyleSheet(style_sheet(*this));
    applying_ = false;
    Q_EMIT changed();
}

bool Theme::eventFilter(QObject* watched, QEvent* event) {
    const bool new_look = event->type() == QEvent::ThemeChange ||
                          (event->type() == QEvent::ApplicationPaletteChange && watched == qApp);
    if (new_look && !applying_ && appearance_ == Appearance::system)
        QMetaObject::invokeMethod(this, &Theme::follow_system, Qt::QueuedConnection);
    return QObject::eventFilter(watched, event);
}

void Theme::follow_system() {
    applying_ = true;
    const QPalette ours = QApplication::palette();
    const bool dark = system_is_dark();
    QApplication::setPalette(ours);
    applying_ = false;
    if (dark != dark_) apply();
}

QColor Theme::colour(Colour wanted) const {
    for (const Token& token : tokens)
        if (token.colour == wanted) return QColor::fromRgb(dark_ ? token.dark : token.light);
    return {};
}

QColor Theme::series(int index) const {
    QColor colour_now =
        QColor::fromRgb(series_colours[static_cast<std::size_t>(index) % series_colours.size()]);
    if (dark_)
        while (contrast(colour_now, colour(Colour::panel)) < 4.5)
            colour_now = mix(colour_now, QColor(Qt::white), 0.92);
    return colour_now;
}

Qt::PenStyle Theme::series_style(int index) const {
    return series_styles[static_cast<std::size_t>(index) % series_styles.size()];
}

QFont Theme::page_title() const {
    return scaled(1.5, QFont::DemiBold);
}
QFont Theme::group_title() const {
    return scaled(1.15, QFont::DemiBold);
}
QFont Theme::body() const {
    return scaled(1.0, QFont::Normal);
}
QFont Theme::caption() const {
    return scaled(0.9, QFont::Normal);
}

QFont Theme::tabular() const {
    QFont font = body();
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
    font.setFeature("tnum", 1);
#endif
    return font;
}

QIcon Theme::icon(const QString& name) const {
    if (name == "denoise-lab") return QIcon(":/icons/denoise-lab.svg");
    if (name.startsWith("denoise-")) return icon(name, Colour::text);
    return QIcon::fromTheme(name);
}

QIcon Theme::icon(const QString& name, Colour tint) const {
    return tinted_icon(*this, name, tint);
}

}  // namespace denoise::ui
