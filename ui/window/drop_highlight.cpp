#include "ui/window/drop_highlight.h"

#include <QPainter>

#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int inset = 3;

QString words_for(PathKind kind, bool sampled) {
    switch (kind) {
        case PathKind::dataset:
            return DropHighlight::tr("Drop to use this dataset");
        case PathKind::picture:
            return sampled ? DropHighlight::tr("Drop to sample with the settings of this picture")
                           : DropHighlight::tr("Drop to see this picture with noise");
        case PathKind::model:
            return DropHighlight::tr("Drop to open this model");
    }
    return {};
}

}  // namespace

DropHighlight::DropHighlight(const Theme& theme, QWidget& window) : QWidget(&window), theme_(theme) {
    setObjectName("drop_highlight");
    // The widget below stays the one that is dropped on.
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

void DropHighlight::show_over(const QWidget& target, PathKind kind, bool sampled) {
    words_ = words_for(kind, sampled);
    setGeometry(QRect(target.mapTo(parentWidget(), QPoint()), target.size()));
    raise();
    show();
    update();
}

void DropHighlight::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = theme_.colour(Colour::window);
    veil.setAlphaF(0.85F);
    const QColor accent = theme_.colour(Colour::accent);
    painter.setPen(QPen(accent, 2));
    painter.setBrush(veil);
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), space::control,
                            space::control);

    QFont font = theme_.body();
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    const QFontMetrics metrics(font);
    const int most = width() - 2 * (inset + space::group);
    const QRect text =
        metrics.boundingRect(QRect(0, 0, most, height()), Qt::AlignCenter | Qt::TextWordWrap, words_);
    QRect chip(QPoint(), text.size() + QSize(2 * space::group, 2 * space::control));
    chip.moveCenter(rect().center());
    painter.setPen(Qt::NoPen);
    painter.setBrush(accent);
    painter.drawRoundedRect(chip, space::control, space::control);
    painter.setPen(theme_.colour(Colour::accent_text));
    painter.drawText(chip, Qt::AlignCenter | Qt::TextWordWrap, words_);
}

}  // namespace denoise::ui
