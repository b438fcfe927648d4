#include "ui/theme/tinted_icon.h"

#include <QIconEngine>
#include <QPainter>
#include <QPointer>
#include <QSvgRenderer>

namespace denoise::ui {
namespace {

class TintedEngine : public QIconEngine {
  public:
    TintedEngine(const Theme& theme, QString name, Colour tint)
        : theme_(&theme), name_(std::move(name)), tint_(tint) {}

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override {
        QPixmap pixmap(size * scale);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size * scale), mode, QIcon::Off);
        painter.end();
        pixmap.setDevicePixelRatio(scale);
        return pixmap;
    }

    // QIcon passes the size in device pixels here.
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return scaledPixmap(size, mode, state, 1.0);
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        if (!theme_) return;
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatio() : 1.0;
        QImage shape(rect.size() * ratio, QImage::Format_ARGB32_Premultiplied);
        shape.fill(Qt::transparent);
        QPainter inner(&shape);
        if (name_.startsWith("denoise-"))
            QSvgRenderer(":/icons/" + name_ + ".svg").render(&inner, QRectF(shape.rect()));
        else
            paint_theme_icon(inner, shape.rect());
        inner.setCompositionMode(QPainter::CompositionMode_SourceIn);
        // A disabled button has no accent colour below the icon.
        const bool off = mode == QIcon::Disabled && tint_ == Colour::accent_text;
        inner.fillRect(shape.rect(), theme_->colour(off ? Colour::muted : tint_));
        inner.end();
        const qreal opacity = painter->opacity();
        if (mode == QIcon::Disabled && !off) painter->setOpacity(opacity * 0.4);
        painter->drawImage(rect, shape);
        painter->setOpacity(opacity);
    }

    QString key() const override { return "denoise-tinted"; }
    QIconEngine* clone() const override { return new TintedEngine(*this); }

  private:
    /// QIcon::paint() draws icons that the theme has only in small sizes smaller than `rect`, and far too
    /// small on a screen of 200 %.
    void paint_theme_icon(QPainter& painter, const QRect& rect) const {
        QImage icon = QIcon::fromTheme(name_).pixmap(rect.size()).toImage();
        icon.setDevicePixelRatio(1);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(rect, icon);
    }

    QPointer<const Theme> theme_;
    QString name_;
    Colour tint_;
};

}  // namespace

QIcon tinted_icon(const Theme& theme, const QString& name, Colour tint) {
    return QIcon(new TintedEngine(theme, name, tint));
}

}  // namespace denoise::ui
