#include "ui/noise/schedule_comparison.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/format.h"
#include "ui/noise/line_swatch.h"
#include "ui/picture/film_strip.h"
#include "ui/picture/picture_view.h"
#include "ui/plot/plot.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

enum Quantity { alpha_bar_chart, log_snr_chart, beta_chart };

constexpr int strip_pictures = 8;
constexpr int narrow = 26 * space::target;  ///< below, the rows stand under the chart

/// Theme::series() of each schedule. Orange and green mean x_0 and eps on this page, so they are left out.
constexpr std::array series_of = {0, 3, 4, 5};

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

QString title_of(ScheduleKind kind) {
    const auto& choices = find_setting(schedule_settings(), "schedule").info.choices;
    return text_of(choices.at(static_cast<std::size_t>(kind)).title);
}

ScheduleComparison::ScheduleComparison(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      theme_(theme),
      quantity_(new QComboBox),
      charts_(new QStackedWidget),
      ends_(new QLabel),
      now_(new QLabel),
      through_(new QLabel) {
    quantity_->addItems({tr("Signal left (ᾱ)"), tr("log SNR"), tr("Noise added (β)")});
    quantity_->setAccessibleName(tr("What the chart shows"));
    quantity_->setObjectName("quantity");
    ends_->setProperty("role", "caption");
    ends_->setFont(theme.caption());
    ends_->setWordWrap(true);
    make_charts();

    auto* chart = new QVBoxLayout;
    chart->setSpacing(space::control);
    chart->addWidget(quantity_, 0, Qt::AlignLeft);
    chart->addWidget(charts_, 1);
    chart->addWidget(ends_);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::control);
    grid->setVerticalSpacing(space::control);
    grid->setColumnStretch(3, 1);
    for (QLabel* label : {now_, through_}) {
        label->setProperty("role", "caption");
        label->setFont(theme.caption());
    }
    grid->addWidget(now_, 0, 2);
    grid->addWidget(through_, 0, 3);
    for (int row = 0; row < static_cast<int>(kinds.size()); ++row) {
        make_row(grid, row);
        grid->setRowStretch(row + 1, 1);
    }
    halves_ = new QBoxLayout(QBoxLayout::LeftToRight, this);
    halves_->setContentsMargins(0, 0, 0, 0);
    halves_->setSpacing(space::group);
    halves_->addLayout(chart, 2);
    halves_->addLayout(grid, 3);
    connect(quantity_, &QComboBox::currentIndexChanged, charts_, &QStackedWidget::setCurrentIndex);
}

void ScheduleComparison::resizeEvent(QResizeEvent*) {
    halves_->setDirection(width() < narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void ScheduleComparison::make_charts() {
    const std::array titles = {tr("Signal left, ᾱ"), tr("log SNR"), tr("Noise added, β")};
    for (std::size_t i = 0; i < plots_.size(); ++i) {
        plots_[i] = new Plot(theme_, tr("Timestep t"), titles[i]);
        plots_[i]->setMinimumHeight(5 * space::target);
        for (const ScheduleKind kind : kinds)
            plots_[i]->add_series(
                {{}, series_of[static_cast<std::size_t>(kind)]});  // the rows are the legend
        connect(plots_[i], &Plot::clicked, this, [this](double x) {
            Q_EMIT time_chosen(std::clamp(static_cast<int>(std::lround(x)), 0, config_.timesteps - 1));
        });
        charts_->addWidget(plots_[i]);
    }
    // A chart takes what room there is and asks for none, so that the rows beside it need no scrolling.
    charts_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    charts_->setMinimumHeight(plots_[0]->minimumHeight());
}

void ScheduleComparison::make_row(QGridLayout* grid, int row) {
    const ScheduleKind kind = kinds[static_cast<std::size_t>(row)];
    Row& parts = rows_[static_cast<std::size_t>(row)];
    parts.numbers = new QLabel;
    parts.numbers->setFont(theme_.tabular());
    parts.numbers->setTextFormat(Qt::RichText);
    parts.view = new PictureView(theme_);
    parts.view->set_border(0);
    parts.view->setFixedSize(2 * space::target + 2 * space::tight, 2 * space::target + 2 * space::tight);
    parts.view->setAccessibleName(tr("The picture noised by the %1 schedule").arg(title_of(kind)));
    parts.view->setFocusPolicy(Qt::NoFocus);
    parts.strip = new FilmStrip(theme_);
    parts.strip->setAccessibleName(tr("The %1 schedule at eight timesteps").arg(title_of(kind)));
    connect(parts.strip, &FilmStrip::chosen, this, [this](int place) {
        Q_EMIT time_chosen(
            even_timesteps(config_.timesteps, strip_pictures)[static_cast<std::size_t>(place)]);
    });
    grid->addWidget(new LineSwatch(theme_, series_of[static_cast<std::size_t>(row)]), row + 1, 0,
                    Qt::AlignVCenter);
    grid->addWidget(parts.numbers, row + 1, 1, Qt::AlignVCenter);
    grid->addWidget(parts.view, row + 1, 2, Qt::AlignVCenter);
    grid->addWidget(parts.strip, row + 1, 3, Qt::AlignVCenter);
}

void ScheduleComparison::set_config(const ScheduleConfig& config) {
    std::array<NoiseSchedule, kinds.size()> made;
    ScheduleConfig one = config;
    for (const ScheduleKind kind : kinds) {
        one.schedule = kind;
        made[static_cast<std::size_t>(kind)] = make_schedule(one);
    }
    schedules_ = std::move(made);
    config_ = config;
    timestep_ = std::min(timestep_, config.timesteps - 1);
    const double scale = config.scale_ends ? 1000.0 / config.timesteps : 1.0;
    const QString ends = tr("β from %1 to %2")
                             .arg(measure_text(std::min(config.beta_start * scale, 0.999)),
                                  measure_text(std::min(config.beta_end * scale, 0.999)));
    ends_->setText(
        config.scale_ends
            ? tr("Linear and quadratic: ends scaled by 1000/T = %1, %2.").arg(measure_text(scale), ends)
            : tr("Linear and quadratic: ends as in the paper for T = 1000, %1.").arg(ends));
    draw_curves();
    set_picture(noised_);
}

void ScheduleComparison::draw_curves() {
    const int T = config_.timesteps;
    for (std::size_t i = 0; i < plots_.size(); ++i) {
        for (std::size_t k = 0; k < kinds.size(); ++k) {
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
    const std::vector<int> times = even_timesteps(config_.timesteps, strip_pictures);
    for (std::size_t k = 0; k < kinds.size(); ++k) {
        if (schedules_[k].alpha_bar.empty()) return;
        // Drawn once: scrubbing repaints the strips without noising again.
        std::vector<Picture> pictures;
        if (!noised_.x0().empty())
            for (const int t : times)
                pictures.push_back(noised_.x_t(schedules_[k].alpha_bar[static_cast<std::size_t>(t)]));
        rows_[k].strip->set_frames(pictures.empty() ? 0 : strip_pictures, [pictures](int place) {
            return pictures.empty() ? Picture{} : pictures[static_cast<std::size_t>(place)];
        });
    }
    show_time();
}

void ScheduleComparison::set_time(int timestep) {
    timestep_ = timestep;
    show_time();
}

void ScheduleComparison::show_time() {
    for (Plot* plot : plots_) plot->set_cursor(timestep_);
    now_->setText(tr("t = %1").arg(timestep_));
    through_->setText(tr("t = 0 to %1").arg(config_.timesteps - 1));
    const double place = static_cast<double>(timestep_) / (config_.timesteps - 1) * (strip_pictures - 1);
    for (std::size_t k = 0; k < kinds.size(); ++k) {
        if (schedules_[k].alpha_bar.empty()) return;
        const double alpha_bar = schedules_[k].alpha_bar[static_cast<std::size_t>(timestep_)];
        rows_[k].numbers->setText(
            QString("<b>%1</b><br>ᾱ %2")
                .arg(title_of(kinds[k]).toHtmlEscaped(), QString::number(alpha_bar, 'f', 4)));
        if (!noised_.x0().empty()) rows_[k].view->set_picture(noised_.x_t(alpha_bar));
        rows_[k].strip->set_current(static_cast<int>(std::lround(place)));
    }
}

}  // namespace denoise::ui
