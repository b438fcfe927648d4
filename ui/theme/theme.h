#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QString>

namespace denoise::ui {

/// The colours of the program by their use. Their values for light and dark are in theme.cpp.
enum class Colour { window, panel, line, text, muted, accent, accent_text, good, warn, bad, backdrop };

/// Lengths on the 4-pixel grid, in device independent pixels.
namespace space {
inline constexpr int tight = 4;    ///< inside a control
inline constexpr int control = 8;  ///< between controls of a group
inline constexpr int group = 16;   ///< between groups
inline constexpr int page = 24;    ///< around a page
inline constexpr int target = 28;  ///< minimum height of something to click
}  // namespace space

enum class Appearance { system, light, dark };

/// The look of the program: palette, style sheet, fonts and icons. The application creates one object and
/// passes it to all widgets that use it.
class Theme : public QObject {
    Q_OBJECT
  public:
    explicit Theme(QObject* parent = nullptr);

    /// Sets the palette, the style sheet and the icon theme of the application, and emits changed(). With
    /// `system` they follow the desktop.
    void set_appearance(Appearance appearance);
    Appearance appearance() const { return appearance_; }
    bool is_dark() const { return dark_; }

    /// Whether enlarged pictures are smooth instead of showing each pixel as a square. Emits changed().
    void set_smooth_pictures(bool smooth);
    bool smooth_pictures() const { return smooth_pictures_; }

    QColor colour(Colour colour) const;
    /// Colours for curves that colour-blind users can tell apart: 0 is x_t (blue), 1 is x_0 (orange), 2 is
    /// eps (green); the others, up to series_count, have no fixed meaning.
    QColor series(int index) const;
    /// The line style that goes with the colour.
    Qt::PenStyle series_style(int index) const;
    static constexpr int series_count = 9;

    QFont page_title() const;
    QFont group_title() const;
    QFont body() const;
    QFont caption() const;
    QFont tabular() const;  ///< body with digits of equal width

    /// An icon of the Breeze theme by its freedesktop name, or one of the program's own ("denoise-lab",
    /// "denoise-noise", "denoise-unet"). It follows changes of the theme.
    QIcon icon(const QString& name) const;
    /// The shape of an icon in one colour, for filled buttons and states. It follows changes of the theme.
    QIcon icon(const QString& name, Colour tint) const;

  Q_SIGNALS:
    void changed();
    /// A person chose this at a picture; whoever keeps the preferences passes it to set_smooth_pictures().
    void smooth_pictures_wanted(bool smooth) const;

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void apply();
    void follow_system();
    Appearance appearance_ = Appearance::system;
    bool dark_ = false;
    bool smooth_pictures_ = false;
    bool applying_ = false;  ///< our own palette change must not trigger another one
};

}  // namespace denoise::ui
