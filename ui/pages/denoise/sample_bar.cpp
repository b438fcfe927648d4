#include "ui/pages/denoise/sample_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "ui/pages/denoise/sample_session.h"
#include "ui/theme/theme.h"

namespace denoise::ui {

SampleBar::SampleBar(SampleSession& session, const Theme& theme, QWidget* parent)
    : QWidget(parent),
      session_(session),
      samples_(new QComboBox),
      thinned_(new QLabel),
      branch_(new QPushButton(theme.icon("denoise-branch"), tr("Branch"))),
      export_(new QPushButton(theme.icon("document-export"), tr("Export…"))) {
    samples_->setObjectName("samples");
    samples_->setAccessibleName(tr("Sample"));
    samples_->setToolTip(tr("The samples of this session"));
    samples_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    samples_->setMinimumContentsLength(1);
    thinned_->setFont(theme.caption());
    thinned_->setProperty("role", "caption");
    branch_->setObjectName("branch");
    export_->setToolTip(tr("Save an image, a grid, all frames or an animation (Ctrl+E)"));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::control);
    row->addWidget(samples_, 1);
    row->addWidget(thinned_);
    row->addWidget(branch_);
    row->addWidget(export_);

    connect(samples_, &QComboBox::activated, this,
            [this](int row_chosen) { session_.show(samples_->count() - 1 - row_chosen); });
    connect(branch_, &QPushButton::clicked, this, &SampleBar::branch_pressed);
    connect(export_, &QPushButton::clicked, this, &SampleBar::export_pressed);
    connect(&session_, &SampleSession::history_changed, this, &SampleBar::list_samples);
    connect(&session_, &SampleSession::entry_changed, this, &SampleBar::show_entry);
    connect(&session_, &SampleSession::frames_changed, this, &SampleBar::update_buttons);
    for (const auto signal :
         {&SampleSession::running_changed, &SampleSession::position_changed, &SampleSession::image_changed})
        connect(&session_, signal, this, &SampleBar::update_buttons);
    update_buttons();
}

void SampleBar::list_samples() {
    samples_->clear();
    const SampleHistory& history = session_.history();
    for (int i = history.size() - 1; i >= 0; --i)  // the newest first
        samples_->addItem(
            tr("Sample %1 · %2").arg(history.at(i).number).arg(describe(history.at(i).trajectory.start())));
    show_entry();
}

void SampleBar::show_entry() {
    samples_->setCurrentIndex(samples_->count() - 1 - session_.shown());
    update_buttons();
}

void SampleBar::update_buttons() {
    const int stride = session_.entry() ? session_.entry()->trajectory.stride() : 1;
    thinned_->setText(tr("1 of every %1 frames is kept, to save memory").arg(stride));
    thinned_->setVisible(stride > 1);
    export_->setEnabled(session_.frame() != nullptr);
    const QString obstacle = session_.obstacle_to_branch();
    branch_->setEnabled(obstacle.isEmpty());
    branch_->setToolTip(obstacle.isEmpty()
                            ? tr("Samples other futures of this image: it continues from this timestep, with "
                                 "other noise and with the weights that it was sampled with.")
                            : obstacle);
}

}  // namespace denoise::ui
