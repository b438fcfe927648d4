#include "ui/pages/train/train_page.h"

#include <QCoreApplication>
#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QPointer>
#include <QSplitter>
#include <QStackedWidget>
#include <QThreadPool>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "ui/export/row_export_dialog.h"
#include "ui/pages/train/health_label.h"
#include "ui/pages/train/held_out_legend.h"
#include "ui/pages/train/preview_panel.h"
#include "ui/pages/train/train_readout.h"
#include "ui/paths/dropped_path.h"
#include "ui/plot/heat_map.h"
#include "ui/plot/plot.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int refresh_ms = 100;
constexpr int least_width_with_map = 36 * space::target;
constexpr int least_height_with_legend = 14 * space::target;
constexpr std::array<int, 7> smoothing_widths = {1, 5, 20, 50, 100, 200, 500};
constexpr auto standard_width = std::ranges::find(smoothing_widths, static_cast<int>(loss_window));
static_assert(standard_width != smoothing_widths.end());

QFrame* chart_frame(QWidget* content) {
    auto* frame = new QFrame;
    frame->setProperty("role", "chart");
    auto* layout = new QVBoxLayout(frame);
    layout->setContentsMargins(space::control, space::control, space::control, space::tight);
    layout->addWidget(content);
    return frame;
}

}  // namespace

TrainPage::TrainPage(EngineLink& link, const Theme& theme, QWidget* parent)
    : Page(parent),
      link_(link),
      theme_(theme),
      smoothing_(static_cast<std::size_t>(standard_width - smoothing_widths.begin())) {
    build(theme);
    connect_charts();
    timer_.setInterval(refresh_ms);
    connect(&timer_, &QTimer::timeout, this, &TrainPage::refresh);
    timer_.start();
    connect(&link, &EngineLink::run_opened, this, &TrainPage::open_run);
    connect(&link, &EngineLink::metrics, this, [this](const std::vector<StepMetrics>& steps) {
        history_.add(steps);
        dirty_ = true;
    });
    connect(&link, &EngineLink::run_changed, this, &TrainPage::show_changes);
    connect(&link, &EngineLink::model_renamed, this, [this] {
        const auto& run = link_.run();
        if (run && !run->folder.empty() && run->step > 0) load_previews(run->folder, run->step);
    });
    connect(&link, &EngineLink::timestep_losses, this, [this](const std::vector<double>& bins) {
        bins_ = bins;
        bins_dirty_ = true;
        moments_.add(link_.run() ? link_.run()->step : 0, bins);
    });
    connect(&link, &EngineLink::preview_ready, this, [this](const PreviewReady& preview) {
        previews_->add(preview);
        loss_->set_marks(previews_->steps());
    });
    readout_->show_step(history_, cursor_);
    show_smoothing();
}

void TrainPage::build(const Theme& theme) {
    make_plots(theme);
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setObjectName("train_splitter");
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(make_charts(theme));
    splitter->addWidget(make_previews(theme));
    splitter->setSizes({600, 340});
    splitter->setStretchFactor(0, 5);
    splitter->setStretchFactor(1, 3);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
}

void TrainPage::make_plots(const Theme& theme) {
    loss_ = new Plot(theme, tr("Step"), tr("Loss"));
    loss_->setObjectName("loss_chart");
    loss_->set_empty_text(tr("The loss is shown here during training."));
    raw_series_ = loss_->add_series({.quiet = true});
    smooth_series_ = loss_->add_series({});
    seen_series_ = loss_->add_series(
        {.label = tr("training"), .colour = seen_colour, .name = tr("Training images, same noise")});
    held_out_series_ =
        loss_->add_series({.label = tr("held-out"), .colour = held_out_colour, .name = tr("Held-out loss")});
    by_timestep_ = new Plot(theme, tr("Timestep t"), tr("Loss by timestep"));
    by_timestep_->set_empty_text(tr("Shown during training."));
    by_timestep_->add_series({.filled = true});
    learning_rate_ = new Plot(theme, tr("Step"), tr("Learning rate"));
    learning_rate_->set_empty_text(tr("Shown during training."));
    learning_rate_->add_series({});
    gradient_ = new Plot(theme, tr("Step"), tr("Gradient norm"));
    gradient_->set_empty_text(tr("Shown during training."));
    gradient_->add_series({.width = 1.5});
}

/// The charts with the numbers above them.
QWidget* TrainPage::make_charts(const Theme& theme) {
    auto* charts = new QWidget(this);
    auto* grid = new QGridLayout(charts);
    grid->setContentsMargins(space::group, space::control, space::control, space::group);
    grid->setSpacing(space::control);
    auto* buttons = new QHBoxLayout;
    grid->addLayout(make_readout(theme, *buttons), 0, 0, 1, 3);
    QFrame* frame = chart_frame(loss_);
    auto* below = qobject_cast<QVBoxLayout*>(frame->layout());
    below->setStretch(0, 1);
    legend_ = new HeldOutLegend(theme);
    legend_->hide();
    below->addWidget(legend_);
    grid->addWidget(frame, 1, 0, 1, 3);
    grid->addWidget(chart_frame(build_map(theme, *buttons)), 2, 0);
    learning_rate_frame_ = chart_frame(learning_rate_);
    grid->addWidget(learning_rate_frame_, 2, 1);
    gradient_frame_ = chart_frame(gradient_);
    grid->addWidget(gradient_frame_, 2, 2);
    small_charts_ = grid;
    fit_axes();
    grid->setRowStretch(1, 5);
    grid->setRowStretch(2, 3);
    return charts;
}

/// The numbers, which need the whole width, and below them the health and `buttons`.
QLayout* TrainPage::make_readout(const Theme& theme, QHBoxLayout& buttons) {
    readout_ = new TrainReadout(theme);
    log_axis_ = new QToolButton(this);
    log_axis_->setObjectName("log_axis");
    log_axis_->setText(tr("Log"));
    log_axis_->setCheckable(true);
    log_axis_->setAccessibleName(tr("Logarithmic loss axis"));
    log_axis_->setToolTip(tr("Logarithmic loss axis (L)"));
    connect(log_axis_, &QToolButton::clicked, this, &TrainPage::toggle_log_axis);
    health_ = new HealthLabel(link_, theme, this);
    connect(health_, &HealthLabel::fix_wanted, this, &TrainPage::fix_wanted);
    auto* words = new QVBoxLayout;
    words->setSpacing(space::tight);
    words->addLayout(readout_);
    buttons.addWidget(health_, 1);
    buttons.addWidget(log_axis_, 0, Qt::AlignTop);
    words->addLayout(&buttons);
    return words;
}

QWidget* TrainPage::make_previews(const Theme& theme) {
    auto* side = new QWidget(this);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(space::group, space::control, space::group, space::group);
    previews_ = new PreviewPanel(theme, side);
    layout->addWidget(previews_);
    return side;
}

void TrainPage::add_banner(QWidget* banner) {
    auto* row = new QVBoxLayout;
    row->setContentsMargins(space::group, space::tight, space::group, 0);
    row->addWidget(banner);
    auto* column = qobject_cast<QVBoxLayout*>(layout());
    column->insertLayout(0, row);
    column->setStretch(1, 1);
}

void TrainPage::show_kept(const std::vector<KeptPreview>& previews) {
    previews_->set_kept(previews);
    loss_->set_marks(previews_->steps());
}

void TrainPage::draw_held_out() {
    std::vector<QPointF> points = history_.held_out_loss();
    has_held_out_ = !points.empty();
    fit_legend();
    readout_->set_held_out_visible(!points.empty());
    loss_->set_points(held_out_series_, std::move(points));
    loss_->set_points(seen_series_, history_.training_images_loss());
}

QWidget* TrainPage::build_map(const Theme& theme, QHBoxLayout& buttons) {
    map_ = new HeatMap(theme, tr("Step"), tr("t"), tr("Loss by timestep"));
    map_->setObjectName("timestep_map");
    map_->set_empty_text(tr("Shown during training."));
    auto* both = new QStackedWidget;
    both->addWidget(by_timestep_);
    both->addWidget(map_);
    both->setMinimumSize(by_timestep_->minimumSize().expandedTo(map_->minimumSize()));  // it ignores these
    auto* button = new QToolButton;
    button->setObjectName("show_map");
    button->setText(tr("Map"));
    button->setCheckable(true);
    button->setAccessibleName(tr("Loss by timestep over the training"));
    button->setToolTip(
        tr("Shows how the loss at each timestep changes during the training, since the run was "
           "opened, instead of the newest values."));
    connect(button, &QToolButton::toggled, both, [this, both](bool on) {
        both->setCurrentIndex(on ? 1 : 0);
        fit_charts();
    });
    buttons.addWidget(button, 0, Qt::AlignTop);
    return both;
}

/// A map needs more width than a curve: on a narrow page, it takes that of a neighbour.
void TrainPage::fit_charts() {
    const bool crowded = by_timestep_->isHidden() && width() < least_width_with_map;
    gradient_frame_->setVisible(!crowded);
    // The chart beside it spans both columns, as there would be a gap before the hidden one.
    int row = 0, column_of_rate = 0, rows = 0, columns = 0;
    small_charts_->getItemPosition(small_charts_->indexOf(learning_rate_frame_), &row, &column_of_rate, &rows,
                                   &columns);
    if (const int wanted = crowded ? 2 : 1; columns != wanted) {
        small_charts_->removeWidget(learning_rate_frame_);
        small_charts_->addWidget(learning_rate_frame_, row, column_of_rate, 1, wanted);
    }
    small_charts_->setColumnStretch(0, crowded ? 2 : 1);
    for (const int column : {1, 2}) small_charts_->setColumnStretch(column, crowded ? column % 2 : 1);
}

void TrainPage::fit_legend() {
    // On a low page, the curve needs the room; the labels at its ends name the curves, too.
    legend_->setVisible(has_held_out_ && height() >= least_height_with_legend);
}

void TrainPage::draw_map() {
    std::vector<HeatColumn> columns;
    for (const TimestepHistory::Moment& moment : moments_.moments())
        columns.push_back({moment.step, moment.losses});
    map_->set_columns(std::move(columns), timesteps_);
}

void TrainPage::connect_charts() {
    const auto look_at = [this](double step) {
        move_cursor(step);
        previews_->peek(step);
    };
    const auto look_away = [this] {
        move_cursor(chosen_);
        previews_->peek(std::nullopt);
    };
    connect(map_, &HeatMap::cursor_moved, this, look_at);
    connect(map_, &HeatMap::cursor_left, this, look_away);
    for (Plot* plot : {loss_, learning_rate_, gradient_}) {
        connect(plot, &Plot::cursor_moved, this, look_at);
        connect(plot, &Plot::cursor_left, this, look_away);
        connect(plot, &Plot::clicked, this, [this](double x) { previews_->choose(x); });
    }
    connect(previews_, &PreviewPanel::any_changed, this, &TrainPage::capabilities_changed);
    connect(previews_, &PreviewPanel::shown_step, this, [this](std::optional<double> step) {
        chosen_ = step;
        move_cursor(step);
    });
    connect(by_timestep_, &Plot::cursor_moved, this, [this](double t) {
        by_timestep_->set_cursor(t);
        if (const auto value = by_timestep_->value_at(0, t))
            by_timestep_->setToolTip(
                tr("t = %1: loss %2").arg(count_text(std::llround(t)), measure_text(*value)));
    });
    connect(by_timestep_, &Plot::cursor_left, this, [this] { by_timestep_->set_cursor(std::nullopt); });
}

void TrainPage::open_run(const RunOpened& run) {
    history_.clear();
    history_.add(run.history);
    bins_.clear();
    moments_.clear();
    timesteps_ = run.config.schedule.timesteps;
    dirty_ = bins_dirty_ = true;
    chosen_.reset();
    move_cursor(std::nullopt);
    previews_->clear();
    loss_->set_marks({});
    show_changes();
    if (!run.folder.empty() && run.step > 0) load_previews(run.folder, run.step);
}

void TrainPage::show_changes() {
    std::vector<PlotFlag> loss, learning_rate;
    for (const SettingChange& change : link_.run()->changes) {
        const PlotFlag flag{static_cast<double>(change.step), text_of(describe(change))};
        loss.push_back(flag);
        if (change.key == "learning_rate") learning_rate.push_back({flag.x, {}});
    }
    loss_->set_flags(std::move(loss));
    learning_rate_->set_flags(std::move(learning_rate));
}

void TrainPage::load_previews(const std::filesystem::path& folder, std::int64_t up_to) {
    QThreadPool::globalInstance()->start([page = QPointer(this), folder, up_to] {
        std::vector<KeptPreview> kept = list_previews(folder);
        // Later previews are drawn again when the run is resumed from this checkpoint.
        std::erase_if(kept, [up_to](const KeptPreview& preview) { return preview.step > up_to; });
        QMetaObject::invokeMethod(QCoreApplication::instance(), [page, folder, kept] {
            if (!page || !page->link_.run() || page->link_.run()->folder != folder) return;
            page->show_kept(kept);
        });
    });
}

void TrainPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    fit_charts();
    fit_legend();
}

void TrainPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    refresh();
}

void TrainPage::refresh() {
    if (!isVisible()) return;
    if (dirty_) {
        dirty_ = false;
        loss_->set_points(raw_series_, history_.loss());
        loss_->set_points(smooth_series_, history_.smooth_loss(smoothing_widths[smoothing_]));
        show_smoothing();
        readout_->set_mean_loss(history_.mean_loss(static_cast<int>(loss_window)));
        draw_held_out();
        learning_rate_->set_points(0, history_.learning_rate());
        gradient_->set_points(0, history_.gradient_norm());
        health_->judge(history_.steps());
        fit_axes();
        readout_->show_step(history_, cursor_);
    }
    if (bins_dirty_) {
        bins_dirty_ = false;
        std::vector<QPointF> points;
        const double width =
            bins_.empty() ? 1 : static_cast<double>(timesteps_) / static_cast<double>(bins_.size());
        for (std::size_t i = 0; i < bins_.size(); ++i)
            points.emplace_back((static_cast<double>(i) + 0.5) * width, bins_[i]);
        by_timestep_->set_points(0, std::move(points));
        draw_map();
    }
}

void TrainPage::fit_axes() {
    for (Plot* plot : {loss_, learning_rate_, gradient_}) {
        plot->follow_data();
        if (history_.steps().empty()) plot->set_x_range(0, 1000);
    }
    by_timestep_->set_x_range(0, timesteps_);
}

void TrainPage::move_cursor(std::optional<double> step) {
    cursor_ = step;
    for (Plot* plot : {loss_, learning_rate_, gradient_}) plot->set_cursor(step);
    map_->set_cursor(step);
    readout_->show_step(history_, cursor_);
}

int TrainPage::controls_bottom() const {
    return loss_->parentWidget()->mapTo(this, QPoint(0, 0)).y();
}

void TrainPage::show_smoothing() {
    const int width = smoothing_widths[smoothing_];
    const bool any = !history_.steps().empty();
    const auto now = any ? static_cast<int>(smoothing_window(history_.steps().back().step, width)) : width;
    loss_->set_label(smooth_series_, width == 1 ? QString() : tr("mean of %1").arg(now));
    loss_->setToolTip(
        tr("The strong line is the mean over the last %n step(s), or over the last third of "
           "them at the start. Press [ or ] to change this number, L for a logarithmic axis.",
           nullptr, width));
}

void TrainPage::step(int delta) {
    previews_->move(delta);
}
void TrainPage::go_to_start() {
    previews_->choose(0);
}
void TrainPage::go_to_end() {
    previews_->choose(HUGE_VAL);
}
Picture TrainPage::picture() const {
    return previews_->picture();
}

bool TrainPage::can_export() const {
    return !previews_->picture().empty();
}

void TrainPage::export_pictures() {
    if (!can_export()) return;
    CaptionedRow row;
    row.heading = model_name(link_.model_path());
    row.grids.push_back({previews_->picture(), previews_->caption()});
    export_row(std::move(row), tr("samples"), export_folder(), theme_, *this);
}

void TrainPage::toggle_log_axis() {
    const bool on = !loss_->log_y();
    loss_->set_log_y(on);
    by_timestep_->set_log_y(on);
    log_axis_->setChecked(on);
}

void TrainPage::change_smoothing(int delta) {
    smoothing_ = static_cast<std::size_t>(
        std::clamp(static_cast<int>(smoothing_) + delta, 0, static_cast<int>(smoothing_widths.size()) - 1));
    show_smoothing();
    dirty_ = true;
    refresh();
}

}  // namespace denoise::ui
