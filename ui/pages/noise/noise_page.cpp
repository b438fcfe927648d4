#include "ui/pages/noise/noise_page.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QRandomGenerator>
#include <QScrollArea>
#include <QShortcut>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/schedule/drawn_curve.h"
#include "ui/export/row_export_dialog.h"
#include "ui/link/engine_link.h"
#include "ui/pages/denoise/schedule_track.h"
#include "ui/pages/denoise/transport_bar.h"
#include "ui/pages/noise/draw_panel.h"
#include "ui/pages/noise/noise_equation.h"
#include "ui/pages/noise/picture_source.h"
#include "ui/pages/noise/schedule_comparison.h"
#include "ui/pages/noise/schedule_fields.h"
#include "ui/picture/film_strip.h"
#include "ui/picture/picture_inspector.h"
#include "ui/picture/picture_view.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/steady_label.h"

namespace denoise::ui {
namespace {

constexpr int small_side = 64;  // in strips and rows
constexpr int strip_pictures = 8;
constexpr int refit_delay_ms = 100;
constexpr int play_beats = 120;  // from the picture to noise

constexpr int first_points = 7;  // of a curve that begins as another schedule

/// Whether a schedule of this kind depends on the first and the last beta.
bool uses_ends(ScheduleKind kind) {
    return kind == ScheduleKind::linear || kind == ScheduleKind::quadratic ||
           kind == ScheduleKind::sigmoid_beta;
}

enum Mode { one_picture, all_schedules, drawing };

}  // namespace

NoisePage::NoisePage(EngineLink& link, const Theme& theme, QWidget* parent)
    : Page(parent),
      link_(link),
      theme_(theme),
      seed_(1),
      source_(new PictureSource(link, this)),
      fields_(new ScheduleFields(theme, this)),
      next_(new QPushButton(theme.icon("go-next"), tr("Next image"))),
      name_(new ElidedLabel),
      modes_(new QButtonGroup(this)),
      middle_(new QStackedWidget),
      equation_(new NoiseEquation(theme)),
      comparison_room_(new QScrollArea),
      panel_(new DrawPanel(theme)),
      track_(new ScheduleTrack(theme, TimeDirection::noising)),
      strip_(new FilmStrip(theme)),
      transport_(new TransportBar(theme)) {
    setAcceptDrops(true);
    equation_->set_empty_text(tr("Drop a picture here, or press Open."));
    comparison_room_->setWidgetResizable(true);
    comparison_room_->setFrameShape(QFrame::NoFrame);
    comparison_room_->setFocusPolicy(Qt::NoFocus);
    middle_->addWidget(equation_);
    middle_->addWidget(comparison_room_);
    middle_->addWidget(panel_);

    auto* time = new QVBoxLayout;
    time->setSpacing(space::control);
    time->addWidget(transport_);
    time->addWidget(track_);
    time->addWidget(strip_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::page, space::group, space::page, space::group);
    column->setSpacing(space::group);
    column->addLayout(make_controls());
    column->addLayout(make_second_row());
    column->addWidget(middle_, 1);
    column->addLayout(time);

    connect(track_, &ScheduleTrack::scrubbed, this, [this](int stop) {
        transport_->set_playing(false);
        set_timestep(stop);
    });
    connect(strip_, &FilmStrip::chosen, this, [this](int place) {
        set_timestep(even_timesteps(schedule_.timesteps(), strip_pictures)[static_cast<std::size_t>(place)]);
    });
    connect(equation_, &NoiseEquation::inspected, this, &NoisePage::inspect);
    connect(transport_, &TransportBar::play_pressed, this, &NoisePage::play_or_pause);
    connect(transport_, &TransportBar::stepped, this, &NoisePage::step);
    connect(transport_, &TransportBar::start_pressed, this, &NoisePage::go_to_start);
    connect(transport_, &TransportBar::end_pressed, this, &NoisePage::go_to_end);
    connect(transport_, &TransportBar::beat, this, &NoisePage::advance);
    refit_.setSingleShot(true);
    refit_.setInterval(refit_delay_ms);
    connect(&refit_, &QTimer::timeout, this, &NoisePage::update_noise);
    connect(&link_, &EngineLink::dataset_ready, this, &NoisePage::use_dataset);
    connect(&link_, &EngineLink::run_opened, this, &NoisePage::use_run);
    connect(fields_, &ScheduleFields::changed, this, [this] {
        const bool is_drawn = fields_->config().schedule == ScheduleKind::drawn;
        if (middle_->currentWidget() == panel_ && !is_drawn) return show_mode(one_picture);
        update_schedule();
    });
    connect_panel();
    connect(source_, &PictureSource::changed, this, &NoisePage::update_noise);
    connect(source_, &PictureSource::name_changed, this, [this](const QString& name) {
        picture_name_ = name;
        show_name();
    });
    connect(source_, &PictureSource::message, this, &NoisePage::message);
    connect(new QShortcut(QKeySequence::Paste, this), &QShortcut::activated, source_, &PictureSource::paste);

    update_schedule();
    set_timestep(schedule_.timesteps() / 4);
    use_dataset();
}

QLayout* NoisePage::make_controls() {
    next_->setToolTip(tr("Shows the next image of the dataset"));
    auto* open = new QPushButton(theme_.icon("document-open"), tr("Open…"));
    open->setToolTip(tr("Opens a picture; pictures can also be dropped or pasted here"));
    auto* paste_button = icon_button(theme_.icon("edit-paste"), tr("Paste a picture (Ctrl+V)"));
    paste_button->setProperty("narrow", true);  // so that the row fits beside a scroll bar at 1024 pixels
    auto* dice = new QPushButton(theme_.icon("roll"), tr("New noise"));
    dice->setToolTip(tr("Draws another epsilon for the same picture (Ctrl+G)"));
    connect(open, &QPushButton::clicked, source_, &PictureSource::choose_file);
    connect(paste_button, &QToolButton::clicked, source_, &PictureSource::paste);
    connect(next_, &QPushButton::clicked, source_, &PictureSource::next_image);
    connect(dice, &QPushButton::clicked, this, &NoisePage::new_noise);

    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    row->addWidget(open, 0, Qt::AlignBottom);
    row->addWidget(paste_button, 0, Qt::AlignBottom);
    row->addWidget(next_, 0, Qt::AlignBottom);
    row->addWidget(dice, 0, Qt::AlignBottom);
    row->addStretch(1);
    fields_->add_to(*row);
    return row;
}

QLayout* NoisePage::make_second_row() {
    name_->setProperty("role", "caption");
    name_->setFont(theme_.caption());

    auto* row = new QHBoxLayout;
    row->setSpacing(space::tight);
    int id = 0;
    for (const QString& title : {tr("One picture"), tr("Compare schedules"), tr("Draw a schedule")}) {
        auto* button = new QToolButton;
        button->setText(title);
        button->setCheckable(true);
        button->setChecked(id == one_picture);
        button->setMinimumHeight(space::target);
        modes_->addButton(button, id++);
        row->addWidget(button);
    }
    connect(modes_, &QButtonGroup::idClicked, this, &NoisePage::show_mode);
    row->addSpacing(space::control);
    row->addWidget(name_, 1);
    row->addWidget(fields_->scale_ends());
    return row;
}

void NoisePage::open_picture(const QString& path) {
    source_->open_file(path);
}

void NoisePage::set_picture(const Picture& picture) {
    source_->set_picture(picture, {});
}

void NoisePage::dragEnterEvent(QDragEnterEvent* event) {
    if (PictureSource::has_picture(*event->mimeData())) event->acceptProposedAction();
}

void NoisePage::dropEvent(QDropEvent* event) {
    if (source_->take(*event->mimeData())) event->acceptProposedAction();
}

void NoisePage::use_dataset() {
    next_->setEnabled(link_.dataset().has_value());
    source_->use_dataset();
}

void NoisePage::use_run() {
    const RunOpened& run = *link_.run();
    const ScheduleConfig& schedule = run.config.schedule;
    fields_->set_run(schedule);
    // A run that is continued leaves a schedule that was chosen since as it is, and so does every run a curve
    // that is being drawn.
    const bool is_continued =
        std::exchange(run_, link_.model_path()) == link_.model_path() && !link_.model_path().empty();
    if (is_continued || middle_->currentWidget() == panel_) return show_name();
    fields_->set_config(schedule);
    update_schedule();
}

void NoisePage::show_mode(int mode) {
    modes_->button(mode)->setChecked(true);
    if (mode == all_schedules && comparison_ == nullptr) make_comparison();
    if (mode == drawing) begin_drawing();
    middle_->setCurrentIndex(mode);
    strip_->setVisible(mode != all_schedules);
    track_->setVisible(mode != drawing);  // the same curve, without its points
    track_->setMaximumHeight(             // the pictures of all schedules need the room
        (mode == one_picture ? track_->sizeHint() : track_->minimumSizeHint()).height());
    update_schedule();
}

void NoisePage::connect_panel() {
    connect(panel_, &DrawPanel::drawn, this, [this](const QString& points) {
        ScheduleConfig config = fields_->config();
        config.schedule = ScheduleKind::drawn;
        config.points = points.toStdString();
        fields_->set_config(config);
        update_schedule();
    });
    connect(panel_, &DrawPanel::start_wanted, this, [this](ScheduleKind kind) {
        draw_from(kind);
        update_schedule();
    });
    connect(panel_, &DrawPanel::training_wanted, this, [this] { Q_EMIT schedule_wanted(fields_->config()); });
    connect(panel_, &DrawPanel::message, this, &NoisePage::message);
}

/// The first curve begins as the schedule that is shown. Later the one that was drawn is kept.
void NoisePage::begin_drawing() {
    ScheduleConfig config = fields_->config();
    if (config.schedule == ScheduleKind::drawn) return;
    if (config.points == ScheduleConfig{}.points) return draw_from(config.schedule);
    config.schedule = ScheduleKind::drawn;
    fields_->set_config(config);
}

void NoisePage::draw_from(ScheduleKind kind) {
    ScheduleConfig config = fields_->config();
    config.schedule = kind;
    config.points = format_points(points_on(make_schedule(config).alpha_bar, first_points));
    config.schedule = ScheduleKind::drawn;
    fields_->set_config(config);
}

void NoisePage::draw(const ScheduleConfig& config) {
    fields_->set_config(config);
    show_mode(drawing);
}

void NoisePage::show_name() {
    QStringList parts;
    if (!picture_name_.isEmpty()) parts << picture_name_;
    if (fields_->shows_run()) parts << tr("schedule of the run");
    name_->setText(parts.join(tr(" · ")));
}

void NoisePage::make_comparison() {
    comparison_ = new ScheduleComparison(theme_);
    comparison_->setProperty("role", "page");
    connect(comparison_, &ScheduleComparison::time_chosen, this, &NoisePage::set_timestep);
    comparison_->set_config(fields_->config());
    comparison_->set_picture(small_);
    comparison_->set_time(timestep_);
    comparison_room_->setWidget(comparison_);
}

void NoisePage::update_schedule() {
    // When T changes, the relative position stays the same.
    const int before = schedule_.timesteps();
    const double share = before > 1 ? static_cast<double>(timestep_) / (before - 1) : 0;
    try {
        schedule_ = make_schedule(fields_->config());
        if (comparison_ != nullptr && middle_->currentWidget() == comparison_room_)
            comparison_->set_config(fields_->config());
    } catch (const Error& error) {
        Q_EMIT message(text_of(one_line(error)));
        return;
    }
    panel_->set_config(fields_->config());
    // Of no use to the other kinds, unless all are shown.
    fields_->scale_ends()->setVisible(middle_->currentWidget() == comparison_room_ ||
                                      uses_ends(fields_->config().schedule));
    show_name();
    std::vector<int> stops(static_cast<std::size_t>(schedule_.timesteps()));
    for (std::size_t t = 0; t < stops.size(); ++t) stops[t] = static_cast<int>(t);
    track_->set_schedule(schedule_.alpha_bar);
    track_->set_stops(std::move(stops), schedule_.timesteps());
    update_strip();
    set_timestep(static_cast<int>(std::lround(share * (schedule_.timesteps() - 1))));
}

void NoisePage::update_noise() {
    noised_ = NoisedPicture(reduced(source_->picture(), picture_limit()), seed_);
    small_ = NoisedPicture(reduced(source_->picture(), {small_side, small_side}), seed_);
    equation_->set_picture(noised_);
    if (comparison_ != nullptr) comparison_->set_picture(small_);
    update_strip();
    Q_EMIT capabilities_changed();
}

QSize NoisePage::picture_limit() const {
    // A large photo is scaled down before noise is added, so that every pixel of the noise is visible. Small
    // pictures keep their size.
    return equation_->picture_room().expandedTo({small_side, small_side});
}

void NoisePage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    if (std::max(source_->picture().width, source_->picture().height) > small_side) refit_.start();
}

void NoisePage::update_strip() {
    const std::vector<int> times = even_timesteps(schedule_.timesteps(), strip_pictures);
    std::vector<Picture> pictures;
    if (!small_.x0().empty())
        for (const int t : times)
            pictures.push_back(small_.x_t(schedule_.alpha_bar[static_cast<std::size_t>(t)]));
    strip_->set_frames(pictures.empty() ? 0 : strip_pictures, [pictures](int place) {
        return pictures.empty() ? Picture{} : pictures[static_cast<std::size_t>(place)];
    });
    strip_->set_caption(
        [times](int place) { return tr("t = %1").arg(times[static_cast<std::size_t>(place)]); });
}

void NoisePage::set_timestep(int timestep) {
    timestep_ = std::clamp(timestep, 0, schedule_.timesteps() - 1);
    update_time();
}

void NoisePage::update_time() {
    track_->set_position(timestep_);
    equation_->set_time(timestep_, schedule_.alpha_bar[static_cast<std::size_t>(timestep_)]);
    if (comparison_ != nullptr) comparison_->set_time(timestep_);
    const double place = static_cast<double>(timestep_) / (schedule_.timesteps() - 1) * (strip_pictures - 1);
    strip_->set_current(static_cast<int>(std::lround(place)));
    const int last = schedule_.timesteps() - 1;
    const auto digits = static_cast<int>(QString::number(last).size());
    transport_->reserve_readout(tr("t = %1 of %1 · ᾱ 0.000").arg(last));
    transport_->set_readout(tr("t = %1 of %2 · ᾱ %3")
                                .arg(QString::number(timestep_).rightJustified(digits, QChar(0x2007)))
                                .arg(last)
                                .arg(schedule_.alpha_bar[static_cast<std::size_t>(timestep_)], 0, 'f', 3));
}

bool NoisePage::can_play() const {
    return !source_->picture().empty();
}

void NoisePage::play_or_pause() {
    if (!can_play()) return;
    if (!transport_->playing() && timestep_ == schedule_.timesteps() - 1) set_timestep(0);
    transport_->set_playing(!transport_->playing());
}

void NoisePage::advance() {
    const int stride = std::max(1, schedule_.timesteps() / play_beats);
    if (timestep_ + stride >= schedule_.timesteps() - 1) transport_->set_playing(false);
    set_timestep(timestep_ + stride);
}

void NoisePage::step(int delta) {
    transport_->set_playing(false);
    set_timestep(timestep_ + delta);
}

void NoisePage::go_to_start() {
    transport_->set_playing(false);
    set_timestep(0);
}

void NoisePage::go_to_end() {
    transport_->set_playing(false);
    set_timestep(schedule_.timesteps() - 1);
}

int NoisePage::controls_bottom() const {
    return middle_->geometry().top();
}

Picture NoisePage::picture() const {
    if (source_->picture().empty()) return {};
    return noised_.x_t(schedule_.alpha_bar[static_cast<std::size_t>(timestep_)]);
}

void NoisePage::new_noise() {
    seed_ = QRandomGenerator::global()->generate64();
    update_noise();
}

CaptionedRow NoisePage::captioned() const {
    const ScheduleConfig config = fields_->config();
    const auto title = [](ScheduleKind kind) { return QString::fromUtf8(entry_of(kind).title); };
    CaptionedRow row;
    const auto noised = [this](const NoiseSchedule& schedule, int t) {
        return noised_.x_t(schedule.alpha_bar[static_cast<std::size_t>(t)]);
    };
    row.heading = tr("%1 · T = %2").arg(title(config.schedule)).arg(config.timesteps);
    if (middle_->currentWidget() == comparison_room_) {
        row.heading = tr("t = %1 of %2").arg(timestep_).arg(config.timesteps - 1);
        for (const auto& kind : names_of<ScheduleKind>)
            row.grids.push_back({noised(comparison_->schedule(kind.value), timestep_), title(kind.value)});
    } else if (middle_->currentWidget() == panel_) {
        for (const int t : even_timesteps(config.timesteps, strip_pictures))
            row.grids.push_back({noised(schedule_, t), tr("t = %1").arg(t)});
    } else {
        row.grids.push_back({noised(schedule_, timestep_), tr("xₜ at t = %1").arg(timestep_)});
        row.grids.push_back({noised_.x0(), tr("x₀, the picture")});
        row.grids.push_back({noised_.eps(), tr("ε, the noise")});
    }
    return row;
}

void NoisePage::export_pictures() {
    if (can_export()) export_row(captioned(), tr("noise"), export_folder(), theme_, *this);
}

void NoisePage::inspect(const Picture& shown, const QString& title) {
    if (inspector_.isNull()) {
        inspector_ = new PictureInspector(theme_, this);
        inspector_->setAttribute(Qt::WA_DeleteOnClose);
    }
    inspector_->set_picture(shown, title);
    inspector_->show();
    inspector_->raise();
}

}  // namespace denoise::ui
