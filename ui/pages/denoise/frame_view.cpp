#include "ui/pages/denoise/frame_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/picture/picture_inspector.h"
#include "ui/picture/picture_view.h"
#include "ui/theme/theme.h"
#include "ui/widgets/caption_label.h"
#include "ui/widgets/steady_label.h"

namespace denoise::ui {
namespace {

constexpr int least_height = 5 * space::target;
/// In QSettings, for each part whether it is shown.
constexpr std::array keys = {"denoise/shows_x_t", "denoise/shows_x_0", "denoise/shows_eps"};

}  // namespace

FrameView::FrameView(const Theme& theme, QWidget* parent)
    : QWidget(parent), theme_(theme), switches_(new QWidget(this)) {
    auto* panes = new QHBoxLayout(this);
    panes->setContentsMargins(0, 0, 0, 0);
    panes->setSpacing(space::group);
    auto* buttons = new QHBoxLayout(switches_);
    buttons->setContentsMargins(0, 0, 0, 0);
    buttons->setSpacing(0);
    make_pane(x_t, tr("x_t, the input of the network"), tr("input of the network"));
    make_pane(x0, tr("Predicted x_0, the network's estimate of the clean image"),
              tr("predicted clean image"));
    make_pane(eps, tr("Predicted ε, the network's estimate of the noise"), tr("predicted noise"));
    make_button(x_t, QStringLiteral("xₜ"), tr("x_t, the input of the network"));
    make_button(x0, QStringLiteral("x₀"), tr("The predicted x_0"));
    make_button(eps, QStringLiteral("ε"), tr("The predicted noise ε"));
    connect(&theme_, &Theme::changed, this, &FrameView::colour_symbols);
    colour_symbols();
    switch_panes();
}

void FrameView::make_pane(Part part, const QString& name, const QString& caption_text) {
    Pane& pane = panes_[part];
    pane.whole = new QWidget;
    pane.symbol = caption_label(theme_, Qt::RichText);
    auto* caption = new ElidedLabel;
    caption->setText(caption_text);
    caption->setFont(theme_.caption());
    caption->setProperty("role", "caption");
    pane.view = new PictureView(theme_);
    pane.view->setAccessibleName(name);
    pane.view->setMinimumHeight(least_height);  // a lower page scrolls
    pane.view->set_border(part);                // the colours of Theme::series() are in this order
    pane.view->setToolTip(
        part == eps
            ? tr("Gaussian noise for each pixel and channel; values beyond -1 and 1 are shown as these.")
            : tr("Click an image to show it alone, double-click it to inspect its pixels"));
    auto* column = new QVBoxLayout(pane.whole);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::tight);
    auto* words = new QHBoxLayout;
    words->setSpacing(space::control);
    words->addWidget(pane.symbol);
    words->addWidget(caption, 1);
    column->addLayout(words);
    column->addWidget(pane.view, 1);
    static_cast<QHBoxLayout*>(layout())->addWidget(pane.whole, 1);
    connect(pane.view, &PictureView::clicked, this,
            [this](int image) { Q_EMIT image_chosen(only_ >= 0 ? -1 : image); });
    connect(pane.view, &PictureView::double_clicked, this, [this, part](int image) { inspect(part, image); });
}

void FrameView::make_button(Part part, const QString& symbol, const QString& name) {
    auto* button = new QToolButton;
    button->setText(symbol);
    button->setObjectName(keys[part]);
    button->setAccessibleName(tr("Show: %1").arg(name));
    button->setToolTip(tr("Shows or hides: %1").arg(name));
    button->setCheckable(true);
    button->setChecked(QSettings().value(keys[part], true).toBool());
    button->setMinimumSize(space::target, space::target);
    connect(button, &QToolButton::clicked, this, &FrameView::switch_panes);
    switches_->layout()->addWidget(button);
    panes_[part].button = button;
}

void FrameView::switch_panes() {
    const auto shown =
        std::ranges::count_if(panes_, [](const Pane& pane) { return pane.button->isChecked(); });
    if (shown == 0) panes_[x0].button->setChecked(true);
    for (std::size_t part = 0; part < part_count; ++part) {
        const Pane& pane = panes_[part];
        pane.whole->setVisible(pane.button->isChecked());
        pane.button->setEnabled(shown > 1 || !pane.button->isChecked());  // one is always shown
        QSettings().setValue(keys[part], pane.button->isChecked());
    }
}

void FrameView::colour_symbols() {
    constexpr std::array symbols = {"x<sub>t</sub>", "x<sub>0</sub>", "ε"};
    for (std::size_t part = 0; part < part_count; ++part)
        panes_[part].symbol->setText(QString("<b style='color:%1'>%2</b>")
                                         .arg(theme_.series(static_cast<int>(part)).name(), symbols[part]));
}

void FrameView::set_no_eps_reason(const QString& sentence) {
    no_eps_reason_ = sentence;
}

void FrameView::show_frame(const TrajectoryFrame* frame, int image) {
    timestep_ = frame ? frame->timestep : -1;
    only_ = image;
    panes_[eps].view->set_empty_text(timestep_ < 0 ? tr("The result contains no noise.") : no_eps_reason_);
    panes_[x_t].view->set_images(frame ? frame->x_t : ImageBatch());
    panes_[x0].view->set_images(frame ? frame->x0 : ImageBatch());
    panes_[eps].view->set_images(frame ? frame->eps : ImageBatch());
    for (const Pane& pane : panes_) pane.view->set_only(image);
    update_inspector();
}

Picture FrameView::picture() const {
    const auto wanted = std::ranges::find_if(panes_, [](const Pane& pane) {
        return pane.view->isVisible() && (pane.view->hasFocus() || pane.view->underMouse());
    });
    const ImageBatch& chosen = (wanted != panes_.end() ? *wanted : panes_[x0]).view->images();
    const ImageBatch& images = chosen.empty() ? panes_[x0].view->images() : chosen;
    if (images.empty()) return {};
    if (images.count == 1) return picture_of(images, 0);
    return only_ >= 0 ? picture_of(images, only_) : grid_of(images);
}

void FrameView::inspect(Part part, int image) {
    Q_EMIT image_chosen(image);
    if (inspector_.isNull()) {
        inspector_ = new PictureInspector(theme_, this);
        inspector_->setAttribute(Qt::WA_DeleteOnClose);
    }
    inspected_ = part;
    update_inspector();
    inspector_->show();
    inspector_->raise();
}

void FrameView::update_inspector() {
    const ImageBatch& images = panes_[inspected_].view->images();
    if (inspector_.isNull() || images.empty()) return;
    const int image = std::max(only_, 0);
    const QString when = timestep_ < 0 ? tr("result") : tr("t = %1").arg(timestep_);
    const std::array titles = {tr("x_t of image %1, %2"), tr("Predicted x_0 of image %1, %2"),
                               tr("Predicted noise of image %1, %2")};
    inspector_->set_picture(picture_of(images, image), titles[inspected_].arg(image + 1).arg(when));
}

}  // namespace denoise::ui
