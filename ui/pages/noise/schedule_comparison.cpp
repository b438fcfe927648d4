#include "ui/pages/noise/schedule_comparison.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/picture/film_strip.h"
#include "ui/picture/picture_view.h"
#include "ui/plot/plot.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/caption_label.h"
#include "ui/widgets/line_swatch.h"

namespace denoise::ui {
namespace {

enum Quantity { alpha_bar_chart, log_snr_chart, beta_chart };

constexpr int strip_pictures = 8;
constexpr int narrow = 26 * space::target;  ///< below this width, the rows are below the chart
constexpr int picture_side = 2 * space::target + 2 * space::tight;
constexpr double largest_beta = 0.999;

/// The index in Theme::series() of a schedule. Orange and green are left out: on this page they are x_0 and
/// eps.
int series_of(ScheduleKind kind) {
    constexpr int first_free = 3;
    return kind == ScheduleKind::linear ? 0 : first_free + static_cast<int>(kind) - 1;
}
static_assert(names_of<ScheduleKind>.size() + 2 <= Theme::series_count);

double quantity_at(const NoiseSchedule& schedule, int t, Quantity quantity) {
    switch (quantity) {
        case alpha_bar_chart:
            return schedule.alpha_bar[static_cast<std::size_t>(t)];
        case log_snr_chart:
            return std::log(schedule.snr(t));
        case beta_chart:
            return schedule.beta[static_cast<std::size_t>(t)];
    }
    return 0;
}

}  // namespace

std::vector<int> even_timesteps(int timesteps, int count) {
    std::vector<int> chosen;
    for (int i = 0; i < count; ++i)
        chosen.push_back(
            static_cast<int>(std::lround(static_cast<double>(i) * (timesteps - 1) / (count - 1))));
    return chosen;
}

ScheduleComparison::ScheduleComparison(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      theme_(theme),
      quantity_(new QComboBox),
      charts_(new QStackedWidget),
      ends_(caption_label(theme)),
      now_(caption_label(theme)),
      through_(caption_label(theme)) {
    make_charts();
    halves_ = new QBoxLayout(QBoxLayout::LeftToRight, this);
    halves_->setContentsMargins(0, 0, 0, 0);
    halves_->setSpacing(space::group);
    halves_->addLayout(make_chart_column(), 2);
    halves_->addLayout(make_grid(), 3);
}

void ScheduleComparison::resizeEvent(QResizeEvent*) {
    halves_->setDirection(width() < narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void ScheduleComparison::make_charts() {
    const std::array titles = {tr("Signal, ᾱ"), tr("log SNR"), tr("Added noise, β")};
    for (std::size_t i = 0; i < plots_.size(); ++i) {
        plots_[i] = new Plot(theme_, tr("Timestep t"), titles[i]);
        plots_[i]->setMinimumHeight(5 * space::target);
        for (const auto& kind : names_of<ScheduleKind>)
            plots_[i]->add_series({.colour = series_of(kind.value),  // the rows are the legend
                                   .name = QString::fromUtf8(kind.title)});
        connect(plots_[i], &Plot::clicked, this, [this](double x) {
            Q_EMIT time_chosen(std::clamp(static_cast<int>(std::lround(x)), 0, config_.timesteps - 1));
        });
        charts_->addWidget(plots_[i]);
        quantity_->addItem(titles[i]);
    }
    // The rows determine the height; the chart takes what there is.
    charts_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    charts_->setMinimumHeight(plots_[0]->minimumHeight());
}

QLayout* ScheduleComparison::make_chart_column() {
    quantity_->setAccessibleName(tr("Quantity in the chart"));
    connect(quantity_, &QComboBox::currentIndexChanged, charts_, &QStackedWidget::setCurrentIndex);
    ends_->setWordWrap(true);
    auto* column = new QVBoxLayout;
    column->setSpacing(space::control);
    column->addWidget(quantity_, 0, Qt::AlignLeft);
    column->addWidget(charts_, 1);
    column->addWidget(ends_);
    return column;
}

QLayout* ScheduleComparison::make_grid() {
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::control);
    grid->setVerticalSpacing(space::tight);
    grid->setColumnStretch(3, 1);
    grid->addWidget(now_, 0, 2);
    grid->addWidget(through_, 0, 3);
    for (const auto& kind : names_of<ScheduleKind>) make_row(grid, kind);
    return grid;
}

void ScheduleComparison::make_row(QGridLayout* grid, const NamedValue<ScheduleKind>& kind) {
    const QString title = QString::fromUtf8(kind.title);
    Row& parts = rows_[static_cast<std::size_t>(kind.value)];
    parts.numbers = new QLabel;
    parts.numbers->setFont(theme_.tabular());
    parts.numbers->setTextFormat(Qt::RichText);
    parts.numbers->setToolTip(QString::fromUtf8(kind.help));
    parts.view = new PictureView(theme_);
    parts.view->set_border(0);
    parts.view->setFixedSize(picture_side, picture_side);
    parts.view->setAccessibleName(tr("The picture with noise, %1 schedule").arg(title));
    parts.view->setFocusPolicy(Qt::NoFocus);
    parts.strip = new FilmStrip(theme_);
    parts.strip->setAccessibleName(tr("The picture at eight timesteps, %1 schedule").arg(title));
    connect(parts.strip, &FilmStrip::chosen, this, [this](int place) {
        Q_EMIT time_chosen(
            even_timesteps(config_.timesteps, strip_pictures)[static_cast<std::size_t>(place)]);
    });
    const int row = grid->rowCount();
    grid->addWidget(new LineSwatch(theme_, series_of(kind.value)), row, 0, Qt::AlignVCenter);
    grid->addWidget(parts.numbers, row, 1, Qt::AlignVCenter);
    grid->addWidget(parts.view, row, 2, Qt::AlignVCenter);
    grid->addWidget(parts.strip, row, 3, Qt::AlignVCenter);
    grid->setRowStretch(row, 1);
}

void ScheduleComparison::set_config(const ScheduleConfig& config) {
    std::array<NoiseSchedule, kind_count> made;
    ScheduleConfig one = config;
    for (const auto& kind : names_of<ScheduleKind>) {
        one.schedule = kind.value;
        made[static_cast<std::size_t>(kind.value)] = make_schedule(one);
    }
    schedules_ = std::move(made);
    config_ = config;
    timestep_ = std::min(timestep_, config.timesteps - 1);
    describe_ends();
    draw_curves();
    draw_strips();
    show_time();
}

void ScheduleComparison::describe_ends() {
    const double scale = config_.scale_ends ? 1000.0 / config_.timesteps : 1.0;
    const QString range = tr("β from %1 to %2")
                              .arg(measure_text(std::min(config_.beta_start * scale, largest_beta)),
                                   measure_text(std::min(config_.beta_end * scale, largest_beta)));
    ends_->setText(config_.scale_ends ? tr("Linear, quadratic and sigmoid beta: %1, scaled by 1000/T = %2.")
                                            .arg(range, measure_text(scale))
                                      : tr("Linear, quadratic and sigmoid beta: %1, not scaled.").arg(range));
}

void ScheduleComparison::draw_curves() {
    const int T = config_.timesteps;
    for (std::size_t i = 0; i < plots_.size(); ++i) {
        for (std::size_t k = 0; k < kind_count; ++k) {
            std::vector<QPointF> points;
            points.reserve(static_cast<std::size_t>(T));
            for (int t = 0; t < T; ++t)
                points.emplace_back(t, quantity_at(schedules_[k], t, static_cast<Quantity>(i)));
            plots_[i]->set_points(static_cast<int>(k), std::move(points));
        }
        plots_[i]->set_x_range(0, T - 1);
    }
    plots_[alpha_bar_chart]->set_y_range(0, 1);
}

void ScheduleComparison::set_picture(const NoisedPicture& noised) {
    noised_ = noised;
    draw_strips();
    show_time();
}

void ScheduleComparison::draw_strips() {
    const std::vector<int> times = even_timesteps(config_.timesteps, strip_pictures);
    for (std::size_t k = 0; k < kind_count; ++k) {
        // Noised once, so that moving through time only repaints them.
        std::vector<Picture> pictures;
        if (!noised_.x0().empty())
            for (const int t : times)
                pictures.push_back(noised_.x_t(schedules_[k].alpha_bar[static_cast<std::size_t>(t)]));
        rows_[k].strip->set_frames(static_cast<int>(pictures.size()), [pictures](int place) {
            return pictures.empty() ? Picture{} : pictures[static_cast<std::size_t>(place)];
        });
    }
}

void ScheduleComparison::set_time(int timestep) {
    timestep_ = std::clamp(timestep, 0, config_.timesteps - 1);
    show_time();
}

void ScheduleComparison::show_time() {
    for (Plot* plot : plots_) plot->set_cursor(timestep_);
    now_->setText(tr("t = %1").arg(timestep_));
    through_->setText(tr("t = 0 to %1").arg(config_.timesteps - 1));
    const double place = static_cast<double>(timestep_) / (config_.timesteps - 1) * (strip_pictures - 1);
    for (const auto& kind : names_of<ScheduleKind>) {
        const Row& row = rows_[static_cast<std::size_t>(kind.value)];
        const double alpha_bar = schedule(kind.value).alpha_bar[static_cast<std::size_t>(timestep_)];
        row.numbers->setText(
            QString("<b>%1</b><br>ᾱ %2")
                .arg(QString::fromUtf8(kind.title).toHtmlEscaped(), QString::number(alpha_bar, 'f', 4)));
        if (!noised_.x0().empty()) row.view->set_picture(noised_.x_t(alpha_bar));
        row.strip->set_current(static_cast<int>(std::lround(place)));
    }
}

}  // namespace denoise::ui
