#include "ui/pages/compare/compare_column.h"

#include <QFontMetrics>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/pages/compare/column_form.h"
#include "ui/picture/picture_view.h"
#include "ui/text/format.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"
#include "ui/widgets/caption_label.h"
#include "ui/widgets/icon_button.h"

namespace denoise::ui {
namespace {

/// The lines of a caption: in more and so narrower columns, it needs more.
int caption_height(const Theme& theme, int columns) {
    return columns * QFontMetrics(theme.caption()).lineSpacing();
}

}  // namespace

CompareColumn::CompareColumn(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      theme_(theme),
      number_(new QLabel),
      state_(caption_label(theme)),
      time_(caption_label(theme)),
      remove_(icon_button(theme.icon("list-remove"), {})),
      form_(new ColumnForm(theme)),
      progress_(new QProgressBar),
      view_(new PictureView(theme)),
      caption_(caption_label(theme)) {
    number_->setFont(theme.group_title());
    state_->setObjectName("state");
    time_->setObjectName("time");
    remove_->setObjectName("remove");
    view_->setMinimumSize(4 * space::target, 4 * space::target);
    progress_->setTextVisible(false);
    QSizePolicy kept = progress_->sizePolicy();
    kept.setRetainSizeWhenHidden(true);  // so that nothing moves when sampling starts and ends
    progress_->setSizePolicy(kept);
    progress_->hide();
    caption_->setObjectName("caption");
    caption_->setWordWrap(true);
    caption_->setTextFormat(Qt::PlainText);
    caption_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    caption_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::tight);
    column->addLayout(make_header());
    column->addWidget(form_);
    column->addWidget(progress_);
    column->addWidget(view_, 1);
    column->addWidget(caption_);

    connect(form_, &ColumnForm::changed, this, &CompareColumn::settings_changed);
    connect(remove_, &QToolButton::clicked, this, &CompareColumn::remove_pressed);
    connect(view_, &PictureView::clicked, this,
            [this](int image) { Q_EMIT image_chosen(only_ >= 0 ? -1 : image); });
}

QLayout* CompareColumn::make_header() {
    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    row->addWidget(number_);
    row->addWidget(state_, 1);
    row->addWidget(time_);
    row->addWidget(remove_);
    state_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    return row;
}

void CompareColumn::set_choices(const std::vector<ModelChoice>& choices) {
    form_->set_choices(choices);
}

void CompareColumn::show_form(bool shown) {
    form_->setVisible(shown);
}

void CompareColumn::arrange(int width) {
    form_->arrange(width);
}

void CompareColumn::show_column(const Comparison& comparison, int index) {
    const Column& column = comparison.at(index);
    number_->setText(QString::number(index + 1));
    form_->set_subject(tr("column %1").arg(index + 1));
    form_->show_settings(column.settings, column.facts);
    view_->setAccessibleName(tr("Pictures of column %1").arg(index + 1));
    progress_->setAccessibleName(tr("Progress of column %1").arg(index + 1));
    remove_->setToolTip(tr("Remove column %1").arg(index + 1));
    remove_->setAccessibleName(remove_->toolTip());
    remove_->setVisible(comparison.size() > Comparison::fewest);

    show_state(comparison, index);
    const bool is_stale = freshness(comparison, index) == Freshness::changed;
    QStringList lines = {differences(comparison, index)};
    if (column.problem)
        lines << text_of(column.problem->why) + QStringLiteral(". ") + text_of(column.problem->remedy);
    else if (const QString cost = cost_text(column); !cost.isEmpty() && !is_stale)
        lines << cost;  // what other settings have cost would not belong to these
    caption_->setText(lines.join('\n'));
    caption_->setFixedHeight(caption_height(theme_, comparison.size()));
    caption_->setToolTip(caption_->text());
    set_look(*caption_, "role", column.problem ? "problem" : "caption");
}

void CompareColumn::show_state(const Comparison& comparison, int index) {
    const Column& column = comparison.at(index);
    const Freshness fresh = freshness(comparison, index);
    const bool stale = fresh == Freshness::changed;
    QString text, tip;
    if (column.job != 0) {
        text = column.total == 0 ? tr("waiting") : tr("step %1 of %2").arg(column.done).arg(column.total);
    } else if (column.problem) {
        text = tr("failed");
        tip = text_of(column.problem->what);
    } else if (stale) {
        text = column.result->complete ? tr("changed") : tr("stopped");
        tip = tr("The pictures were sampled with other settings. Press Sample to update them.");
    } else if (fresh == Freshness::older_model) {
        text = tr("older model");
        tip =
            tr("Sampled at step %1 of the training; the model is now at step %2.")
                .arg(count_text(column.result->trajectory.start().model_step), count_text(column.facts.step));
    }
    state_->setText(text);
    state_->setToolTip(tip);
    set_look(*state_, "role", column.problem ? "problem" : stale ? "stale" : "caption");
    progress_->setVisible(column.job != 0);
    progress_->setRange(0, std::max(1, column.total));
    progress_->setValue(column.done);
    view_->set_empty_text(!column.facts.found
                              ? tr("There is no model yet. Train one or open a run, or choose a "
                                   "run for this column above.")
                              : tr("Press Sample to draw images from the same noise in every column."));
}

void CompareColumn::show_frame(const TrajectoryFrame* frame, bool noisy, int image) {
    only_ = image;
    if (frame)
        view_->set_images(noisy ? frame->x_t : frame->x0);
    else
        view_->clear();
    view_->set_only(image);
    view_->set_border(noisy ? 0 : 1);
    time_->setText(!frame                ? QString()
                   : frame->timestep < 0 ? tr("result")
                                         : tr("t = %1").arg(frame->timestep));
}

}  // namespace denoise::ui
