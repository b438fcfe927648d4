#include "tests/gallery/camera.h"

#include <QDialog>
#include <QImage>
#include <QPainter>
#include <QTest>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace denoise::gallery {
namespace {

constexpr int settling_ms = 120;  // layouts, timers of charts, and a frame of the engine

}  // namespace

Camera::Camera(QMainWindow& window, ui::Theme& theme, std::filesystem::path folder, Looks looks)
    : window_(window), theme_(theme), folder_(std::move(folder)), looks_(std::move(looks)) {
    std::filesystem::create_directories(folder_);
}

void Camera::take(const std::string& name, QDialog* dialog, const std::function<void()>& before) {
    ++states_;
    for (const QSize& size : looks_.sizes)
        for (const ui::Appearance appearance : looks_.appearances) {
            if (theme_.appearance() != appearance) theme_.set_appearance(appearance);
            if (window_.size() != size) window_.resize(size);
            if (before) before();
            QTest::qWait(settling_ms);
            const std::filesystem::path path = folder_ / file_name(name, size, appearance).toStdString();
            if (!draw(dialog).save(QString::fromStdString(path.string())))
                throw std::runtime_error("cannot write " + path.string());
            ++pictures_;
        }
}

QImage Camera::draw(QDialog* dialog) const {
    QImage image = window_.grab().toImage();
    if (!dialog) return image;
    const QSize size = dialog->size();
    const QRect frame(QPoint((window_.width() - size.width()) / 2, (window_.height() - size.height()) / 2),
                      size);
    QPainter painter(&image);
    painter.drawPixmap(frame.topLeft(), dialog->grab());
    painter.setPen(theme_.colour(ui::Colour::muted));
    painter.drawRect(frame.adjusted(-1, -1, 0, 0));
    return image;
}

QString Camera::file_name(const std::string& name, const QSize& size, ui::Appearance appearance) const {
    const double scale = window_.devicePixelRatioF();
    // The size of the screen in the last case: a window of 1280 x 720 at 200 % fills 2560 x 1440.
    const QSize shown = size == QSize(1280, 720) ? size * scale : size;
    return QString("%1-%2-%3x%4-%5-%6.png")
        .arg(states_, 2, 10, QChar('0'))
        .arg(QString::fromStdString(name))
        .arg(shown.width())
        .arg(shown.height())
        .arg(appearance == ui::Appearance::dark ? "dark" : "light")
        .arg(std::lround(100 * scale));
}

}  // namespace denoise::gallery
