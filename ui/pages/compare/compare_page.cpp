#include "ui/pages/compare/compare_page.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QStackedLayout>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/schedule/noise_schedule.h"
#include "ui/export/row_export_dialog.h"
#include "ui/link/engine_link.h"
#include "ui/pages/compare/compare_bar.h"
#include "ui/pages/compare/compare_column.h"
#include "ui/pages/compare/map_panel.h"
#include "ui/pages/compare/pair_view.h"
#include "ui/pages/denoise/schedule_track.h"
#include "ui/pages/denoise/transport_bar.h"
#include "ui/picture/conversion.h"
#include "ui/picture/picture_view.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int track_height = 3 * space::target;
constexpr int text_scale = 4;  ///< of a copied picture, beside which captions are legible

/// The timestep at `time` in a schedule of T timesteps; -1 is the result.
int timestep_at(double time, std::size_t T) {
    return static_cast<int>(std::lround(time * static_cast<double>(T))) - 1;
}

}  // namespace

ComparePage::ComparePage(EngineLink& link, const Theme& theme, QWidget* parent)
    : Page(parent),
      link_(link),
      theme_(theme),
      session_(link),
      map_(link),
      bar_(new CompareBar(session_, map_, theme)),
      stack_(new QStackedLayout),
      row_(new QHBoxLayout),
      pair_(new PairView(theme)),
      panel_(new MapPanel(map_, theme)),
      transport_(new TransportBar(theme)),
      track_(new ScheduleTrack(theme, TimeDirection::denoising)) {
    lay_out();
    connect_session();
    connect_map();
    connect_viewer();
    make_columns();
}

void ComparePage::lay_out() {
    auto* row = new QWidget;
    row->setLayout(row_);
    row_->setContentsMargins(0, 0, 0, 0);
    row_->setSpacing(space::group);
    stack_->addWidget(row);
    stack_->addWidget(pair_);
    stack_->addWidget(panel_);
    track_->setMinimumHeight(track_height);
    track_->setMaximumHeight(track_height);
    track_->setAccessibleName(tr("Timestep of all columns"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::page, space::group, space::page, space::group);
    column->setSpacing(space::control);
    column->addWidget(bar_);
    column->addLayout(stack_, 1);
    column->addWidget(transport_);
    column->addWidget(track_);
}

void ComparePage::connect_session() {
    connect(&session_, &CompareSession::columns_changed, this, &ComparePage::make_columns);
    connect(&session_, &CompareSession::settings_changed, this, &ComparePage::show_settings);
    connect(&session_, &CompareSession::choices_changed, this, [this] {
        for (CompareColumn* column : columns_) column->set_choices(session_.choices());
        show_settings();
    });
    connect(&session_, &CompareSession::column_changed, this, [this](int index) {
        columns_.at(static_cast<std::size_t>(index))->show_column(session_.comparison(), index);
    });
    connect(&session_, &CompareSession::frames_changed, this, &ComparePage::show_schedule);
    connect(&session_, &CompareSession::running_changed, this, [this] {
        if (session_.is_running()) go_to(static_cast<int>(times_.size()) - 1);  // follows the frames
        show_settings();
        Q_EMIT capabilities_changed();
    });
    connect(&link_, &EngineLink::run_opened, this, &ComparePage::show_schedule);
}

void ComparePage::connect_map() {
    connect(&session_, &CompareSession::choices_changed, this,
            [this] { map_.set_choices(session_.choices()); });
    connect(&session_, &CompareSession::settings_changed, this,
            [this] { map_.set_seed(session_.comparison().seed); });
    connect(&map_, &CheckpointMap::running_changed, this, &ComparePage::capabilities_changed);
    connect(&map_, &CheckpointMap::rows_changed, this, [this] {
        if (!bar_->shows_map()) return;
        const bool could_step = std::exchange(could_step_map_, can_step());
        const bool could_export = std::exchange(could_export_map_, can_export());
        if (could_step != can_step() || could_export != can_export()) Q_EMIT capabilities_changed();
    });
    map_.set_choices(session_.choices());
}

void ComparePage::show_view() {
    transport_->set_playing(false);
    stack_->setCurrentIndex(bar_->shows_map() ? 2 : bar_->shows_pair() ? 1 : 0);
    panel_->set_noisy(bar_->shows_noisy());
    for (QWidget* widget : std::initializer_list<QWidget*>{transport_, track_})
        widget->setVisible(!bar_->shows_map());
    show_pictures();
    Q_EMIT capabilities_changed();
}

void ComparePage::connect_viewer() {
    connect(bar_, &CompareBar::view_changed, this, &ComparePage::show_view);
    connect(bar_, &CompareBar::obstacle_changed, this, &ComparePage::capabilities_changed);
    connect(bar_, &CompareBar::form_toggled, this, [this](bool shown) {
        form_shown_ = shown;
        for (CompareColumn* column : columns_) column->show_form(shown);
        panel_->show_form(shown);
    });
    connect(pair_, &PairView::pair_chosen, this, &ComparePage::show_pictures);
    connect(pair_, &PairView::image_chosen, this, &ComparePage::choose_image);
    connect(track_, &ScheduleTrack::scrubbed, this, &ComparePage::go_to);
    connect(transport_, &TransportBar::play_pressed, this, &ComparePage::play_or_pause);
    connect(transport_, &TransportBar::stepped, this, &ComparePage::step);
    connect(transport_, &TransportBar::start_pressed, this, &ComparePage::go_to_start);
    connect(transport_, &TransportBar::end_pressed, this, &ComparePage::go_to_end);
    connect(transport_, &TransportBar::beat, this, &ComparePage::advance);
}

void ComparePage::begin_with(const SampleRequest& request, const std::filesystem::path& model) {
    begin_with_each(request, {model, model});
}

void ComparePage::begin_with_each(const SampleRequest& request,
                                  const std::vector<std::filesystem::path>& models) {
    session_.begin_with(request, models);
    bar_->show_columns();
}

QString ComparePage::obstacle() const {
    return bar_->obstacle();
}

void ComparePage::sample() {
    bar_->sample();
}

bool ComparePage::is_running() const {
    return bar_->is_running();
}

void ComparePage::stop() {
    bar_->stop();
}

bool ComparePage::can_play() const {
    return !bar_->shows_map() && times_.size() > 1;
}

bool ComparePage::can_step() const {
    return bar_->shows_map() ? map_.has_pictures() : can_play();
}

bool ComparePage::can_export() const {
    return bar_->shows_map() ? std::ranges::any_of(map_.rows(), &MapRow::complete) : !times_.empty();
}

void ComparePage::step(int delta) {
    if (bar_->shows_map()) return panel_->move(delta);
    go_to(position() + delta);
}

void ComparePage::go_to_start() {
    if (bar_->shows_map()) return panel_->move(-CheckpointMap::most_columns);
    go_to(0);
}

void ComparePage::go_to_end() {
    if (bar_->shows_map()) return panel_->move(CheckpointMap::most_columns);
    go_to(static_cast<int>(times_.size()) - 1);
}

void ComparePage::make_columns() {
    const auto count = static_cast<std::size_t>(session_.comparison().size());
    while (columns_.size() > count) {
        columns_.back()->deleteLater();  // its own button may have asked for it
        row_->removeWidget(columns_.back());
        columns_.back()->hide();
        columns_.pop_back();
    }
    while (columns_.size() < count) {
        auto* column = new CompareColumn(theme_);
        const int index = static_cast<int>(columns_.size());
        column->setObjectName(QString("column_%1").arg(index + 1));
        column->set_choices(session_.choices());
        column->show_form(form_shown_);
        connect(column, &CompareColumn::settings_changed, this,
                [this, index](const ColumnSettings& settings) { session_.set_settings(index, settings); });
        connect(column, &CompareColumn::remove_pressed, this,
                [this, index] { session_.remove_column(index); });
        connect(column, &CompareColumn::image_chosen, this, &ComparePage::choose_image);
        row_->addWidget(column, 1);
        columns_.push_back(column);
    }
    arrange_columns();
    pair_->set_columns(static_cast<int>(count));
    show_settings();
    show_schedule();
}

/// For one width, as columns that differ in a pixel must not have different rows.
void ComparePage::arrange_columns() {
    const auto count = static_cast<int>(columns_.size());
    const int room = width() - 2 * space::page - (count - 1) * space::group;
    for (CompareColumn* column : columns_) column->arrange(room / std::max(count, 1));
}

void ComparePage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    arrange_columns();
}

void ComparePage::show_settings() {
    for (std::size_t i = 0; i < columns_.size(); ++i)
        columns_[i]->show_column(session_.comparison(), static_cast<int>(i));
}

void ComparePage::show_schedule() {
    const bool could_play = can_play(), could_export = can_export();
    const Comparison& comparison = session_.comparison();
    times_ = times_of(comparison);
    const Trajectory* first = first_trajectory(comparison);
    std::vector<double> alpha_bar;
    if (first)
        alpha_bar = first->start().alpha_bar;
    else if (link_.run())
        alpha_bar = make_schedule(link_.run()->config.schedule).alpha_bar;
    const std::size_t T = alpha_bar.size();
    track_->set_schedule(std::move(alpha_bar));
    std::vector<int> stops;
    for (const double time : times_) stops.push_back(timestep_at(time, T));
    track_->set_planned(stops);
    track_->set_stops(std::move(stops), static_cast<int>(times_.size()));
    transport_->reserve_readout(tr("All columns at t = %1 of %1 · ᾱ 0.000").arg(T));
    if (follow_ && !times_.empty()) time_ = times_.back();
    show_pictures();
    if (could_play != can_play() || could_export != can_export()) Q_EMIT capabilities_changed();
}

int ComparePage::position() const {
    const auto nearest =
        std::ranges::min_element(times_, {}, [this](double time) { return std::abs(time - time_); });
    return static_cast<int>(nearest - times_.begin());
}

const TrajectoryFrame* ComparePage::frame_of(int index) const {
    const Column& column = session_.comparison().at(index);
    return column.result ? frame_at(column.result->trajectory, time_) : nullptr;
}

void ComparePage::show_pictures() {
    track_->set_position(position());
    transport_->set_readout(readout());
    const bool noisy = bar_->shows_noisy();
    if (!bar_->shows_pair()) {
        for (std::size_t i = 0; i < columns_.size(); ++i)
            columns_[i]->show_frame(frame_of(static_cast<int>(i)), noisy, image_);
        return;
    }
    const auto images = [&](int column) {
        const TrajectoryFrame* frame = frame_of(column);
        return !frame ? ImageBatch() : noisy ? frame->x_t : frame->x0;
    };
    pair_->set_images(images(pair_->a()), images(pair_->b()), image_);
}

QString ComparePage::readout() const {
    const Trajectory* first = first_trajectory(session_.comparison());
    if (!first) return {};
    const std::vector<double>& alpha_bar = first->start().alpha_bar;
    const int t = timestep_at(time_, alpha_bar.size());
    if (t < 0) return tr("All columns at the result");
    return tr("All columns at t = %1 of %2 · ᾱ %3")
        .arg(t)
        .arg(alpha_bar.size() - 1)
        .arg(alpha_bar[std::min(static_cast<std::size_t>(t), alpha_bar.size() - 1)], 0, 'f', 3);
}

int ComparePage::controls_bottom() const {
    const QWidget& view = columns_.front()->view();
    return bar_->shows_pair() || bar_->shows_map() ? bar_->geometry().bottom() + 1
                                                   : view.mapTo(this, QPoint()).y();
}

void ComparePage::choose_image(int image) {
    image_ = session_.comparison().count > 1 ? image : -1;
    show_pictures();
}

void ComparePage::go_to(int position) {
    if (times_.empty()) return;
    transport_->set_playing(false);
    const int last = static_cast<int>(times_.size()) - 1;
    const int target = std::clamp(position, 0, last);
    time_ = times_[static_cast<std::size_t>(target)];
    follow_ = target == last;
    show_pictures();
}

void ComparePage::play_or_pause() {
    if (!can_play()) return;
    const bool at_end = position() + 1 == static_cast<int>(times_.size());
    const bool play = !transport_->playing();
    if (play && at_end) go_to(0);
    transport_->set_playing(play);
}

void ComparePage::advance() {
    const int next = position() + 1;
    if (next >= static_cast<int>(times_.size())) return transport_->set_playing(false);
    go_to(next);
    transport_->set_playing(next + 1 < static_cast<int>(times_.size()));
}

void ComparePage::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && image_ >= 0) return choose_image(-1);
    Page::keyPressEvent(event);
}

CaptionedRow ComparePage::captioned() const {
    return bar_->shows_map() ? panel_->captioned() : captioned_columns();
}

CaptionedRow ComparePage::captioned_columns() const {
    const Comparison& comparison = session_.comparison();
    CaptionedRow row;
    std::vector<SampleStarted> starts;
    std::int64_t seed = comparison.seed;
    for (int i = 0; i < comparison.size(); ++i) {
        const TrajectoryFrame* frame = frame_of(i);
        if (!frame) continue;
        const ImageBatch& images = bar_->shows_noisy() ? frame->x_t : frame->x0;
        const Column sampled = as_sampled(comparison.at(i));
        const std::int64_t its_seed = sampled.result->request.request.seed;
        if (starts.empty()) seed = its_seed;
        QStringList lines = {tr("%1: %2").arg(i + 1).arg(describe_column(sampled))};
        if (sampled.settings.model.empty()) lines << model_text(sampled);
        if (its_seed != seed) lines << tr("seed %1").arg(its_seed);
        if (const QString cost = cost_text(comparison.at(i)); !cost.isEmpty()) lines << cost;
        row.grids.push_back(
            {image_ >= 0 && image_ < images.count ? picture_of(images, image_) : grid_of(images),
             lines.join('\n')});
        starts.push_back(comparison.at(i).result->trajectory.start());
    }
    row.recipe = recipe_of(starts);
    const int t = timestep_at(time_, first_trajectory(comparison)->start().alpha_bar.size());
    const QString what = bar_->shows_noisy() ? tr("Noisy xₜ") : tr("Predicted x₀");
    row.heading =
        t < 0 ? tr("Seed %1 · result").arg(seed) : tr("Seed %1 · %2 at t = %3").arg(seed).arg(what).arg(t);
    return row;
}

Picture ComparePage::picture() const {
    return can_export() ? from_image(drawn_row(captioned(), text_scale, theme_)) : Picture();
}

void ComparePage::export_pictures() {
    if (!can_export()) return;
    export_row(captioned(), tr("comparison"), export_folder(), theme_, *this);
}

}  // namespace denoise::ui
