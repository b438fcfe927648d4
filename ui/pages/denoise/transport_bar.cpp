#include "ui/pages/denoise/transport_bar.h"

#include <QComboBox>
#include <QFontMetrics>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <cstdlib>

#include "ui/theme/theme.h"
#include "ui/widgets/icon_button.h"

namespace denoise::ui {
namespace {

constexpr int second_ms = 1000;

}  // namespace

TransportBar::TransportBar(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      theme_(theme),
      play_(icon_button({}, {})),
      speed_(new QComboBox),
      readout_(new QLabel) {
    auto* start = icon_button(theme.icon("media-skip-backward"), tr("First frame (Home)"));
    auto* back = icon_button(theme.icon("go-previous"), tr("Previous frame (Left)"));
    auto* forward = icon_button(theme.icon("go-next"), tr("Next frame (Right)"));
    auto* end = icon_button(theme.icon("media-skip-forward"), tr("Last frame (End)"));
    play_->setObjectName("play");
    for (const int rate : {5, 10, 25, 50}) speed_->addItem(tr("%1 / s").arg(rate), rate);
    speed_->setCurrentIndex(2);
    speed_->setAccessibleName(tr("Speed"));
    speed_->setToolTip(tr("Frames per second"));
    readout_->setFont(theme.tabular());
    readout_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    readout_->setObjectName("readout");
    readout_->setAccessibleName(tr("Current frame"));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::tight);
    for (QWidget* button : {start, back, play_, forward, end}) row->addWidget(button);
    row->addSpacing(space::tight);
    row->addWidget(speed_);
    row->addStretch(1);
    row->addWidget(readout_);

    connect(start, &QToolButton::clicked, this, &TransportBar::start_pressed);
    connect(end, &QToolButton::clicked, this, &TransportBar::end_pressed);
    connect(back, &QToolButton::clicked, this, [this] { Q_EMIT stepped(-1); });
    connect(forward, &QToolButton::clicked, this, [this] { Q_EMIT stepped(1); });
    connect(play_, &QToolButton::clicked, this, &TransportBar::play_pressed);
    connect(speed_, &QComboBox::currentIndexChanged, this,
            [this] { beat_.setInterval(second_ms / speed_->currentData().toInt()); });
    beat_.setTimerType(Qt::PreciseTimer);
    beat_.setInterval(second_ms / speed_->currentData().toInt());
    connect(&beat_, &QTimer::timeout, this, &TransportBar::beat);
    update_play_button();
}

void TransportBar::set_playing(bool playing) {
    if (playing == this->playing()) return;
    if (playing)
        beat_.start();
    else
        beat_.stop();
    update_play_button();
}

void TransportBar::set_speed(int frames_per_second) {
    const auto distance = [&](int index) {
        return std::abs(speed_->itemData(index).toInt() - frames_per_second);
    };
    int nearest = 0;
    for (int i = 1; i < speed_->count(); ++i)
        if (distance(i) < distance(nearest)) nearest = i;
    speed_->setCurrentIndex(nearest);
}

void TransportBar::set_readout(const QString& text) {
    readout_->setText(text);
}

void TransportBar::reserve_readout(const QString& widest) {
    readout_->setMinimumWidth(QFontMetrics(readout_->font()).horizontalAdvance(widest));
}

void TransportBar::update_play_button() {
    const QString name = playing() ? tr("Pause (Space)") : tr("Play (Space)");
    play_->setIcon(theme_.icon(playing() ? "media-playback-pause" : "media-playback-start"));
    play_->setToolTip(name);
    play_->setAccessibleName(name);
}

}  // namespace denoise::ui
