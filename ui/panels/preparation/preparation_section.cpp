#include "ui/panels/preparation/preparation_section.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/session/preparation.h"
#include "ui/link/engine_link.h"
#include "ui/panels/preparation/class_balance_view.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {

PreparationSection::PreparationSection(EngineLink& link, const Theme& theme, QWidget* parent)
    : QWidget(parent),
      prepare_(new QPushButton(theme.icon("transform-crop"), tr("Prepare…"), this)),
      classes_button_(new QToolButton(this)),
      classes_(new ClassBalanceView(theme, this)),
      note_(new QLabel(this)) {
    prepare_->setObjectName("prepare");
    prepare_->setAccessibleName(tr("Prepare the dataset"));
    prepare_->setToolTip(
        tr("Shows images before and after their preparation: crop or pad, background, classes and images to "
           "leave out, duplicates"));
    connect(prepare_, &QPushButton::clicked, this, &PreparationSection::prepare_wanted);
    classes_button_->setObjectName("show_classes");
    classes_button_->setCheckable(true);
    classes_button_->setArrowType(Qt::RightArrow);
    classes_button_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    classes_button_->setToolTip(tr("Shows the number of images of each class"));
    connect(classes_button_, &QToolButton::toggled, this, [this](bool open) {
        classes_->setVisible(open);
        classes_button_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    });
    note_->setObjectName("small_classes");
    note_->setProperty("role", "stale");
    note_->setFont(theme.caption());
    note_->setWordWrap(true);

    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    row->addWidget(prepare_);
    row->addWidget(classes_button_);
    row->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::control);
    layout->addLayout(row);
    layout->addWidget(classes_);
    layout->addWidget(note_);
    for (QWidget* each : {static_cast<QWidget*>(classes_button_), static_cast<QWidget*>(classes_),
                          static_cast<QWidget*>(note_)})
        each->hide();
    connect(&link, &EngineLink::dataset_ready, this, &PreparationSection::show_dataset);
}

void PreparationSection::show_dataset(const DatasetReady& dataset) {
    const bool has_classes =
        dataset.class_names.size() > 1 && dataset.class_counts.size() == dataset.class_names.size();
    classes_button_->setText(tr("%n class(es)", nullptr, static_cast<int>(dataset.class_names.size())));
    classes_button_->setAccessibleName(classes_button_->text());
    classes_button_->setVisible(has_classes);
    if (!has_classes) classes_button_->setChecked(false);
    if (has_classes) classes_->set_classes(dataset.class_names, dataset.class_counts);
    const std::string sentence =
        has_classes ? describe_small_classes(dataset.class_names, dataset.class_counts) : std::string();
    note_->setText(sentence.empty() ? QString() : text_of(sentence) + '.');
    note_->setVisible(!sentence.empty());
}

}  // namespace denoise::ui
