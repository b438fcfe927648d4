#pragma once

#include <QEvent>
#include <QScrollArea>
#include <QScrollBar>

namespace denoise::ui {

/// Shows a page at the size of the window; scrolls only if that is less than the minimum size of the page, as
/// on a small screen. (A resizable QScrollArea uses the preferred height as soon as a label in it wraps its
/// text.)
class PageScroll : public QScrollArea {
    Q_OBJECT
  public:
    explicit PageScroll(QWidget* page, QWidget* parent = nullptr) : QScrollArea(parent) {
        setFrameShape(QFrame::NoFrame);
        setFocusPolicy(Qt::NoFocus);
        viewport()->setAutoFillBackground(false);
        setWidget(page);
        page->setAutoFillBackground(false);
        page->installEventFilter(this);
    }

  protected:
    void resizeEvent(QResizeEvent* event) override {
        QScrollArea::resizeEvent(event);
        fit();
    }
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (watched == widget() && event->type() == QEvent::LayoutRequest) fit();
        return QScrollArea::eventFilter(watched, event);
    }

  private:
    void fit() {
        QSize room = maximumViewportSize();
        const QSize least = widget()->minimumSizeHint();
        if (least.height() > room.height()) room.rwidth() -= verticalScrollBar()->sizeHint().width();
        widget()->resize(room.expandedTo(least));
    }
};

}  // namespace denoise::ui
