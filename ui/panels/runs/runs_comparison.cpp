#include "ui/panels/runs/runs_comparison.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QSplitter>
#include <QToolButton>
#include <QTreeView>
#include <algorithm>
#include <array>

#include "ui/panels/runs/run_differences.h"
#include "ui/panels/runs/training_follower.h"
#include "ui/plot/plot.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/caption_label.h"

namespace denoise::ui {
namespace {

constexpr int property_width = 128;
constexpr int run_width = 116, most_run_width = 220;
constexpr int header_extra = 44;  ///< of the swatch and the spaces

/// Those that are easiest to tell apart come first.
constexpr std::array<int, Theme::series_count> series_order = {0, 1, 2, 3, 6, 7, 4, 5, 8};

/// A short line in the colour and style of a curve.
QIcon swatch(const Theme& theme, int series) {
    constexpr int width = 24, height = 16, ratio = 2;
    QPixmap picture(width * ratio, height * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setPen(QPen(theme.series(series), 2.5, theme.series_style(series), Qt::FlatCap));
    painter.drawLine(QPointF(0, height / 2.0), QPointF(width, height / 2.0));
    return QIcon(picture);
}

}  // namespace

int series_of_run(int n) {
    return series_order[static_cast<std::size_t>(n) % series_order.size()];
}

RunsComparison::RunsComparison(const TrainingFollower& training, const Theme& theme, QWidget* parent)
    : QWidget(parent), training_(training), theme_(theme) {
    setObjectName("runs_comparison");
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(build_chart());
    splitter->addWidget(build_table());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
    connect(&curves_, &LossCurves::arrived, this, &RunsComparison::draw_curves);
    connect(&training_, &TrainingFollower::advanced, this, [this] {
        if (isVisible()) draw_curves();
    });
    connect(&theme_, &Theme::changed, this, &RunsComparison::fill_table);
}

QWidget* RunsComparison::build_chart() {
    auto* area = new QWidget;
    plot_ = new Plot(theme_, tr("Step"), tr("Loss (mean of %1 steps)").arg(loss_window));
    plot_->setObjectName("runs_chart");
    plot_->set_empty_text(tr("The losses of the selected runs are shown here."));
    for (int i = 0; i < Theme::series_count; ++i) plot_->add_series({.colour = series_of_run(i)});
    connect(plot_, &Plot::cursor_moved, this, [this](double x) { move_cursor(x); });
    connect(plot_, &Plot::cursor_left, this, [this] { move_cursor(std::nullopt); });

    axis_ = new QComboBox;
    axis_->setObjectName("runs_axis");
    axis_->setAccessibleName(tr("Axis of the loss curves"));
    axis_->addItems({tr("By step"), tr("By time"), tr("By images")});
    axis_->setToolTip(
        tr("Images are compared if the runs have different batch sizes, time if they have "
           "different networks."));
    connect(axis_, &QComboBox::currentIndexChanged, this, &RunsComparison::draw_curves);
    log_ = new QToolButton;
    log_->setObjectName("runs_log");
    log_->setText(tr("Log"));
    log_->setCheckable(true);
    log_->setAccessibleName(tr("Logarithmic loss axis"));
    log_->setToolTip(tr("Logarithmic loss axis"));
    connect(log_, &QToolButton::toggled, plot_, &Plot::set_log_y);
    note_ = caption_label(theme_);
    note_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    row->addWidget(axis_);
    row->addWidget(log_);
    row->addWidget(note_, 1);

    auto* column = new QVBoxLayout(area);
    column->setContentsMargins(space::control, space::tight, space::control, space::tight);
    column->setSpacing(space::tight);
    column->addLayout(row);
    column->addWidget(plot_, 1);
    return area;
}

QWidget* RunsComparison::build_table() {
    view_ = new QTreeView;
    view_->setObjectName("run_differences");
    view_->setAccessibleName(tr("Results and different settings of the selected runs"));
    view_->setModel(&table_);
    view_->setRootIsDecorated(false);
    view_->setUniformRowHeights(true);
    view_->setAllColumnsShowFocus(true);
    view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view_->setTextElideMode(Qt::ElideMiddle);
    view_->header()->setStretchLastSection(true);
    view_->header()->setSectionsMovable(false);
    view_->setMinimumHeight(3 * space::target);
    return view_;
}

CurveAxis RunsComparison::axis() const {
    return static_cast<CurveAxis>(std::max(0, axis_->currentIndex()));
}

void RunsComparison::set_runs(const std::vector<RunSummary>& runs) {
    const auto shown = std::min<std::size_t>(runs.size(), Theme::series_count);
    runs_.assign(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(shown));
    left_out_ = runs.size() - shown;
    curves_.want(runs_);
    fill_table();
    draw_curves();
}

void RunsComparison::draw_curves() {
    const std::array titles = {tr("Step"), tr("Time (min)"), tr("Images")};
    plot_->set_x_title(titles[static_cast<std::size_t>(axis())]);
    if (const auto& live = training_.live()) curves_.set_live(live->folder, training_.steps(), live->step);
    QStringList without;
    for (int i = 0; i < Theme::series_count; ++i) {
        const auto n = static_cast<std::size_t>(i);
        if (n >= runs_.size()) {
            plot_->set_points(i, {});
            continue;
        }
        const RunSummary& run = runs_[n];
        std::vector<QPointF> points =
            loss_curve(curves_.steps(run.folder), axis(), run.config.training.batch_size);
        if (points.empty() && !curves_.is_reading(run.folder)) without << text_of(run.name);
        plot_->set_name(i, text_of(run.name));
        plot_->set_points(i, std::move(points));
    }
    QStringList notes;
    if (left_out_ > 0)
        notes << tr("The first %1 of %2 runs are shown.").arg(runs_.size()).arg(runs_.size() + left_out_);
    if (!without.isEmpty()) notes << tr("Without a loss: %1.").arg(without.join(", "));
    note_->setText(notes.join(' '));
    note_->setToolTip(note_->text());
}

void RunsComparison::fill_table() {
    const int at = view_->verticalScrollBar()->value();
    table_.clear();
    const int count = static_cast<int>(runs_.size());
    const int room = view_->width() - property_width - space::group;  // of the scroll bar
    const int width = std::clamp(room / std::max(1, count), run_width, most_run_width);
    // Headers with icons are cut without an ellipsis. The names of runs differ at their ends.
    const QFontMetrics metrics(view_->header()->font());
    QStringList titles = {QString()};
    for (const RunSummary& run : runs_)
        titles << metrics.elidedText(text_of(run.name), Qt::ElideMiddle, width - header_extra);
    table_.setHorizontalHeaderLabels(titles);
    for (int i = 0; i < count; ++i) {
        QStandardItem* header = table_.horizontalHeaderItem(i + 1);
        header->setIcon(swatch(theme_, series_of_run(i)));
        header->setToolTip(text_of(runs_[static_cast<std::size_t>(i)].name));
        header->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    }
    add_lines(results_of(runs_));
    const auto differences = differences_of(runs_);
    add_lines(differences);
    if (differences.empty() && runs_.size() > 1) {
        auto* same = new QStandardItem(tr("All settings are the same."));
        same->setForeground(theme_.colour(Colour::muted));
        table_.appendRow(same);
        view_->setFirstColumnSpanned(table_.rowCount() - 1, {}, true);
    }
    view_->setColumnWidth(0, property_width);
    for (int i = 1; i < table_.columnCount(); ++i) view_->setColumnWidth(i, width);
    view_->verticalScrollBar()->setValue(at);
}

void RunsComparison::resizeEvent(QResizeEvent*) {
    // The table has its new width only after this widget.
    QMetaObject::invokeMethod(this, &RunsComparison::fill_table, Qt::QueuedConnection);
}

void RunsComparison::add_lines(const std::vector<RunDifference>& lines) {
    for (const RunDifference& line : lines) {
        auto* title = new QStandardItem(line.title);
        title->setForeground(theme_.colour(Colour::muted));
        title->setToolTip(line.help);
        QList<QStandardItem*> row = {title};
        for (const QString& value : line.values) {
            row << new QStandardItem(value);
            row.back()->setToolTip(value);
        }
        table_.appendRow(row);
    }
}

void RunsComparison::move_cursor(std::optional<double> x) {
    plot_->set_cursor(x);
    if (!x) return plot_->setToolTip({});
    QStringList lines = {QStringLiteral("%1: %2").arg(axis_->currentText(), measure_text(*x))};
    for (int i = 0; i < static_cast<int>(runs_.size()); ++i)
        if (const auto value = plot_->value_at(i, *x))
            lines << QStringLiteral("%1: %2").arg(text_of(runs_[static_cast<std::size_t>(i)].name),
                                                  measure_text(*value));
    plot_->setToolTip(lines.join('\n'));
}

}  // namespace denoise::ui
