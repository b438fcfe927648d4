#include "ui/pages/denoise/denoise_page.h"

#include <QKeyEvent>
#include <QLabel>
#include <QStackedLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/export/export_dialog.h"
#include "ui/link/engine_link.h"
#include "ui/pages/denoise/example_note.h"
#include "ui/pages/denoise/frame_text.h"
#include "ui/pages/denoise/frame_view.h"
#include "ui/pages/denoise/guidance_note.h"
#include "ui/pages/denoise/redraw.h"
#include "ui/pages/denoise/sample_bar.h"
#include "ui/pages/denoise/sample_controls.h"
#include "ui/pages/denoise/schedule_track.h"
#include "ui/pages/denoise/transport_bar.h"
#include "ui/picture/film_strip.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/steady_label.h"
#include "ui/widgets/user_message.h"

namespace denoise::ui {
namespace {

constexpr int least_height_with_large_strip = 25 * space::target;
constexpr int least_height_with_whole_note = 21 * space::target;

/// Without a new layout if nothing changes, because this is called for each frame.
void set_spacing(QLayout& layout, int spacing) {
    if (layout.spacing() != spacing) layout.setSpacing(spacing);
}

}  // namespace

DenoisePage::DenoisePage(EngineLink& link, const Theme& theme, QWidget* parent)
    : Page(parent),
      link_(link),
      theme_(theme),
      session_(link),
      example_(session_),
      redraw_(new Redraw(
          session_, [this] { return settings(); }, this)),
      controls_(new SampleControls(theme)),
      stack_(new QStackedLayout),
      placeholder_(new QLabel),
      bar_(new SampleBar(session_, theme)),
      example_note_(new ExampleNote(theme)),
      frames_(new FrameView(theme)),
      numbers_(new SteadyLabel(widest_numbers())),
      transport_(new TransportBar(theme)),
      track_(new ScheduleTrack(theme, TimeDirection::denoising)),
      strip_(new FilmStrip(theme)) {
    stack_->addWidget(make_placeholder());
    stack_->addWidget(make_viewer());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::page, space::group, space::page, space::group);
    column->setSpacing(space::group);
    column->addWidget(controls_);
    column->addLayout(stack_, 1);

    connect(controls_, &SampleControls::changed, redraw_, &Redraw::setting_changed);
    // What plays would stop at any timestep, perhaps in the noise.
    connect(redraw_, &Redraw::begins, this, [this] {
        if (transport_->playing()) go_to_end();
    });
    connect(controls_, &SampleControls::sample_pressed, this, &DenoisePage::sample);
    connect(controls_, &SampleControls::cancel_pressed, this, &DenoisePage::stop);
    connect(&link_, &EngineLink::run_opened, this, &DenoisePage::update_model);
    connect_session();
    connect_viewer();
    update_model();
}

QWidget* DenoisePage::make_placeholder() {
    placeholder_->setAlignment(Qt::AlignCenter);
    placeholder_->setWordWrap(true);
    placeholder_->setProperty("role", "caption");
    placeholder_->setFont(theme_.body());
    auto* icon = new QLabel;
    icon->setAlignment(Qt::AlignCenter);
    const auto tint = [this, icon] {
        icon->setPixmap(theme_.icon("denoise-noise", Colour::muted).pixmap(2 * space::target));
    };
    connect(&theme_, &Theme::changed, icon, tint);
    tint();

    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setSpacing(space::group);
    column->addStretch(1);
    column->addWidget(icon);
    column->addWidget(placeholder_);
    column->addStretch(1);
    return page;
}

QWidget* DenoisePage::make_viewer() {
    bar_->add_switches(frames_->switches());
    numbers_->setObjectName("numbers");
    numbers_->setAccessibleName(tr("Numbers of the step"));
    numbers_->setFont(theme_.caption());
    numbers_->setProperty("role", "caption");
    numbers_->setToolTip(tr(
        "SNR: the signal-to-noise ratio ᾱ / (1 − ᾱ). RMS: the root mean square over the pixels, that is the "
        "norm divided by the root of their number. The engine computes it from its own numbers, not from "
        "the pictures, whose values end at -1 and 1."));
    auto* viewer = new QWidget;
    auto* column = new QVBoxLayout(viewer);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::control);
    column->addWidget(bar_);
    column->addWidget(example_note_);
    auto* guidance = new GuidanceNote(link_, session_, theme_);
    connect(guidance, &GuidanceNote::guidance_wanted, controls_, &SampleControls::set_guidance);
    column->addWidget(guidance);
    column->addWidget(frames_, 1);
    column->addWidget(numbers_);
    column->addWidget(transport_);
    column->addWidget(track_);
    column->addWidget(strip_);
    return viewer;
}

void DenoisePage::connect_session() {
    connect(&session_, &SampleSession::running_changed, this, [this] {
        controls_->set_running(is_running());
        Q_EMIT capabilities_changed();
    });
    connect(&session_, &SampleSession::entry_changed, this, &DenoisePage::show_entry);
    connect(&session_, &SampleSession::frames_changed, this, &DenoisePage::show_frames);
    connect(&session_, &SampleSession::position_changed, this, &DenoisePage::show_position);
    connect(&session_, &SampleSession::image_changed, this, [this] {
        strip_->refresh();
        show_position();
    });
    connect(bar_, &SampleBar::branch_pressed, this, [this] { session_.branch(controls_->request().count); });
    connect(bar_, &SampleBar::compare_pressed, this, &DenoisePage::compare_wanted);
    connect(example_note_, &ExampleNote::close_pressed, this, [this] {
        close_example();
        Q_EMIT example_closed();
    });
}

void DenoisePage::connect_viewer() {
    connect(frames_, &FrameView::image_chosen, &session_, &SampleSession::show_only);
    connect(track_, &ScheduleTrack::scrubbed, this, &DenoisePage::go_to);
    connect(strip_, &FilmStrip::chosen, this, [this](int place) {
        const SampleEntry* entry = session_.entry();
        if (entry) go_to(entry->trajectory.nearest(entry->trajectory.first_step() + place));
    });
    connect(transport_, &TransportBar::play_pressed, this, &DenoisePage::play_or_pause);
    connect(transport_, &TransportBar::stepped, this, &DenoisePage::step);
    connect(transport_, &TransportBar::start_pressed, this, &DenoisePage::go_to_start);
    connect(transport_, &TransportBar::end_pressed, this, &DenoisePage::go_to_end);
    connect(transport_, &TransportBar::beat, this, &DenoisePage::advance);
}

void DenoisePage::update_model() {
    const auto& run = link_.run();
    controls_->set_obstacle(can_sample() ? QString() : tr("Train a model or open a run first."));
    if (run) {
        controls_->set_timesteps(run->config.schedule.timesteps);
        controls_->set_classes(run->class_names, run->config.unet.unlabelled_class);
        controls_->set_ema_length_obstacle(text_of(run->no_ema_lengths));
    } else if (can_sample()) {
        const SampleStarted& start = session_.entry()->trajectory.start();
        controls_->set_timesteps(static_cast<int>(start.alpha_bar.size()));
        controls_->set_classes(start.class_names, true);
        controls_->set_ema_length_obstacle(tr("The example has no snapshots of its EMA"));
    }
    if (!run && !can_sample()) controls_->set_ema_length_obstacle(tr("Train a model or open a run first."));
    placeholder_->setText(
        run ? tr("Press Sample to generate images from noise, step by step.")
            : tr("Train a model or open a run first. Sample then generates images from noise."));
}

bool DenoisePage::can_sample() const {
    return link_.run() || example_.is_shown();
}

Sample DenoisePage::settings() const {
    return {controls_->request(), link_.run() ? std::filesystem::path() : example_.model()};
}

void DenoisePage::sample() {
    if (!can_sample()) return;
    redraw_->forget();
    const Sample wanted = settings();
    session_.start(wanted.request, wanted.model);
}

void DenoisePage::sample_from(const std::filesystem::path& model) {
    if (link_.run() && model == link_.model_path()) return sample();
    SampleRequest request = controls_->request();
    request.label = -1;  // the classes of the controls are those of the open model
    request.guidance_scale = 1;
    request.ema_length = 0;
    session_.start(request, model);
}

void DenoisePage::sample_again(const SampleRequest& request) {
    controls_->set_request(request);
    if (!can_sample()) return;
    redraw_->forget();
    session_.start(request, settings().model);
}

void DenoisePage::play_example(const std::filesystem::path& path) {
    example_.start(path);
}

void DenoisePage::close_example() {
    if (!example_.is_open()) return;
    example_.close();
    update_model();
}

void DenoisePage::show_example_note() {
    example_note_->setVisible(example_.is_shown());
    numbers_->setVisible(!example_.is_shown());  // the captions need the room, and say more to a beginner
    show_strip();
    if (const TrajectoryFrame* frame = session_.frame(); frame && example_.is_shown())
        example_note_->show_stage(example_stage(frame->alpha_bar, frame->timestep < 0));
}

void DenoisePage::stop() {
    session_.stop();
}

void DenoisePage::show_entry() {
    transport_->set_playing(false);
    stack_->setCurrentIndex(session_.entry() ? 1 : 0);
    show_example_note();
    update_model();
    if (!session_.entry()) {
        frames_->show_frame(nullptr, -1);
        Q_EMIT capabilities_changed();
        return;
    }
    if (example_.begins()) {
        transport_->set_speed(ExampleShow::speed);
        transport_->set_playing(true);
    }
    const Trajectory& trajectory = session_.entry()->trajectory;
    const SampleStarted& start = trajectory.start();
    track_->set_schedule(start.alpha_bar);
    track_->set_planned({start.timesteps.begin() + trajectory.first_step(), start.timesteps.end()});
    transport_->reserve_readout(widest_place(trajectory));
    show_frames();
}

void DenoisePage::show_frames() {
    const Trajectory& trajectory = session_.entry()->trajectory;
    std::vector<int> stops;
    stops.reserve(static_cast<std::size_t>(trajectory.size()));
    for (int i = 0; i < trajectory.size(); ++i) stops.push_back(trajectory.frame(i).timestep);
    track_->set_stops(std::move(stops), trajectory.size());

    frames_->set_no_eps_reason(
        trajectory.keeps_eps() ? tr("The noise was not recorded.")
                               : tr("The noise is not kept for so many images and steps, to save memory."));
    // One place for each step and one for the result, so that nothing moves while they arrive.
    const int first = trajectory.first_step();
    const int newest = trajectory.empty() ? first - 1 : trajectory.frame(trajectory.size() - 1).step;
    const int last = trajectory.ended() ? newest : trajectory.steps();
    strip_->set_frames(last - first + 1, [this, first, newest](int place) -> Picture {
        const SampleEntry& entry = *session_.entry();
        if (first + place > newest) return {};
        const TrajectoryFrame& frame = entry.trajectory.frame(entry.trajectory.nearest(first + place));
        return picture_of(frame.x_t, std::max(entry.image, 0));
    });
    strip_->set_caption([this](int place) { return strip_text(session_.entry()->trajectory, place); });
    show_position();
    Q_EMIT capabilities_changed();
}

void DenoisePage::show_position() {
    const TrajectoryFrame* frame = session_.frame();
    frames_->show_frame(frame, session_.entry()->image);
    track_->set_position(session_.entry()->position);
    strip_->set_current(frame ? frame->step - session_.entry()->trajectory.first_step() : -1);
    transport_->set_readout(frame ? place_text(session_.entry()->trajectory, *frame) : QString());
    numbers_->setText(frame ? numbers_text(*frame, session_.entry()->image) : QString());
    show_example_note();
}

void DenoisePage::go_to(int frame_index) {
    transport_->set_playing(false);
    session_.go_to(frame_index);
}

bool DenoisePage::can_play() const {
    return session_.entry() != nullptr && session_.entry()->trajectory.size() > 1;
}

void DenoisePage::play_or_pause() {
    if (!can_play()) return;
    const SampleEntry& entry = *session_.entry();
    if (!transport_->playing() && entry.position == entry.trajectory.size() - 1) session_.go_to(0);
    transport_->set_playing(!transport_->playing());
}

void DenoisePage::advance() {
    const SampleEntry* entry = session_.entry();
    if (entry && entry->position + 1 < entry->trajectory.size()) session_.go_to(entry->position + 1);
    if (example_.is_shown() && example_.plays_on()) return;
    if (!entry || entry->position + 1 >= entry->trajectory.size()) transport_->set_playing(false);
}

bool DenoisePage::can_step() const {
    return can_play();
}

void DenoisePage::step(int delta) {
    if (session_.entry()) go_to(session_.entry()->position + delta);
}

void DenoisePage::go_to_start() {
    go_to(0);
}

void DenoisePage::go_to_end() {
    if (session_.entry()) go_to(session_.entry()->trajectory.size() - 1);
}

int DenoisePage::controls_bottom() const {
    return controls_->geometry().bottom() + 1;
}

Picture DenoisePage::picture() const {
    return frames_->picture();
}

bool DenoisePage::can_export() const {
    return session_.frame() != nullptr;
}

void DenoisePage::export_pictures() {
    if (!can_export()) return;
    const SampleEntry& entry = *session_.entry();
    auto* dialog = new ExportDialog(entry.trajectory, entry.position, entry.image, theme_, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (!export_folder().isEmpty()) dialog->set_folder(export_folder());
    connect(dialog, &ExportDialog::exported, this,
            [this](const QString& text, const QString& path) { send_message(*this, text, path); });
    dialog->open();
}

void DenoisePage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    show_strip();
}

void DenoisePage::show_strip() {
    // On a low page, the thumbnails and the curve are small, so that the pictures keep their room. The page
    // may be higher than the room that it has, and scroll.
    const int room = parentWidget() ? std::min(height(), parentWidget()->height()) : height();
    const bool compact = room < least_height_with_large_strip;
    strip_->set_compact(compact);
    example_note_->set_compact(room < least_height_with_whole_note);
    track_->setMaximumHeight((compact ? track_->minimumSizeHint() : track_->sizeHint()).height());
    const int margin = compact ? space::control : space::group;
    const int between = compact ? space::tight : space::control;
    layout()->setContentsMargins(space::page, margin, space::page, margin);
    set_spacing(*layout(), margin);
    set_spacing(*frames_->parentWidget()->layout(), between);
    int needed = 3 * margin + controls_->height() + frames_->minimumSizeHint().height() +
                 track_->maximumHeight() + strip_->sizeHint().height() + 2 * between;
    const QWidget* words = example_.is_shown() ? static_cast<QWidget*>(example_note_) : numbers_;
    for (const QWidget* row :
         {static_cast<const QWidget*>(bar_), words, static_cast<const QWidget*>(transport_)})
        needed += row->sizeHint().height() + between;
    strip_->setVisible(room >= needed);
}

void DenoisePage::keyPressEvent(QKeyEvent* event) {
    const SampleEntry* entry = session_.entry();
    if (event->key() == Qt::Key_Escape && entry && entry->image >= 0) return session_.show_only(-1);
    Page::keyPressEvent(event);
}

}  // namespace denoise::ui
