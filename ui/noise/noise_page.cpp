#include "ui/noise/noise_page.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QRandomGenerator>
#include <QScrollArea>
#include <QShortcut>
#include <QSpinBox>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/denoise/schedule_track.h"
#include "ui/denoise/transport_bar.h"
#include "ui/format.h"
#include "ui/icon_button.h"
#include "ui/labelled_field.h"
#include "ui/noise/noise_equation.h"
#include "ui/noise/picture_loader.h"
#include "ui/noise/schedule_comparison.h"
#include "ui/picture/film_strip.h"
#include "ui/picture/picture_inspector.h"
#include "ui/picture/picture_view.h"
#include "ui/preferences.h"
#include "ui/theme/theme.h"
#include "ui/worker/engine_link.h"

namespace denoise::ui {
namespace {

constexpr int most_side = 512;  // larger shows nothing more and scrubs slower
constexpr int small_side = 64;  // of the pictures in strips and rows
constexpr int strip_pictures = 8;
constexpr int refit_delay_ms = 100;
constexpr int play_beats = 120;  // from the picture to noise

/// `picture` scaled down, never up, so that it fits into `limit`.
Picture reduced(const Picture& picture, QSize limit) {
    if (picture.width <= limit.width() && picture.height <= limit.height()) return picture;
    return from_image(to_image(picture).scaled(limit, Qt::KeepAspectRatio, Qt::SmoothTransformation));
}

QString local_picture(const QMimeData* data) {
    for (const QUrl& url : data->urls())
        if (url.isLocalFile() && is_picture_file(url.toLocalFile().toStdU16String()))
            return url.toLocalFile();
    return {};
}

}  // namespace

NoisePage::NoisePage(EngineLink& link, const Theme& theme, QWidget* parent)
    : Page(parent),
      link_(link),
      theme_(theme),
      seed_(1),
      last_folder_(default_pictures_folder()),
      kind_(new QComboBox),
      timesteps_(new QSpinBox),
      scale_ends_(new QCheckBox),
      next_(new QPushButton(theme.icon("go-next"), tr("Next image"))),
      source_(new QLabel),
      modes_(new QButtonGroup(this)),
      middle_(new QStackedWidget),
      equation_(new NoiseEquation(theme)),
      comparison_(new ScheduleComparison(theme)),
      track_(new ScheduleTrack(theme, ScheduleTrack::Direction::noising)),
      strip_(new FilmStrip(theme)),
      transport_(new TransportBar(theme)) {
    setAcceptDrops(true);
    equation_->set_empty_text(tr("Drop a picture here, or press Open."));
    auto* scroll = new QScrollArea;
    scroll->setWidget(comparison_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    comparison_->setProperty("role", "page");
    middle_->addWidget(equation_);
    middle_->addWidget(scroll);

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
    connect(comparison_, &ScheduleComparison::time_chosen, this, &NoisePage::set_timestep);
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
    connect(&link_, &EngineLink::dataset_ready, this, [this] {
        next_->setEnabled(true);
        if (!own_picture_) show_dataset_picture(0);
    });
    connect(new QShortcut(QKeySequence::Paste, this), &QShortcut::activated, this, &NoisePage::paste);

    update_schedule();
    set_timestep(schedule_.timesteps() / 4);
    next_->setEnabled(link_.dataset().has_value());
    if (link_.dataset()) show_dataset_picture(0);
}

QLayout* NoisePage::make_controls() {
    for (const ScheduleKind kind : ScheduleComparison::kinds) {
        kind_->addItem(title_of(kind));
        const auto& choice =
            find_setting(schedule_settings(), "schedule").info.choices[static_cast<std::size_t>(kind)];
        kind_->setItemData(kind_->count() - 1, text_of(choice.help), Qt::ToolTipRole);
    }
    kind_->setObjectName("schedule");
    const SettingInfo& T = find_setting(schedule_settings(), "timesteps").info;
    timesteps_->setRange(static_cast<int>(T.minimum), static_cast<int>(T.maximum));
    timesteps_->setValue(ScheduleConfig{}.timesteps);
    timesteps_->setKeyboardTracking(false);
    timesteps_->setObjectName("timesteps");

    timesteps_->setButtonSymbols(QSpinBox::NoButtons);
    timesteps_->setMinimumWidth(3 * space::target);
    next_->setToolTip(tr("Another image of the dataset"));
    auto* open = new QPushButton(theme_.icon("document-open"), tr("Open…"));
    open->setToolTip(tr("A picture of your own; it can be dropped or pasted here as well"));
    auto* paste_button = icon_button(theme_.icon("edit-paste"), tr("Paste a picture (Ctrl+V)"));
    auto* dice = new QPushButton(theme_.icon("roll"), tr("New noise"));
    dice->setToolTip(tr("Another draw of epsilon for the same picture"));
    connect(open, &QPushButton::clicked, this, &NoisePage::choose_file);
    connect(paste_button, &QToolButton::clicked, this, &NoisePage::paste);
    connect(next_, &QPushButton::clicked, this, [this] { show_dataset_picture(dataset_index_ + 1); });
    connect(dice, &QPushButton::clicked, this, [this] {
        seed_ = QRandomGenerator::global()->generate64();
        update_noise();
    });
    connect(kind_, &QComboBox::currentIndexChanged, this, &NoisePage::update_schedule);
    connect(timesteps_, &QSpinBox::valueChanged, this, &NoisePage::update_schedule);

    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    row->addWidget(open, 0, Qt::AlignBottom);
    row->addWidget(paste_button, 0, Qt::AlignBottom);
    row->addWidget(next_, 0, Qt::AlignBottom);
    row->addWidget(dice, 0, Qt::AlignBottom);
    row->addStretch(1);
    const auto& schedule = find_setting(schedule_settings(), "schedule").info;
    row->addLayout(labelled_field(theme_, text_of(schedule.title), kind_, text_of(schedule.help)));
    row->addLayout(labelled_field(theme_, text_of(T.title), timesteps_, text_of(T.help)));
    return row;
}

QLayout* NoisePage::make_second_row() {
    const SettingInfo& ends = find_setting(schedule_settings(), "scale_ends").info;
    scale_ends_->setText(text_of(ends.title));
    scale_ends_->setToolTip(text_of(ends.help));
    scale_ends_->setChecked(ScheduleConfig{}.scale_ends);
    scale_ends_->setObjectName("scale_ends");
    connect(scale_ends_, &QCheckBox::toggled, this, &NoisePage::update_schedule);
    source_->setProperty("role", "caption");
    source_->setFont(theme_.caption());

    auto* row = new QHBoxLayout;
    row->setSpacing(space::tight);
    int id = 0;
    for (const QString& title : {tr("One picture"), tr("Schedules compared")}) {
        auto* button = new QToolButton;
        button->setText(title);
        button->setCheckable(true);
        button->setChecked(id == 0);
        button->setMinimumHeight(space::target);
        modes_->addButton(button, id++);
        row->addWidget(button);
    }
    connect(modes_, &QButtonGroup::idClicked, this, [this](int mode) {
        middle_->setCurrentIndex(mode);
        strip_->setVisible(mode == 0);
    });
    row->addSpacing(space::control);
    row->addWidget(source_, 1);
    row->addWidget(scale_ends_);
    return row;
}

void NoisePage::show_dataset_picture(int index) {
    if (!link_.dataset() || link_.dataset()->thumbnails.empty()) return;
    const DatasetReady& dataset = *link_.dataset();
    dataset_index_ = index % static_cast<int>(dataset.thumbnails.count);
    ++load_number_;
    own_picture_ = false;
    source_->setText(tr("An image of %1").arg(text_of(dataset.name)));
    x0_ = picture_of(dataset.thumbnails, dataset_index_);
    update_noise();
}

void NoisePage::open_picture(const QString& path) {
    const QString name = QFileInfo(path).fileName();
    const int number = ++load_number_;
    source_->setText(tr("Reading %1 …").arg(name));
    last_folder_ = QFileInfo(path).absolutePath();
    load_picture(
        path, most_side, this,
        [this, number, name](const Picture& picture) {
            if (number != load_number_) return;
            set_picture(picture);
            source_->setText(name);
        },
        [this, number](const Error& error) {
            if (number == load_number_) source_->clear();
            Q_EMIT message(text_of(one_line(error)));
        });
}

void NoisePage::set_picture(const Picture& picture) {
    ++load_number_;
    own_picture_ = true;
    source_->clear();
    x0_ = reduced(picture, {most_side, most_side});
    update_noise();
}

void NoisePage::choose_file() {
    const QString path = QFileDialog::getOpenFileName(this, tr("Open picture"), last_folder_,
                                                      tr("Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp)"));
    if (!path.isEmpty()) open_picture(path);
}

void NoisePage::paste() {
    if (!take(QGuiApplication::clipboard()->mimeData()))
        Q_EMIT message(tr("There is no picture on the clipboard."));
}

bool NoisePage::take(const QMimeData* offered) {
    if (offered == nullptr) return false;
    if (const QString file = local_picture(offered); !file.isEmpty()) {
        open_picture(file);
        return true;
    }
    const auto image = qvariant_cast<QImage>(offered->imageData());
    if (image.isNull()) return false;
    set_picture(
        from_image(image.width() > most_side || image.height() > most_side
                       ? image.scaled(most_side, most_side, Qt::KeepAspectRatio, Qt::SmoothTransformation)
                       : image));
    source_->setText(tr("A pasted picture"));
    return true;
}

void NoisePage::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasImage() || !local_picture(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void NoisePage::dropEvent(QDropEvent* event) {
    if (take(event->mimeData())) event->acceptProposedAction();
}

ScheduleConfig NoisePage::config() const {
    ScheduleConfig config;
    config.schedule = static_cast<ScheduleKind>(kind_->currentIndex());
    config.timesteps = timesteps_->value();
    config.scale_ends = scale_ends_->isChecked();
    return config;
}

void NoisePage::update_schedule() {
    // The share of the way stays when T changes.
    const int before = schedule_.timesteps();
    const double share = before > 1 ? static_cast<double>(timestep_) / (before - 1) : 0;
    try {
        comparison_->set_config(config());
    } catch (const Error& error) {
        Q_EMIT message(text_of(one_line(error)));
        return;
    }
    schedule_ = comparison_->schedule(config().schedule);
    std::vector<int> stops(static_cast<std::size_t>(schedule_.timesteps()));
    for (std::size_t t = 0; t < stops.size(); ++t) stops[t] = static_cast<int>(t);
    track_->set_schedule(schedule_.alpha_bar);
    track_->set_stops(std::move(stops), schedule_.timesteps());
    update_strip();
    set_timestep(static_cast<int>(std::lround(share * (schedule_.timesteps() - 1))));
}

void NoisePage::update_noise() {
    noised_ = NoisedPicture(reduced(x0_, picture_limit()), seed_);
    small_ = NoisedPicture(reduced(x0_, {small_side, small_side}), seed_);
    equation_->set_picture(noised_);
    comparison_->set_picture(small_);
    update_strip();
    Q_EMIT capabilities_changed();
}

QSize NoisePage::picture_limit() const {
    // A photo that is larger than its place is fitted before the noise comes on, so that every pixel of the
    // noise is seen. Small pictures keep their pixels.
    return equation_->picture_room().expandedTo({small_side, small_side});
}

void NoisePage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    if (std::max(x0_.width, x0_.height) > small_side) refit_.start();
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
    comparison_->set_time(timestep_);
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
    return !x0_.empty();
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

Picture NoisePage::picture() const {
    if (x0_.empty()) return {};
    return noised_.x_t(schedule_.alpha_bar[static_cast<std::size_t>(timestep_)]);
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
