#include "ui/pages/denoise/frame_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/picture/picture_inspector.h"
#include "ui/picture/picture_view.h"
#include "ui/theme/theme.h"
#include "ui/widgets/caption_label.h"

namespace denoise::ui {
namespace {

enum Series { x_t_series = 0, x0_series = 1 };

}  // namespace

FrameView::FrameView(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      theme_(theme),
      xt_caption_(caption_label(theme, Qt::RichText)),
      x0_caption_(caption_label(theme, Qt::RichText)),
      xt_view_(new PictureView(theme)),
      x0_view_(new PictureView(theme)) {
    xt_view_->setAccessibleName(tr("x_t, the input of the network"));
    x0_view_->setAccessibleName(tr("Predicted x_0, the network's estimate of the clean image"));
    xt_view_->set_border(x_t_series);
    x0_view_->set_border(x0_series);

    auto* panes = new QHBoxLayout(this);
    panes->setContentsMargins(0, 0, 0, 0);
    panes->setSpacing(space::group);
    panes->addLayout(make_pane(xt_view_, xt_caption_), 1);
    panes->addLayout(make_pane(x0_view_, x0_caption_), 1);
    connect(&theme_, &Theme::changed, this, &FrameView::update_captions);
    update_captions();
}

QLayout* FrameView::make_pane(PictureView* view, QLabel* caption) {
    view->setToolTip(tr("Click an image to show it alone, double-click it to inspect its pixels"));
    auto* column = new QVBoxLayout;
    column->setSpacing(space::tight);
    column->addWidget(caption);
    column->addWidget(view, 1);
    connect(view, &PictureView::clicked, this,
            [this](int image) { Q_EMIT image_chosen(only_ >= 0 ? -1 : image); });
    connect(view, &PictureView::double_clicked, this, [this, view](int image) { inspect(view, image); });
    return column;
}

void FrameView::update_captions() {
    const auto coloured = [this](int series, const QString& symbol) {
        return QString("<span style='color:%1'>%2</span>").arg(theme_.series(series).name(), symbol);
    };
    xt_caption_->setText(tr("%1, the input of the network").arg(coloured(x_t_series, "x<sub>t</sub>")));
    x0_caption_->setText(tr("Predicted %1, the network's estimate of the clean image")
                             .arg(coloured(x0_series, "x<sub>0</sub>")));
}

void FrameView::show_frame(const TrajectoryFrame* frame, int image) {
    xt_view_->set_images(frame ? frame->x_t : ImageBatch());
    x0_view_->set_images(frame ? frame->x0 : ImageBatch());
    timestep_ = frame ? frame->timestep : -1;
    only_ = image;
    for (PictureView* view : {xt_view_, x0_view_}) view->set_only(image);
    update_inspector();
}

Picture FrameView::picture() const {
    const bool noisy = xt_view_->hasFocus() || xt_view_->underMouse();
    const ImageBatch& images = (noisy ? xt_view_ : x0_view_)->images();
    if (images.empty()) return {};
    if (images.count == 1) return picture_of(images, 0);
    return only_ >= 0 ? picture_of(images, only_) : grid_of(images);
}

void FrameView::inspect(PictureView* view, int image) {
    Q_EMIT image_chosen(image);
    if (inspector_.isNull()) {
        inspector_ = new PictureInspector(theme_, this);
        inspector_->setAttribute(Qt::WA_DeleteOnClose);
    }
    inspected_ = view;
    update_inspector();
    inspector_->show();
    inspector_->raise();
}

void FrameView::update_inspector() {
    if (inspector_.isNull() || inspected_->images().empty()) return;
    const int image = std::max(only_, 0);
    const QString when = timestep_ < 0 ? tr("result") : tr("t = %1").arg(timestep_);
    const QString title =
        inspected_ == xt_view_ ? tr("x_t of image %1, %2") : tr("Predicted x_0 of image %1, %2");
    inspector_->set_picture(picture_of(inspected_->images(), image), title.arg(image + 1).arg(when));
}

}  // namespace denoise::ui
