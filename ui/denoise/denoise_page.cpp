#include "ui/denoise/denoise_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/denoise/sample_controls.h"
#include "ui/denoise/schedule_track.h"
#include "ui/denoise/transport_bar.h"
#include "ui/export/export_dialog.h"
#include "ui/format.h"
#include "ui/picture/film_strip.h"
#include "ui/picture/picture_inspector.h"
#include "ui/picture/picture_view.h"
#include "ui/theme/theme.h"
#include "ui/worker/engine_link.h"

namespace denoise::ui {
namespace {

enum Series { x_t_series = 0, x0_series = 1 };

QLabel* caption_label(const Theme& theme) {
    auto* label = new QLabel;
    label->setFont(theme.caption());
    label->setProperty("role", "caption");
    label->setTextFormat(Qt::RichText);
    return label;
}

/// `number` with figure spaces in front, as wide as `widest`.
QString padded(int number, int widest) {
    const auto digits = static_cast<int>(QString::number(widest).size());
    return QString::number(number).rightJustified(digits, QChar(0x2007));
}

}  // namespace

DenoisePage::DenoisePage(EngineLink& link, const Theme& theme, QWidget* parent)
    : Page(parent),
      link_(link),
      theme_(theme),
      controls_(new SampleControls(theme)),
      stack_(new QStackedLayout),
      empty_icon_(new QLabel),
      empty_(new QLabel),
      samples_(new QComboBox),
      thinned_(caption_label(theme)),
      branch_(new QPushButton(theme.icon("denoise-branch"), tr("Branch"))),
      export_(new QPushButton(theme.icon("document-export"), tr("Export…"))),
      xt_caption_(caption_label(theme)),
      x0_caption_(caption_label(theme)),
      xt_view_(new PictureView(theme)),
      x0_view_(new PictureView(theme)),
      transport_(new TransportBar(theme)),
      track_(new ScheduleTrack(theme, ScheduleTrack::Direction::denoising)),
      strip_(new FilmStrip(theme)) {
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setWordWrap(true);
    empty_->setProperty("role", "caption");
    empty_->setFont(theme.body());
    empty_icon_->setAlignment(Qt::AlignCenter);
    auto* nothing = new QWidget;
    auto* middle = new QVBoxLayout(nothing);
    middle->setSpacing(space::group);
    middle->addStretch(1);
    middle->addWidget(empty_icon_);
    middle->addWidget(empty_);
    middle->addStretch(1);
    stack_->addWidget(nothing);
    stack_->addWidget(make_viewer());

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::page, space::group, space::page, space::group);
    column->setSpacing(space::group);
    column->addWidget(controls_);
    column->addLayout(stack_, 1);

    connect(controls_, &SampleControls::sample_pressed, this, &DenoisePage::sample);
    connect(controls_, &SampleControls::cancel_pressed, this, [this] { link_.post(CancelSampling{}); });
    connect(&theme_, &Theme::changed, this, &DenoisePage::update_captions);
    connect_engine();
    update_captions();
    update_model();
}

QLayout* DenoisePage::make_pane(PictureView* view, QLabel* caption) {
    auto* column = new QVBoxLayout;
    column->setSpacing(space::tight);
    column->addWidget(caption);
    column->addWidget(view, 1);
    connect(view, &PictureView::clicked, this, [this](int image) {
        const bool alone = entry() != nullptr && entry()->image >= 0;
        show_only(alone ? -1 : image);
    });
    connect(view, &PictureView::double_clicked, this, [this, view](int image) { inspect(view, image); });
    return column;
}

QWidget* DenoisePage::make_viewer() {
    samples_->setObjectName("samples");
    samples_->setAccessibleName(tr("Sample of this session"));
    samples_->setToolTip(tr("All samples of this session, each with its own place in time"));
    samples_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    samples_->setMinimumContentsLength(1);
    branch_->setObjectName("branch");
    export_->setToolTip(tr("Save a picture, a grid, all frames or a GIF (Ctrl+E)"));
    xt_view_->setAccessibleName(tr("x_t, what the network sees"));
    x0_view_->setAccessibleName(tr("x_0 predicted, what it thinks is underneath"));
    xt_view_->set_border(x_t_series);
    x0_view_->set_border(x0_series);
    for (PictureView* view : {xt_view_, x0_view_})
        view->setToolTip(tr("Click an image to see it alone, double-click to see its pixels"));

    auto* viewer = new QWidget;
    auto* column = new QVBoxLayout(viewer);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::control);
    auto* header = new QHBoxLayout;
    header->setSpacing(space::control);
    header->addWidget(samples_, 1);
    header->addWidget(thinned_);
    header->addWidget(branch_);
    header->addWidget(export_);
    auto* panes = new QHBoxLayout;
    panes->setSpacing(space::group);
    panes->addLayout(make_pane(xt_view_, xt_caption_), 1);
    panes->addLayout(make_pane(x0_view_, x0_caption_), 1);
    column->addLayout(header);
    column->addLayout(panes, 1);
    column->addWidget(transport_);
    column->addWidget(track_);
    column->addWidget(strip_);

    connect(samples_, &QComboBox::activated, this,
            [this](int row) { show_sample(history_.size() - 1 - row); });
    connect(branch_, &QPushButton::clicked, this, &DenoisePage::branch);
    connect(export_, &QPushButton::clicked, this, &DenoisePage::export_pictures);
    connect(track_, &ScheduleTrack::scrubbed, this, [this](int stop) {
        transport_->set_playing(false);
        go_to(stop);
    });
    connect(strip_, &FilmStrip::chosen, this, [this](int step_index) {
        transport_->set_playing(false);
        if (entry() != nullptr) go_to(entry()->trajectory.nearest(step_index));
    });
    connect(transport_, &TransportBar::play_pressed, this, &DenoisePage::play_or_pause);
    connect(transport_, &TransportBar::stepped, this, &DenoisePage::step);
    connect(transport_, &TransportBar::start_pressed, this, &DenoisePage::go_to_start);
    connect(transport_, &TransportBar::end_pressed, this, &DenoisePage::go_to_end);
    connect(transport_, &TransportBar::beat, this, &DenoisePage::advance);
    return viewer;
}

void DenoisePage::connect_engine() {
    connect(&link_, &EngineLink::run_opened, this, &DenoisePage::update_model);
    connect(&link_, &EngineLink::state_changed, this, &DenoisePage::update_model);
    connect(&link_, &EngineLink::sample_started, this, &DenoisePage::begin);
    connect(&link_, &EngineLink::sample_frame, this, &DenoisePage::take);
    connect(&link_, &EngineLink::sample_ended, this, &DenoisePage::end);
    // A sampler that failed may send no end of its own; if another job failed, its next frame says so.
    connect(&link_, &EngineLink::failed, this, [this] { set_running(-1); });
}

void DenoisePage::update_model() {
    const bool model = link_.run().has_value();
    controls_->set_obstacle(model ? QString()
                                  : tr("There is no model yet. Press Train, or open a run under Runs"));
    update_branch();
    if (model) {
        const RunConfig& config = link_.run()->config;
        controls_->set_timesteps(config.schedule.timesteps);
        controls_->set_classes(link_.run()->class_names, config.unet.unlabelled_class);
    }
    empty_->setText(model ? tr("Press Sample to watch pictures come out of pure noise, step by step.")
                          : tr("Press Train first; as soon as there is a model, Sample shows pictures coming "
                               "out of noise."));
}

void DenoisePage::set_running(int sample_id) {
    if (sample_id == running_id_) return;
    running_id_ = sample_id;
    controls_->set_running(sample_id >= 0);
    update_branch();
}

void DenoisePage::update_captions() {
    const auto coloured = [this](int series, const QString& symbol) {
        return QString("<span style='color:%1'>%2</span>").arg(theme_.series(series).name(), symbol);
    };
    empty_icon_->setPixmap(theme_.icon("denoise-noise", Colour::muted).pixmap(2 * space::target));
    xt_caption_->setText(tr("%1, what the network sees").arg(coloured(x_t_series, "x<sub>t</sub>")));
    x0_caption_->setText(
        tr("%1 predicted, what it thinks is underneath").arg(coloured(x0_series, "x<sub>0</sub>")));
}

SampleRequest DenoisePage::request() const {
    return controls_->request();
}

void DenoisePage::sample() {
    if (link_.run().has_value()) link_.post(Sample{request()});
}

QString DenoisePage::obstacle_to_branch() const {
    if (!link_.run().has_value()) return tr("There is no model to draw with. Open one under Runs");
    if (running_id_ >= 0) return tr("A sampler is running");
    const TrajectoryFrame* shown = frame();
    if (shown == nullptr || shown->timestep < 0)
        return tr("Go back to a timestep before the result: the branch starts there");
    if (entry()->image < 0 && entry()->trajectory.image_count() > 1)
        return tr("Click an image first: its other futures are drawn from the timestep that is shown");
    return {};
}

void DenoisePage::update_branch() {
    const QString obstacle = obstacle_to_branch();
    branch_->setEnabled(obstacle.isEmpty());
    branch_->setToolTip(obstacle.isEmpty()
                            ? tr("Draws other futures of this image: from here on with other noise, by the "
                                 "model as it is now")
                            : obstacle);
}

void DenoisePage::branch() {
    if (!obstacle_to_branch().isEmpty()) return;
    SampleRequest futures = entry()->trajectory.request();
    futures.branches.push_back({std::max(entry()->image, 0), frame()->step, total_samples_});
    futures.count = request().count;
    link_.post(Sample{futures});
}

void DenoisePage::set_export_folder(const QString& folder) {
    export_folder_ = folder;
}

void DenoisePage::begin(const SampleStarted& start) {
    set_running(start.id);
    const int index = history_.add(start);
    samples_->insertItem(0, tr("Sample %1 · %2").arg(++total_samples_).arg(describe(start)));
    show_sample(index);
}

void DenoisePage::take(const SampleFrame& incoming) {
    const int index = history_.find(incoming.id);
    if (index < 0) return;
    SampleEntry& target = history_.at(index);
    if (!target.trajectory.ended()) set_running(incoming.id);
    const int shown_step = target.trajectory.empty() ? 0 : target.trajectory.frame(target.position).step;
    target.trajectory.add(incoming);
    if (target.trajectory.empty()) return;
    target.position = target.follow ? target.trajectory.size() - 1 : target.trajectory.nearest(shown_step);
    const bool shown = index == shown_;
    keep_to_limit();  // `target` may be gone after it
    if (shown) show_frames();
}

void DenoisePage::end(const SampleEnded& ended) {
    if (ended.id == running_id_) set_running(-1);
    const int index = history_.find(ended.id);
    if (index < 0) return;
    SampleEntry& target = history_.at(index);
    target.trajectory.finish(ended);
    if (target.follow && !target.trajectory.empty()) target.position = target.trajectory.size() - 1;
    target.follow = false;
    if (index == shown_) show_frames();
}

void DenoisePage::keep_to_limit() {
    const int gone = history_.make_room(shown_);
    if (gone == 0) return;
    for (int i = 0; i < gone; ++i) samples_->removeItem(samples_->count() - 1);
    shown_ -= gone;
}

const TrajectoryFrame* DenoisePage::frame() const {
    const SampleEntry* shown = entry();
    if (shown == nullptr || shown->trajectory.empty()) return nullptr;
    return &shown->trajectory.frame(std::clamp(shown->position, 0, shown->trajectory.size() - 1));
}

void DenoisePage::show_sample(int index) {
    transport_->set_playing(false);
    shown_ = index;
    samples_->setCurrentIndex(history_.size() - 1 - index);
    stack_->setCurrentIndex(1);
    const SampleStarted& start = entry()->trajectory.start();
    track_->set_schedule(start.alpha_bar);
    track_->set_planned(start.timesteps);
    const int T = static_cast<int>(start.alpha_bar.size());
    transport_->reserve_readout(
        tr("t = %1 of %1 · step %2 of %2 · ᾱ 0.000").arg(T - 1).arg(entry()->trajectory.steps()));
    show_frames();
    for (PictureView* view : {xt_view_, x0_view_}) view->set_only(entry()->image);
}

void DenoisePage::show_frames() {
    const Trajectory& trajectory = entry()->trajectory;
    std::vector<int> stops;
    stops.reserve(static_cast<std::size_t>(trajectory.size()));
    for (int i = 0; i < trajectory.size(); ++i) stops.push_back(trajectory.frame(i).timestep);
    track_->set_stops(std::move(stops), trajectory.size());

    // One place for each step and one for the result, so that nothing moves while they come in.
    const int last_step = trajectory.empty() ? 0 : trajectory.frame(trajectory.size() - 1).step;
    const int places = trajectory.ended() ? last_step + 1 : trajectory.steps() + 1;
    strip_->set_frames(places, [this, last_step](int step_index) -> Picture {
        const Trajectory& film = entry()->trajectory;
        if (film.empty() || step_index > last_step) return {};
        return picture_of(film.frame(film.nearest(step_index)).x_t, std::max(entry()->image, 0));
    });
    thinned_->setText(trajectory.stride() > 1
                          ? tr("1 of %1 frames is kept, to save memory").arg(trajectory.stride())
                          : QString());
    thinned_->setVisible(trajectory.stride() > 1);
    export_->setEnabled(can_export());
    show_position();
    Q_EMIT capabilities_changed();
}

void DenoisePage::show_position() {
    update_branch();
    const TrajectoryFrame* shown = frame();
    if (shown == nullptr) {
        xt_view_->clear();
        x0_view_->clear();
        transport_->set_readout({});
        strip_->set_current(-1);
        return;
    }
    xt_view_->set_images(shown->x_t);
    x0_view_->set_images(shown->x0);
    track_->set_position(entry()->position);
    strip_->set_current(shown->step);
    transport_->set_readout(readout_text(*shown));
    update_inspector();
}

QString DenoisePage::readout_text(const TrajectoryFrame& shown) const {
    const Trajectory& trajectory = entry()->trajectory;
    const int last = static_cast<int>(trajectory.start().alpha_bar.size()) - 1;
    const int steps = trajectory.steps();
    if (shown.timestep < 0) return tr("The result · step %1 of %1 · ᾱ 1.000").arg(steps);
    return tr("t = %1 of %2 · step %3 of %4 · ᾱ %5")
        .arg(padded(shown.timestep, last))
        .arg(last)
        .arg(padded(shown.step + 1, steps))
        .arg(steps)
        .arg(shown.alpha_bar, 0, 'f', 3);
}

void DenoisePage::go_to(int frame_index) {
    SampleEntry* shown = entry();
    if (shown == nullptr || shown->trajectory.empty()) return;
    const int last = shown->trajectory.size() - 1;
    shown->position = std::clamp(frame_index, 0, last);
    // Who goes back to the newest frame wants to see the next one too.
    shown->follow = !shown->trajectory.ended() && shown->position == last;
    show_position();
}

void DenoisePage::show_only(int image) {
    SampleEntry* shown = entry();
    if (shown == nullptr) return;
    if (shown->trajectory.image_count() <= 1) image = -1;
    shown->image = image;
    for (PictureView* view : {xt_view_, x0_view_}) view->set_only(image);
    strip_->refresh();
    update_branch();
    update_inspector();
}

bool DenoisePage::can_play() const {
    return entry() != nullptr && entry()->trajectory.size() > 1;
}

void DenoisePage::play_or_pause() {
    if (!can_play()) return;
    if (!transport_->playing() && entry()->position == entry()->trajectory.size() - 1) go_to(0);
    transport_->set_playing(!transport_->playing());
}

void DenoisePage::advance() {
    if (entry() == nullptr || entry()->position + 1 >= entry()->trajectory.size()) {
        transport_->set_playing(false);
        return;
    }
    go_to(entry()->position + 1);
    if (entry()->position + 1 == entry()->trajectory.size()) transport_->set_playing(false);
}

bool DenoisePage::can_step() const {
    return can_play();
}

void DenoisePage::step(int delta) {
    transport_->set_playing(false);
    if (entry() != nullptr) go_to(entry()->position + delta);
}

void DenoisePage::go_to_start() {
    transport_->set_playing(false);
    go_to(0);
}

void DenoisePage::go_to_end() {
    transport_->set_playing(false);
    if (entry() != nullptr) go_to(entry()->trajectory.size() - 1);
}

Picture DenoisePage::picture() const {
    const TrajectoryFrame* shown = frame();
    if (shown == nullptr) return {};
    // The one that is pointed at or focused; the prediction otherwise.
    const bool noisy = xt_view_->hasFocus() || xt_view_->underMouse();
    const ImageBatch& images = noisy ? shown->x_t : shown->x0;
    if (images.count == 1) return picture_of(images, 0);
    return entry()->image >= 0 ? picture_of(images, entry()->image) : grid_of(images);
}

bool DenoisePage::can_export() const {
    return frame() != nullptr;
}

void DenoisePage::export_pictures() {
    if (!can_export()) return;
    auto* dialog = new ExportDialog(entry()->trajectory, entry()->position, entry()->image, theme_, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (!export_folder_.isEmpty()) dialog->set_folder(export_folder_);
    connect(dialog, &ExportDialog::exported, this, &DenoisePage::message);
    dialog->open();
}

void DenoisePage::inspect(PictureView* view, int image) {
    if (frame() == nullptr) return;
    show_only(image);
    if (inspector_.isNull()) {
        inspector_ = new PictureInspector(theme_, this);
        inspector_->setAttribute(Qt::WA_DeleteOnClose);
    }
    inspected_ = view;
    update_inspector();
    inspector_->show();
    inspector_->raise();
}

void DenoisePage::update_inspector() {
    const TrajectoryFrame* shown = frame();
    if (inspector_.isNull() || shown == nullptr) return;
    const bool noisy = inspected_ == xt_view_;
    const int image = std::max(entry()->image, 0);
    const QString when = shown->timestep < 0 ? tr("result") : tr("t = %1").arg(shown->timestep);
    inspector_->set_picture(
        picture_of(noisy ? shown->x_t : shown->x0, image),
        (noisy ? tr("x_t of image %1, %2") : tr("Predicted x_0 of image %1, %2")).arg(image + 1).arg(when));
}

void DenoisePage::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && entry() != nullptr && entry()->image >= 0) return show_only(-1);
    Page::keyPressEvent(event);
}

}  // namespace denoise::ui
