#include "ui/pages/denoise/guidance_note.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <cmath>

#include "engine/runs/training_rules.h"
#include "ui/link/engine_link.h"
#include "ui/pages/denoise/sample_session.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {

GuidanceNote::GuidanceNote(EngineLink& link, const SampleSession& session, const Theme& theme,
                           QWidget* parent)
    : QFrame(parent), link_(link), session_(session), label_(new QLabel), button_(new QPushButton) {
    setObjectName("guidance_note");
    setProperty("role", "message");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::control + space::tight, space::tight, space::tight, space::tight);
    row->setSpacing(space::group);
    label_->setWordWrap(true);
    label_->setFont(theme.caption());
    row->addWidget(label_, 1);
    row->addWidget(button_);
    button_->setToolTip(tr("Sets the guidance to half of what it is above 1, for the next samples"));
    connect(button_, &QPushButton::clicked, this, [this] {
        Q_EMIT guidance_wanted(weaker_);
        hide();
    });
    connect(&session_, &SampleSession::entry_changed, this, &GuidanceNote::judge);
    connect(&session_, &SampleSession::frames_changed, this, &GuidanceNote::judge);
    connect(&link_, &EngineLink::run_opened, this, [this] { of_previews_.reset(); });
    connect(&link_, &EngineLink::preview_judged, this,
            [this](const PreviewJudged& judged) { of_previews_ = judged.figures.data; });
    hide();
}

/// Of the images on which the open run was trained; nullopt: not known.
std::optional<ImageFigures> GuidanceNote::data_figures() const {
    if (of_previews_) return of_previews_;
    const auto& run = link_.run();
    const auto& dataset = link_.dataset();
    if (!run || !dataset || run->config.dataset != dataset->config) return std::nullopt;
    return figures_of(dataset->thumbnails);
}

void GuidanceNote::judge() {
    hide();
    const SampleEntry* entry = session_.entry();
    if (!entry || entry->trajectory.empty() || !entry->trajectory.ended()) return;
    const TrajectoryFrame& result = entry->trajectory.frame(entry->trajectory.size() - 1);
    const SampleStarted& start = entry->trajectory.start();
    const auto figures = data_figures();
    if (!figures || result.timestep >= 0 || !start.model.empty()) return;
    const double scale = start.request.guidance_scale;
    const auto text = find_strong_guidance(figures_of(result.x_t), *figures, scale);
    if (!text) return;
    weaker_ = std::round(10 * (1 + (scale - 1) / 2)) / 10;
    label_->setText(text_of(*text));
    button_->setText(tr("Guidance %1").arg(measure_text(weaker_)));
    show();
}

}  // namespace denoise::ui
