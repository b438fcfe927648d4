#include "ui/panels/evaluation/evaluation_card.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>
#include <algorithm>

#include "ui/link/engine_link.h"
#include "ui/panels/evaluation/evaluation_controls.h"
#include "ui/panels/evaluation/evaluation_view.h"
#include "ui/paths/dropped_path.h"
#include "ui/text/dataset_text.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/progress.h"
#include "ui/widgets/steady_label.h"

namespace denoise::ui {
namespace {

constexpr int view_width = 528;
constexpr int table_width = 368;
constexpr int least_width_for_time = 10 * space::target;

QString dataset_name(const DatasetConfig& config, const EngineLink& link) {
    if (link.dataset() && link.dataset()->config == config) return text_of(link.dataset()->name);
    return dataset_title(text_of(config.dataset));
}

}  // namespace

EvaluationCard::EvaluationCard(EngineLink& link, const Theme& theme, QWidget* parent)
    : QWidget(parent), link_(link), theme_(theme) {
    build();
    connect_engine();
    offer_datasets();
    show_hint();
}

void EvaluationCard::build() {
    setObjectName("evaluation_card");
    setProperty("role", "panel");
    setAttribute(Qt::WA_StyledBackground);
    controls_ = new EvaluationControls(theme_, this);
    doing_ = new ElidedLabel(this);
    doing_->setObjectName("evaluation_doing");
    doing_->setProperty("role", "caption");
    doing_->setFont(theme_.caption());
    doing_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    progress_ = new QProgressBar(this);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress of the evaluation"));
    // A hidden bar still takes its space, so that nothing moves.
    QSizePolicy keeps = progress_->sizePolicy();
    keeps.setRetainSizeWhenHidden(true);
    progress_->setSizePolicy(keeps);
    progress_->hide();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::group, space::control, space::group, space::control);
    layout->setSpacing(space::control);
    layout->addWidget(controls_);
    auto* under = new QVBoxLayout;
    under->setSpacing(space::tight);
    under->addWidget(doing_);
    under->addWidget(progress_);
    layout->addLayout(under);
    layout->addWidget(build_results(), 1);
    connect(controls_, &EvaluationControls::evaluate_pressed, this, &EvaluationCard::start);
    connect(controls_, &EvaluationControls::stop_pressed, this, &EvaluationCard::stop);
    connect(controls_, &EvaluationControls::metric_changed, this, &EvaluationCard::show_hint);
}

QWidget* EvaluationCard::build_results() {
    shown_ = new QStackedWidget;
    auto* empty = new QLabel(tr("The results of this session are shown here."));
    empty->setProperty("role", "caption");
    empty->setWordWrap(true);
    empty->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    view_ = new EvaluationView(theme_);
    shown_->setContentsMargins(0, 0, space::group, 0);
    shown_->addWidget(empty);
    shown_->addWidget(view_);

    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(shown_);
    splitter->addWidget(build_list());
    splitter->setStretchFactor(0, 1);
    splitter->setSizes({view_width, table_width});
    show_chosen();
    return splitter;
}

QWidget* EvaluationCard::build_list() {
    build_table();
    copy_ = new QAction(theme_.icon("edit-copy"), tr("Copy"), table_);
    copy_->setShortcut(QKeySequence::Copy);
    copy_->setShortcutContext(Qt::WidgetShortcut);
    table_->addAction(copy_);
    auto* button = new QToolButton;
    button->setObjectName("copy_evaluations");
    button->setDefaultAction(copy_);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(tr("Copy the selected results"));
    connect(copy_, &QAction::triggered, this, &EvaluationCard::copy_chosen);

    auto* title = new QLabel(tr("Results"));
    title->setFont(theme_.group_title());
    title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* heading = new QHBoxLayout;
    heading->addWidget(title, 1);
    heading->addWidget(button);
    auto* list = new QWidget;
    auto* column = new QVBoxLayout(list);
    column->setContentsMargins(space::group, 0, 0, 0);
    column->setSpacing(space::tight);
    column->addLayout(heading);
    column->addWidget(table_, 1);
    return list;
}

void EvaluationCard::build_table() {
    model_.setHorizontalHeaderLabels({tr("Model"), tr("Metric"), tr("Value"), tr("Time")});
    table_ = new QTreeView;
    table_->setObjectName("evaluations");
    table_->setAccessibleName(tr("Results of this session"));
    table_->setModel(&model_);
    table_->setRootIsDecorated(false);
    table_->setUniformRowHeights(true);
    table_->setAllColumnsShowFocus(true);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table_->setTextElideMode(Qt::ElideLeft);  // the names of runs differ at their ends
    table_->setContextMenuPolicy(Qt::ActionsContextMenu);
    table_->viewport()->installEventFilter(this);
    table_->header()->setStretchLastSection(false);
    table_->header()->setSectionsMovable(false);
    table_->header()->setMinimumSectionSize(2 * space::target);
    table_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    for (int column = 1; column < model_.columnCount(); ++column)
        table_->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &EvaluationCard::show_chosen);
}

bool EvaluationCard::eventFilter(QObject* watched, QEvent* event) {
    // In a narrow list, the name of the model needs the room of the last column.
    if (watched == table_->viewport() && event->type() == QEvent::Resize)
        table_->setColumnHidden(model_.columnCount() - 1, table_->viewport()->width() < least_width_for_time);
    return QWidget::eventFilter(watched, event);
}

void EvaluationCard::connect_engine() {
    connect(&link_, &EngineLink::run_opened, this, [this](const RunOpened& run) {
        step_ = run.step;
        controls_->set_model(run.config.schedule.timesteps,
                             run.config.unet.classes > 0 && run.config.unet.unlabelled_class,
                             text_of(run.no_ema_lengths));
        offer_datasets();
    });
    connect(&link_, &EngineLink::dataset_ready, this, &EvaluationCard::offer_datasets);
    connect(&link_, &EngineLink::training_progress, this,
            [this](const TrainingProgress& progress) { step_ = progress.step; });
    connect(&link_, &EngineLink::training_ended, this,
            [this](const TrainingEnded& ended) { step_ = ended.step; });
    connect(&link_, &EngineLink::model_refreshed, this, [this] { step_ = link_.run()->step; });
    connect(&link_, &EngineLink::job_progress, this, &EvaluationCard::show_progress);
    connect(&link_, &EngineLink::evaluation_result, this, &EvaluationCard::take);
    connect(&link_, &EngineLink::job_ended, this, [this](const JobEnded& ended) { end(ended.job); });
}

void EvaluationCard::offer_datasets() {
    std::vector<DatasetOffer> offers;
    const auto& run = link_.run();
    const auto& loaded = link_.dataset();
    // The dataset of a model of another program is not known.
    const bool foreign = is_diffusers_folder(text_of(link_.model_path().string()));
    if (run && !foreign)
        offers.push_back(
            {tr("%1 (training)").arg(dataset_name(run->config.dataset, link_)), run->config.dataset});
    if (loaded) offers.push_back({text_of(loaded->name), loaded->config});
    controls_->set_datasets(offers);
}

void EvaluationCard::set_obstacle(const QString& reason) {
    controls_->set_obstacle(reason);
}

void EvaluationCard::start() {
    running_ = {};
    running_.path = link_.model_path();
    running_.model = model_name(running_.path);
    running_.step = step_;
    running_.request = controls_->request();
    running_.dataset = dataset_name(running_.request.dataset, link_);
    stopping_ = false;
    controls_->set_work(EvaluationControls::Work::running);
    doing_->setText(tr("Waiting for the engine"));
    progress_->setRange(0, 0);
    progress_->show();
    job_ = link_.post(running_.request);
    Q_EMIT running_changed();
}

void EvaluationCard::stop() {
    if (!is_running() || stopping_) return;
    stopping_ = true;
    controls_->set_work(EvaluationControls::Work::stopping);
    link_.post(Cancel{job_});
}

void EvaluationCard::end(JobId job) {
    if (job != job_) return;
    job_ = 0;
    controls_->set_work(EvaluationControls::Work::none);
    progress_->hide();
    show_hint();
    Q_EMIT running_changed();
}

void EvaluationCard::show_progress(const JobProgress& progress) {
    if (progress.job != job_ || stopping_) return;
    set_progress(*progress_, progress.done, progress.total);
    QString doing = progress.doing.empty() ? tr("Loading the dataset") : text_of(progress.doing);
    doing[0] = doing[0].toUpper();
    doing_->setText(progress.total > 0
                        ? tr("%1: %2 of %3").arg(doing, count_text(progress.done), count_text(progress.total))
                        : doing);
}

void EvaluationCard::show_hint() {
    if (is_running()) return;
    doing_->setText(help_of(controls_->metric()));
}

void EvaluationCard::take(const EvaluationResult& result) {
    if (result.job != job_) return;
    EvaluationRecord record = running_;
    record.result = result;
    record.when = QDateTime::currentDateTime();
    record.dataset = dataset_name(record.request.dataset, link_);  // it is known once the dataset is loaded
    Q_EMIT evaluated(record);
    list_record(std::move(record));
}

void EvaluationCard::list_record(EvaluationRecord record) {
    QList<QStandardItem*> row;
    for (const QString& text : {short_model_text(record), short_title_of(record.request.metric),
                                value_text(record), record.when.toString("HH:mm")}) {
        row << new QStandardItem(text);
        row.back()->setToolTip(plain_text(record));
    }
    row[2]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    records_.insert(records_.begin(), std::move(record));
    model_.insertRow(0, row);
    table_->setCurrentIndex(model_.index(0, 0));
}

QList<int> EvaluationCard::chosen_rows() const {
    QList<int> rows;
    for (const QModelIndex& index : table_->selectionModel()->selectedRows()) rows << index.row();
    std::ranges::sort(rows);
    return rows;
}

void EvaluationCard::show_chosen() {
    const QList<int> rows = chosen_rows();
    copy_->setEnabled(!rows.isEmpty());
    copy_->setToolTip(rows.isEmpty() ? tr("Select a result first.")
                                     : tr("Copies the selected results as text (%1)")
                                           .arg(copy_->shortcut().toString(QKeySequence::NativeText)));
    if (!rows.isEmpty()) view_->show_record(records_[static_cast<std::size_t>(rows.front())]);
    shown_->setCurrentIndex(records_.empty() ? 0 : 1);
}

void EvaluationCard::copy_chosen() {
    QStringList texts;
    for (const int row : chosen_rows()) texts << plain_text(records_[static_cast<std::size_t>(row)]);
    if (!texts.isEmpty()) QApplication::clipboard()->setText(texts.join("\n\n"));
}

}  // namespace denoise::ui
