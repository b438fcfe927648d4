#include "ui/panels/preparation/prepare_dialog.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/panels/preparation/example_list.h"
#include "ui/panels/preparation/left_out_list.h"
#include "ui/panels/preparation/preparation_form.h"
#include "ui/text/dataset_text.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/progress.h"

namespace denoise::ui {
namespace {

constexpr int example_count = 16;
constexpr int try_delay_ms = 300;
constexpr QSize usual_size(36 * space::target - space::page, 24 * space::target - space::page);

}  // namespace

PrepareDialog::PrepareDialog(const Theme& theme, const DatasetConfig& config, bool flip,
                             const QString& locked, QWidget* parent)
    : QDialog(parent),
      theme_(theme),
      original_(config),
      original_flip_(flip),
      locked_(locked),
      form_(new PreparationForm(theme, config, flip, locked, this)) {
    setObjectName("prepare_dialog");
    setWindowTitle(tr("Prepare the dataset"));
    auto* columns = new QHBoxLayout;
    columns->setSpacing(space::group);
    columns->addWidget(form_);
    columns->addWidget(make_preview(), 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::group, space::group, space::group, space::group);
    layout->setSpacing(space::group);
    layout->addLayout(columns, 1);
    layout->addLayout(make_bottom());
    resize(usual_size);

    timer_.setSingleShot(true);
    timer_.setInterval(try_delay_ms);
    connect(&timer_, &QTimer::timeout, this, &PrepareDialog::refresh);
    connect(&worker_, &PreparationWorker::progress, this, &PrepareDialog::show_progress);
    connect(&worker_, &PreparationWorker::ready, this, &PrepareDialog::show_preview);
    connect(&worker_, &PreparationWorker::failed, this, &PrepareDialog::show_error);
    connect(&worker_, &PreparationWorker::ended, this, &PrepareDialog::show_idle);
    connect(form_, &PreparationForm::config_changed, this, [this] {
        update_apply();
        timer_.start();
    });
    connect(form_, &PreparationForm::state_changed, this, &PrepareDialog::update_apply);
    connect(form_, &PreparationForm::classes_chosen, this, [this](const QString& problem) {
        problem_->setText(problem);
        problem_->setVisible(!problem.isEmpty());
        failed_ = !problem.isEmpty();
        update_apply();
    });
    refresh();
}

const DatasetConfig& PrepareDialog::config() const {
    return form_->config();
}

bool PrepareDialog::flip() const {
    return form_->flip();
}

/// A list with the button of its action.
QWidget* PrepareDialog::make_page(QListWidget* list, QAction* action) {
    auto* page = new QWidget(tabs_);
    auto* button = new QPushButton(action->text(), page);
    button->setAccessibleName(action->text());
    button->setAutoDefault(false);
    button->setEnabled(action->isEnabled());
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::enabledChanged, button, &QWidget::setEnabled);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::control);
    layout->addWidget(list, 1);
    layout->addWidget(button, 0, Qt::AlignLeft);
    return page;
}

QWidget* PrepareDialog::make_preview() {
    tabs_ = new QTabWidget(this);
    examples_ = new ExampleList(theme_, tabs_);
    left_out_ = new LeftOutList(theme_, tabs_);
    examples_->set_locked(!locked_.isEmpty());
    left_out_->set_locked(!locked_.isEmpty());
    connect(examples_, &ExampleList::leave_out_wanted, this, &PrepareDialog::exclude_image);
    connect(left_out_, &LeftOutList::use_again_wanted, this, &PrepareDialog::use_image);
    tabs_->addTab(make_page(examples_, examples_->leave_out_action()), tr("Before and after"));
    tabs_->addTab(make_page(left_out_, left_out_->use_again_action()), tr("Left out"));
    return tabs_;
}

QLayout* PrepareDialog::make_bottom() {
    busy_ = new QWidget(this);
    auto* row = new QHBoxLayout(busy_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::control);
    busy_text_ = new QLabel(busy_);
    busy_text_->setObjectName("busy");
    busy_text_->setProperty("role", "caption");
    busy_text_->setFont(theme_.caption());
    progress_ = new QProgressBar(busy_);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress of reading the images"));
    progress_->setFixedWidth(4 * space::target);
    auto* stop = new QPushButton(tr("Stop"), busy_);
    stop->setObjectName("stop_preview");
    stop->setAccessibleName(tr("Stop reading the images"));
    stop->setToolTip(tr("The settings can be applied without reading all images first"));
    stop->setAutoDefault(false);
    connect(stop, &QPushButton::clicked, &worker_, &PreparationWorker::cancel);
    row->addWidget(progress_);
    row->addWidget(busy_text_);
    row->addWidget(stop);

    summary_ = new QLabel(this);
    summary_->setObjectName("summary");
    summary_->setWordWrap(true);
    problem_ = new QLabel(this);
    problem_->setObjectName("problem");
    problem_->setProperty("role", "problem");
    problem_->setWordWrap(true);
    problem_->hide();
    auto* cancel = new QPushButton(locked_.isEmpty() ? tr("Cancel") : tr("Close"), this);
    cancel->setObjectName("cancel");
    cancel->setAutoDefault(false);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    apply_ = new QPushButton(tr("Apply"), this);
    apply_->setObjectName("apply");
    apply_->setProperty("primary", true);
    apply_->setVisible(locked_.isEmpty());
    connect(apply_, &QPushButton::clicked, this, &QDialog::accept);

    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(space::control);
    auto* words = new QVBoxLayout;
    words->setSpacing(space::tight);
    words->addWidget(summary_);
    words->addWidget(problem_);
    bottom->addLayout(words, 1);
    bottom->addWidget(busy_, 0, Qt::AlignVCenter);
    bottom->addSpacing(space::control);
    bottom->addWidget(cancel, 0, Qt::AlignBottom);
    bottom->addWidget(apply_, 0, Qt::AlignBottom);
    update_apply();
    return bottom;
}

void PrepareDialog::refresh() {
    problem_->hide();
    form_->clear_errors();
    failed_ = false;
    summary_->clear();
    busy_text_->setText(tr("Reading some images…"));
    progress_->setRange(0, 0);
    busy_->show();
    worker_.start(form_->config(), example_count, true);
    update_apply();
}

void PrepareDialog::show_preview(const PreparationPreview& preview) {
    examples_->set_examples(preview.examples);
    if (!preview.complete) {
        busy_text_->setText(tr("Reading all images…"));
        return;
    }
    left_out_->set_preview(preview);
    const int count = count_left_out(preview);
    tabs_->setTabText(1, count == 0 ? tr("Left out") : tr("Left out (%1)").arg(count_text(count)));
    form_->show_preview(preview);
    show_summary(preview);
}

void PrepareDialog::show_summary(const PreparationPreview& preview) {
    if (preview.examples.empty()) return;
    const Picture& image = preview.examples.front().after;
    QString text =
        images_text(preview.count, image.width, image.height, image.channels, preview.class_names.size());
    if (const int count = count_left_out(preview); count > 0)
        text += QStringLiteral(". ") + tr("%n left out", nullptr, count);
    summary_->setText(text);
}

void PrepareDialog::show_error(const Error& error) {
    failed_ = true;
    if (!form_->show_error(error)) {
        problem_->setText(text_of(one_line(error)));
        problem_->show();
    }
    update_apply();
}

void PrepareDialog::show_progress(qint64 done, qint64 total) {
    set_progress(*progress_, done, total);
    busy_text_->setText(total > 0 ? tr("Reading image %1 of %2").arg(count_text(done), count_text(total))
                                  : tr("Reading all images…"));
}

void PrepareDialog::show_idle() {
    busy_->setVisible(worker_.is_running());
}

void PrepareDialog::exclude_image(const std::string& name) {
    std::vector<std::string> names = parse_name_list(form_->config().exclude_images, "exclude_images");
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    DatasetConfig changed = form_->config();
    changed.exclude_images = format_name_list(names);
    form_->change(changed);
}

void PrepareDialog::use_image(const std::string& name) {
    std::vector<std::string> names = parse_name_list(form_->config().exclude_images, "exclude_images");
    std::erase(names, name);
    DatasetConfig changed = form_->config();
    changed.exclude_images = format_name_list(names);
    form_->change(changed);
}

void PrepareDialog::update_apply() {
    const bool changed = form_->config() != original_ || form_->flip() != original_flip_;
    const bool valid = !failed_ && !form_->has_problem();
    apply_->setEnabled(locked_.isEmpty() && changed && valid);
    apply_->setToolTip(!changed ? tr("Nothing has been changed")
                       : !valid ? tr("These settings are not valid")
                                : QString());
}

void PrepareDialog::done(int result) {
    worker_.cancel();
    timer_.stop();
    if (result == Accepted) Q_EMIT applied(form_->config(), form_->flip());
    QDialog::done(result);
}

}  // namespace denoise::ui
