#include "ui/pages/denoise/denoise_page.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QStackedLayout>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/export/export_dialog.h"
#include "ui/link/engine_link.h"
#include "ui/pages/denoise/example_note.h"
#include "ui/pages/denoise/frame_view.h"
#include "ui/pages/denoise/sample_bar.h"
#include "ui/pages/denoise/sample_controls.h"
#include "ui/pages/denoise/schedule_track.h"
#include "ui/pages/denoise/transport_bar.h"
#include "ui/picture/film_strip.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/steady_label.h"

namespace denoise::ui {
namespace {

// The example: enough steps for an even motion, a seed of which all images are good, played slowly enough to
// read the captions, and a few times, with a rest on the result (in frames).
constexpr int example_steps = 50, example_images = 16, example_seed = 6;
constexpr int example_speed = 10, example_rounds = 3, example_rest = 20;

/// `number` with figure spaces in front, as wide as `widest`.
QString padded(int number, int widest) {
    const auto digits = static_cast<int>(QString::number(widest).size());
    return QString::number(number).rightJustified(digits, QChar(0x2007));
}

constexpr int least_height_with_large_strip = 25 * space::target;

QString widest_numbers() {
    return DenoisePage::tr("ᾱ %2 · SNR %1 · RMS: xₜ %2, x₀ %2, ε %2 · x₀ changed by %2")
        .arg("8.88e-88", "8.888");
}

QString rms_text(double number) {
    return std::isfinite(number) ? QLocale().toString(number, 'f', 3) : QStringLiteral("–");
}

}  // namespace

DenoisePage::DenoisePage(EngineLink& link, const Theme& theme, QWidget* parent)
    : Page(parent),
      link_(link),
      theme_(theme),
      session_(link),
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
    connect(bar_, &SampleBar::export_pressed, this, &DenoisePage::export_pictures);
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
    } else if (can_sample()) {
        const SampleStarted& start = session_.entry()->trajectory.start();
        controls_->set_timesteps(static_cast<int>(start.alpha_bar.size()));
        controls_->set_classes(start.class_names, true);
    }
    placeholder_->setText(
        run ? tr("Press Sample to generate images from noise, step by step.")
            : tr("Train a model or open a run first. Sample then generates images from noise."));
}

bool DenoisePage::can_sample() const {
    return link_.run() || shows_example();
}

Sample DenoisePage::settings() const {
    return {controls_->request(), link_.run() ? std::filesystem::path() : example_};
}

void DenoisePage::sample() {
    if (!can_sample()) return;
    const Sample wanted = settings();
    session_.start(wanted.request, wanted.model);
}

void DenoisePage::play_example(const std::filesystem::path& path) {
    if (is_running()) return;
    example_ = path;
    example_starts_ = true;
    SampleRequest request;
    request.sampler = "ddim";
    request.steps = example_steps;
    request.count = example_images;
    request.seed = example_seed;
    session_.start(request, path);
}

void DenoisePage::close_example() {
    if (!has_example()) return;
    session_.remove(std::exchange(example_, {}));
    update_model();
}

bool DenoisePage::shows_example() const {
    return has_example() && session_.entry() && session_.entry()->trajectory.start().model == example_;
}

void DenoisePage::show_example_note() {
    example_note_->setVisible(shows_example());
    numbers_->setVisible(!shows_example());  // the captions need the room, and say more to a beginner
    show_strip();
    if (const TrajectoryFrame* frame = session_.frame(); frame && shows_example())
        example_note_->show_stage(example_stage(frame->alpha_bar, frame->timestep < 0));
}

void DenoisePage::stop() {
    session_.stop();
}

void DenoisePage::set_export_folder(const QString& folder) {
    export_folder_ = folder;
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
    if (shows_example() && std::exchange(example_starts_, false)) {
        session_.hold();
        transport_->set_speed(example_speed);
        transport_->set_playing(true);
        rounds_left_ = example_rounds - 1;
        rest_ = 0;
    }
    const Trajectory& trajectory = session_.entry()->trajectory;
    const SampleStarted& start = trajectory.start();
    track_->set_schedule(start.alpha_bar);
    track_->set_planned({start.timesteps.begin() + trajectory.first_step(), start.timesteps.end()});
    const int last = static_cast<int>(start.alpha_bar.size()) - 1;
    transport_->reserve_readout(tr("t = %1 of %1 · step %2 of %2").arg(last).arg(trajectory.steps()));
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
    strip_->set_caption([this](int place) { return caption_of(place); });
    show_position();
    Q_EMIT capabilities_changed();
}

void DenoisePage::show_position() {
    const TrajectoryFrame* frame = session_.frame();
    frames_->show_frame(frame, session_.entry()->image);
    track_->set_position(session_.entry()->position);
    strip_->set_current(frame ? frame->step - session_.entry()->trajectory.first_step() : -1);
    transport_->set_readout(frame ? readout_text(*frame) : QString());
    numbers_->setText(frame ? numbers_text(*frame) : QString());
    show_example_note();
}

QString DenoisePage::readout_text(const TrajectoryFrame& frame) const {
    const Trajectory& trajectory = session_.entry()->trajectory;
    const int last = static_cast<int>(trajectory.start().alpha_bar.size()) - 1;
    const int steps = trajectory.steps();
    if (frame.timestep < 0) return tr("Result · step %1 of %1").arg(steps);
    return tr("t = %1 of %2 · step %3 of %4")
        .arg(padded(frame.timestep, last))
        .arg(last)
        .arg(padded(frame.step + 1, steps))
        .arg(steps);
}

QString DenoisePage::numbers_text(const TrajectoryFrame& frame) const {
    const double alpha_bar = frame.alpha_bar;
    const QString snr = alpha_bar < 1 ? measure_text(alpha_bar / (1 - alpha_bar)) : QStringLiteral("∞");
    const QString ratios = tr("ᾱ %1 · SNR %2").arg(QLocale().toString(alpha_bar, 'f', 3), snr);
    if (frame.norms.empty()) return ratios;
    // Of the image that is shown alone, or of all together.
    const int only = session_.entry()->image;
    const auto rms = [&](double StepNorms::*part) {
        if (only >= 0) return rms_text(frame.norms.at(static_cast<std::size_t>(only)).*part);
        double squares = 0;
        for (const StepNorms& norms : frame.norms) squares += norms.*part * norms.*part;
        return rms_text(std::sqrt(squares / static_cast<double>(frame.norms.size())));
    };
    return tr("%1 · RMS: xₜ %2, x₀ %3, ε %4 · x₀ changed by %5")
        .arg(ratios, rms(&StepNorms::x_t), rms(&StepNorms::x0), rms(&StepNorms::eps),
             rms(&StepNorms::change));
}

QString DenoisePage::caption_of(int place) const {
    const Trajectory& trajectory = session_.entry()->trajectory;
    const int step = trajectory.first_step() + place;
    const auto& planned = trajectory.start().timesteps;
    const bool is_held = !trajectory.empty() && step <= trajectory.frame(trajectory.size() - 1).step;
    const int timestep = is_held                     ? trajectory.frame(trajectory.nearest(step)).timestep
                         : step < trajectory.steps() ? planned[static_cast<std::size_t>(step)]
                                                     : -1;
    return timestep < 0 ? tr("result") : tr("t = %1").arg(timestep);
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
    if (shows_example() && example_plays_on()) {
        session_.hold();  // frames that arrive faster than they are played do not move on
        return;
    }
    if (!entry || entry->position + 1 >= entry->trajectory.size()) transport_->set_playing(false);
}

/// Waits for frames that are still computed, and starts again a few times, after a rest on the result.
bool DenoisePage::example_plays_on() {
    const SampleEntry& entry = *session_.entry();
    if (entry.position + 1 < entry.trajectory.size() || !entry.trajectory.ended()) return true;
    if (rounds_left_ == 0) return false;
    if (++rest_ < example_rest) return true;
    rest_ = 0;
    --rounds_left_;
    session_.go_to(0);
    return true;
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
    if (!export_folder_.isEmpty()) dialog->set_folder(export_folder_);
    connect(dialog, &ExportDialog::exported, this, &DenoisePage::message);
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
    track_->setMaximumHeight((compact ? track_->minimumSizeHint() : track_->sizeHint()).height());
    const int margin = compact ? space::control : space::group;
    layout()->setContentsMargins(space::page, margin, space::page, margin);
    int needed = 2 * margin + controls_->height() + space::group + frames_->minimumSizeHint().height() +
                 track_->maximumHeight() + strip_->sizeHint().height() + 2 * space::control;
    const QWidget* words = shows_example() ? static_cast<QWidget*>(example_note_) : numbers_;
    for (const QWidget* row :
         {static_cast<const QWidget*>(bar_), words, static_cast<const QWidget*>(transport_)})
        needed += row->sizeHint().height() + space::control;
    strip_->setVisible(room >= needed);
}

void DenoisePage::keyPressEvent(QKeyEvent* event) {
    const SampleEntry* entry = session_.entry();
    if (event->key() == Qt::Key_Escape && entry && entry->image >= 0) return session_.show_only(-1);
    Page::keyPressEvent(event);
}

}  // namespace denoise::ui
