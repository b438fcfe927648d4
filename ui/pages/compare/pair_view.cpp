#include "ui/pages/compare/pair_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/pages/compare/difference.h"
#include "ui/pages/compare/heat_bar.h"
#include "ui/pages/compare/wipe_view.h"
#include "ui/picture/conversion.h"
#include "ui/picture/picture_view.h"
#include "ui/theme/theme.h"
#include "ui/widgets/caption_label.h"

namespace denoise::ui {
namespace {

QImage picture_image(const ImageBatch& images, int image) {
    return to_image(image >= 0 ? picture_of(images, image) : grid_of(images));
}

QComboBox* column_box(const QString& name) {
    auto* box = new QComboBox;
    box->setAccessibleName(name);
    box->setToolTip(name);
    return box;
}

}  // namespace

PairView::PairView(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      a_(column_box(tr("The column that is A"))),
      b_(column_box(tr("The column that is B"))),
      mean_(new QLabel),
      wipe_(new WipeView(theme)),
      map_(new PictureView(theme)),
      bar_(new HeatBar(theme)) {
    a_->setObjectName("column_a");
    b_->setObjectName("column_b");
    mean_->setObjectName("mean_difference");
    mean_->setFont(theme.tabular());
    map_->setObjectName("difference");
    map_->setAccessibleName(tr("Difference between A and B"));

    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    const auto add_box = [&](const QString& letter, QComboBox* box) {
        auto* label = new QLabel(letter);
        label->setBuddy(box);
        row->addWidget(label);
        row->addWidget(box);
    };
    add_box(tr("A"), a_);
    add_box(tr("B"), b_);
    row->addStretch(1);
    row->addWidget(mean_);

    QLabel* wipe_caption = caption_label(theme);
    wipe_caption->setText(tr("A left of the divider, B right of it"));
    QLabel* map_caption = caption_label(theme);
    map_caption->setText(tr("Absolute difference of A and B"));
    auto* left = new QVBoxLayout;
    left->setSpacing(space::tight);
    left->addWidget(wipe_caption);
    left->addWidget(wipe_, 1);
    auto* above = new QHBoxLayout;
    above->setSpacing(space::control);
    above->addWidget(map_caption);
    above->addWidget(bar_, 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(space::tight);
    right->addLayout(above);
    right->addWidget(map_, 1);
    auto* panes = new QHBoxLayout;
    panes->setSpacing(space::group);
    panes->addLayout(left, 1);
    panes->addLayout(right, 1);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::control);
    column->addLayout(row);
    column->addLayout(panes, 1);

    connect(a_, &QComboBox::activated, this, &PairView::pair_chosen);
    connect(b_, &QComboBox::activated, this, &PairView::pair_chosen);
    connect(map_, &PictureView::clicked, this,
            [this](int image) { Q_EMIT image_chosen(only_ >= 0 ? -1 : image); });
}

void PairView::set_columns(int count) {
    for (QComboBox* box : {a_, b_}) {
        const int chosen = box->currentIndex();
        box->clear();
        for (int i = 0; i < count; ++i) box->addItem(tr("Column %1").arg(i + 1));
        box->setCurrentIndex(chosen >= 0 && chosen < count ? chosen : box == a_ ? 0 : 1);
    }
}

int PairView::a() const {
    return std::max(0, a_->currentIndex());
}

int PairView::b() const {
    return std::max(0, b_->currentIndex());
}

QString PairView::obstacle(const ImageBatch& a, const ImageBatch& b) const {
    if (a.empty() || b.empty()) return tr("Sample both columns first.");
    if (!comparable(a, b)) return tr("The images of the two columns differ in size or number.");
    return {};
}

void PairView::set_images(const ImageBatch& a, const ImageBatch& b, int image) {
    only_ = image;
    const QString reason = obstacle(a, b);
    wipe_->set_empty_text(reason);
    map_->set_empty_text(reason);
    if (!reason.isEmpty()) {
        wipe_->set_pictures({}, {});
        map_->clear();
        mean_->clear();
        bar_->set_largest(0);
        return;
    }
    wipe_->set_pictures(picture_image(a, image), picture_image(b, image));
    const Difference difference =
        image >= 0 ? difference_of(batch_of(picture_of(a, image)), batch_of(picture_of(b, image)))
                   : difference_of(a, b);
    map_->set_images(heat_map(difference.amount, difference.largest));
    bar_->set_largest(difference.largest);
    mean_->setText(tr("Mean difference %1 of 255").arg(QLocale().toString(difference.mean, 'f', 2)));
}

}  // namespace denoise::ui
