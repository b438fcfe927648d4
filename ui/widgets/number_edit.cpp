#include "ui/widgets/number_edit.h"

#include <QKeyEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/text/format.h"
#include "ui/text/setting_text.h"
#include "ui/theme/theme.h"

namespace denoise::ui {

double stepped(const SettingInfo& info, double value, int direction) {
    const double size = std::abs(value);
    double step = 1;
    if (info.kind == SettingKind::integer) {
        if (size >= 20) step = std::pow(10.0, std::floor(std::log10(size)) - 1);
    } else if (size > 0) {
        double power = std::floor(std::log10(size) + 1e-9);
        // Below 0.01 is 0.009, not 0.
        if ((direction < 0) == (value > 0) && size < std::pow(10.0, power) * (1 + 1e-9)) power -= 1;
        step = std::pow(10.0, power);
    } else {
        step = std::pow(10.0, std::floor(std::log10(std::max(info.maximum, 1e-6) / 100)));
    }
    // Rounded to the step, so that 0.1 + 0.2 is 0.3.
    const double digits = std::round(value / step) + direction;
    const double next = step < 1 ? digits / std::round(1 / step) : digits * step;
    return std::clamp(next, info.minimum, info.maximum);
}

NumberEdit::NumberEdit(const SettingInfo& info, QWidget* parent)
    : QLineEdit(parent), info_(info), unit_(new QLabel(this)) {
    unit_->setObjectName("unit");
    unit_->setProperty("role", "caption");
    unit_->setAttribute(Qt::WA_TransparentForMouseEvents);
    connect(this, &QLineEdit::textChanged, this, &NumberEdit::show_unit);
    show_unit();
}

void NumberEdit::show_unit() {
    QString text = text_of(info_.unit);
    try {
        const QString word = special_word(info_, parse_setting(info_, this->text().toStdString()));
        if (!word.isEmpty()) text = word;
    } catch (const Error&) {  // the field says what is wrong
    }
    unit_->setText(text);
    setTextMargins(0, 0, text.isEmpty() ? 0 : unit_->sizeHint().width() + space::tight, 0);
    place_unit();
}

bool NumberEdit::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            event->ignore();
            return false;
        }
    }
    return QLineEdit::event(event);
}

void NumberEdit::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Up:
            return step(1);
        case Qt::Key_Down:
            return step(-1);
        case Qt::Key_PageUp:
            return step(10);
        case Qt::Key_PageDown:
            return step(-10);
        default:
            QLineEdit::keyPressEvent(event);
    }
}

void NumberEdit::wheelEvent(QWheelEvent* event) {
    // Without the focus, the wheel scrolls the form.
    if (!hasFocus() || event->angleDelta().y() == 0) return event->ignore();
    step(event->angleDelta().y() > 0 ? 1 : -1);
    event->accept();
}

void NumberEdit::resizeEvent(QResizeEvent* event) {
    QLineEdit::resizeEvent(event);
    place_unit();
}

void NumberEdit::place_unit() {
    unit_->adjustSize();
    unit_->move(width() - unit_->width() - space::control, (height() - unit_->height()) / 2);
}

void NumberEdit::step(int times) {
    if (info_.kind != SettingKind::integer && info_.kind != SettingKind::real) return;
    bool good = false;
    double value = text().toDouble(&good);
    if (!good) return;
    for (int i = 0; i < std::abs(times); ++i) value = stepped(info_, value, times > 0 ? 1 : -1);
    const SettingValue next = info_.kind == SettingKind::integer
                                  ? SettingValue(static_cast<std::int64_t>(std::llround(value)))
                                  : SettingValue(value);
    setText(text_of(format_setting(next)));
    Q_EMIT textEdited(text());
}

}  // namespace denoise::ui
