#include "ui/picture/picture_inspector.h"

#include <QGuiApplication>
#include <QLabel>
#include <QScreen>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/picture/conversion.h"
#include "ui/picture/pixel_canvas.h"
#include "ui/theme/theme.h"

namespace denoise::ui {

PictureInspector::PictureInspector(const Theme& theme, QWidget* parent)
    : QDialog(parent, Qt::Dialog | Qt::WindowCloseButtonHint),
      canvas_(new PixelCanvas(theme)),
      readout_(new QLabel) {
    auto* scroll = new QScrollArea;
    scroll->setWidget(canvas_);
    scroll->setAlignment(Qt::AlignCenter);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    readout_->setFont(theme.tabular());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::group, space::group, space::group, space::group);
    column->setSpacing(space::control);
    column->addWidget(scroll, 1);
    column->addWidget(readout_);
    connect(canvas_, &PixelCanvas::pixel_changed, this, &PictureInspector::describe);
}

void PictureInspector::set_picture(const Picture& picture, const QString& title) {
    const bool resized = picture.width != picture_.width || picture.height != picture_.height;
    picture_ = picture;
    setWindowTitle(title);
    canvas_->set_image(to_image(picture));
    describe(canvas_->pixel());
    if (!resized) return;
    // As large as the picture, up to three quarters of the screen
    const QSize around(2 * space::group + space::control,
                       2 * space::group + space::control + 2 * space::target);
    resize((canvas_->size() + around).boundedTo(screen()->availableSize() * 3 / 4));
    canvas_->setFocus();
}

void PictureInspector::describe(QPoint pixel) {
    if (pixel.x() < 0 || pixel.x() >= picture_.width || pixel.y() < 0 || pixel.y() >= picture_.height) {
        readout_->setText(tr("%1 × %2 pixels. Point at a pixel to see its value.")
                              .arg(picture_.width)
                              .arg(picture_.height));
        return;
    }
    const auto first = (static_cast<std::size_t>(pixel.y()) * static_cast<std::size_t>(picture_.width) +
                        static_cast<std::size_t>(pixel.x())) *
                       static_cast<std::size_t>(picture_.channels);
    QStringList bytes, values;
    for (int c = 0; c < picture_.channels; ++c) {
        const int byte = picture_.pixels[first + static_cast<std::size_t>(c)];
        bytes << QString::number(byte);
        values << QString::number(byte / 127.5 - 1, 'f', 2);
    }
    readout_->setText(tr("x %1, y %2: %3 of 255; network input %4")
                          .arg(pixel.x())
                          .arg(pixel.y())
                          .arg(bytes.join(" "), values.join(" ")));
}

}  // namespace denoise::ui
