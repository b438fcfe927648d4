#include "ui/pages/denoise/sample_bar.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QToolButton>
#include <algorithm>

#include "ui/pages/denoise/sample_session.h"
#include "ui/picture/conversion.h"
#include "ui/picture/pixel_scale.h"
#include "ui/theme/theme.h"
#include "ui/widgets/elided_combo_box.h"
#include "ui/widgets/icon_button.h"

namespace denoise::ui {

SampleBar::SampleBar(SampleSession& session, const Theme& theme, QWidget* parent)
    : QWidget(parent),
      session_(session),
      samples_(new ElidedComboBox),
      thinned_(new QLabel),
      branch_(new QPushButton(theme.icon("denoise-branch"), tr("Branch"))) {
    samples_->setObjectName("samples");
    samples_->setAccessibleName(tr("Sample"));
    samples_->setToolTip(tr("The samples of this session"));
    samples_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    samples_->setMinimumContentsLength(1);
    samples_->setIconSize({space::target, space::target});
    thinned_->setFont(theme.caption());
    thinned_->setProperty("role", "caption");
    branch_->setObjectName("branch");

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::control);
    row->addWidget(samples_, 1);
    row->addWidget(thinned_);
    row->addWidget(branch_);
    QToolButton* compare = icon_button(theme.icon("view-split-left-right"),
                                       tr("Compare these settings with others, side by side"));
    compare->setObjectName("compare_with");
    connect(compare, &QToolButton::clicked, this, &SampleBar::compare_pressed);
    row->addWidget(compare);

    connect(samples_, &QComboBox::activated, this,
            [this](int row_chosen) { session_.show(samples_->count() - 1 - row_chosen); });
    connect(branch_, &QPushButton::clicked, this, &SampleBar::branch_pressed);
    connect(&session_, &SampleSession::history_changed, this, &SampleBar::list_samples);
    connect(&session_, &SampleSession::entry_changed, this, &SampleBar::show_entry);
    connect(&session_, &SampleSession::entry_ended, this, &SampleBar::show_thumbnail);
    connect(&session_, &SampleSession::frames_changed, this, &SampleBar::update_buttons);
    for (const auto signal :
         {&SampleSession::running_changed, &SampleSession::position_changed, &SampleSession::image_changed})
        connect(&session_, signal, this, &SampleBar::update_buttons);
    update_buttons();
}

void SampleBar::list_samples() {
    samples_->clear();
    const SampleHistory& history = session_.history();
    for (int i = history.size() - 1; i >= 0; --i) {  // the newest first
        const SampleEntry& entry = history.at(i);
        const QString name = entry.number > 0 ? tr("Sample %1").arg(entry.number) : tr("Example");
        samples_->addItem(tr("%1 · %2").arg(name, describe(entry)));
        samples_->setItemData(samples_->count() - 1, samples_->itemText(samples_->count() - 1),
                              Qt::ToolTipRole);
        show_thumbnail(i);
    }
    show_entry();
    fit_popup();
}

void SampleBar::show_thumbnail(int index) {
    const Picture picture = thumbnail_of(session_.history().at(index));
    if (picture.empty()) return;
    const QImage image = to_image(picture);
    const double ratio = devicePixelRatioF();
    const QSize room = (QSizeF(samples_->iconSize()) * ratio).toSize();
    QPixmap pixmap = QPixmap::fromImage(PixelScale::fitting(image.size(), room).scaled(image));
    pixmap.setDevicePixelRatio(ratio);
    samples_->setItemIcon(samples_->count() - 1 - index, pixmap);
}

void SampleBar::fit_popup() {
    QAbstractItemView* list = samples_->view();
    const int wanted = list->sizeHintForColumn(0) + list->verticalScrollBar()->sizeHint().width();
    const int most = window()->width() - mapTo(window(), QPoint()).x() - space::group;
    list->setMinimumWidth(std::clamp(wanted, samples_->width(), std::max(samples_->width(), most)));
}

void SampleBar::add_switches(QWidget* switches) {
    auto* row = static_cast<QHBoxLayout*>(layout());
    row->insertWidget(row->indexOf(branch_), switches);
}

void SampleBar::show_entry() {
    samples_->setCurrentIndex(samples_->count() - 1 - session_.shown());
    samples_->setToolTip(samples_->count() > 0 ? samples_->currentText() : tr("The samples of this session"));
    update_buttons();
}

void SampleBar::update_buttons() {
    const int stride = session_.entry() ? session_.entry()->trajectory.stride() : 1;
    thinned_->setText(tr("1 of every %1 frames is kept, to save memory").arg(stride));
    thinned_->setVisible(stride > 1);
    const QString obstacle = session_.obstacle_to_branch();
    branch_->setEnabled(obstacle.isEmpty());
    branch_->setToolTip(obstacle.isEmpty()
                            ? tr("Samples other futures of this image: it continues from this timestep, with "
                                 "other noise and with the weights that it was sampled with.")
                            : obstacle);
}

}  // namespace denoise::ui
