#pragma once

#include <QScrollArea>

namespace denoise::ui {

/// An area without a frame or a background in which `content` scrolls, so that a panel can be lower than its
/// contents.
inline QScrollArea* scrolled(QWidget* content) {
    auto* area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->viewport()->setAutoFillBackground(false);
    area->setWidget(content);
    content->setAutoFillBackground(false);
    return area;
}

}  // namespace denoise::ui
