#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QString>

namespace denoise::ui {

/// Every colour of the program, by its use; the values stand once, in theme.cpp, for light and dark.
enum class Colour { window, panel, line, text, muted, accent, accent_text, good, warn, bad, backdrop };

/// Lengths on the 4-pixel grid, in device independent pixels.
namespace space {
inline constexpr int tight = 4;    ///< inside a control
inline constexpr int control = 8;  ///< between controls of a group
inline constexpr int group = 16;   ///< between groups
inline constexpr int page = 24;    ///< around a page
inline constexpr int target = 28;  ///< least height of something to click
}  // namespace space

enum class Appearance { system, light, dark };

/// The look of the whole program: palette, style sheet, fonts, icons. One object, made by the application and
/// handed to whoever draws by hand.
class Theme : public QObject {
    Q_OBJECT
  public:
    explicit Theme(QObject* parent = nullptr);

    /// Sets palette, style sheet and icon theme of the application; emits changed(). `system` follows the
    /// desktop.
    void set_appearance(Appearance appearance);
    Appearance appearance() const { return appearance_; }
    bool is_dark() const { return dark_; }

    QColor colour(Colour colour) const;
    /// Colour-blind-safe series: 0 is x_t (blue), 1 predicted x_0 (orange), 2 eps (green), then three more.
    QColor series(int index) const;
    Qt::PenStyle series_style(int index) const;

    QFont page_title() const;
    QFont group_title() const;
    QFont body() const;
    QFont caption() const;
    QFont tabular() const;  ///< body with figures of one width

    /// An icon of the Breeze theme by its freedesktop name, or one of our own ("denoise-lab",
    /// "denoise-noise", "denoise-unet"). It follows the theme by itself.
    QIcon icon(const QString& name) const;
    /// The icon's shape in one colour, for filled buttons and states. It follows the theme by itself.
    QIcon icon(const QString& name, Colour tint) const;

  Q_SIGNALS:
    void changed();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void apply();
    void follow_system();
    Appearance appearance_ = Appearance::system;
    bool dark_ = false;
    bool applying_ = false;  ///< setting a palette tells us of a new palette
};

/// Where the denoise icons and the style sheet's pictures are: needed once by programs that link the library.
void load_resources();

}  // namespace denoise::ui
