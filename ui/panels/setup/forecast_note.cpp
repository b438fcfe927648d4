#include "ui/panels/setup/forecast_note.h"

#include <QLabel>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/link/engine_link.h"
#include "ui/panels/setup/config_editor.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int delay_ms = 200;
constexpr char shows_details[] = "setup/forecast_details";  // in QSettings

/// Two significant digits, as an estimate deserves.
std::int64_t rounded(double number) {
    const double unit = std::pow(10, std::floor(std::log10(std::max(number, 1.0))) - 1);
    return std::llround(std::round(number / unit) * unit);
}

constexpr double minutes_of_day = 24 * 60;
/// A training of more days is said to be long.
constexpr double long_days = 3;

/// The lines of `text` with a little space between them.
QString with_paragraphs(const QString& text) {
    QString html;
    for (const QString& line : text.split('\n'))
        html += QStringLiteral("<p style=\"margin:%1px 0 0 0\">%2</p>")
                    .arg(html.isEmpty() ? 0 : space::tight)
                    .arg(line.toHtmlEscaped());
    return html;
}

QString minutes_text(double minutes) {
    if (minutes >= 2 * minutes_of_day)
        return ForecastNote::tr("%1 days").arg(count_text(rounded(minutes / minutes_of_day)));
    return minutes == std::floor(minutes) && minutes < 60 ? ForecastNote::tr("%1 min").arg(minutes)
                                                          : duration_text(60 * minutes);
}

/// "About 8,200 steps in 10 min, at 440 images/s, with 300 MB of memory."; empty if nothing is known.
QString figures_of(const TrainingForecast& forecast, bool exact_steps, bool with_memory) {
    const QString memory = bytes_text(forecast.memory_bytes);
    if (forecast.images_per_second == 0)
        return (with_memory ? ForecastNote::tr("Needs about %1 of memory.").arg(memory) + ' ' : QString()) +
               ForecastNote::tr("The speed is measured when the training starts.");
    QString text =
        (forecast.measured ? ForecastNote::tr("About %1 steps in %2, at %3 images/s")
                           : ForecastNote::tr("Very roughly %1 steps in %2, at %3 images/s"))
            .arg(count_text(exact_steps ? forecast.steps : rounded(static_cast<double>(forecast.steps))),
                 minutes_text(forecast.minutes), count_text(rounded(forecast.images_per_second)));
    if (with_memory) text += ForecastNote::tr(", with %1 of memory").arg(memory);
    text += '.';
    if (forecast.minutes >= long_days * minutes_of_day)
        text += ' ' + ForecastNote::tr(
                          "That is a long time: on a graphics card or a cluster it is a matter of "
                          "hours or days.");
    return text;
}

}  // namespace

ForecastNote::ForecastNote(EngineLink& link, ConfigEditor& editor, const Theme& theme, QWidget* parent)
    : QWidget(parent),
      link_(link),
      editor_(editor),
      text_(new QLabel(this)),
      details_(new QToolButton(this)) {
    text_->setObjectName("forecast");
    text_->setWordWrap(true);
    text_->setTextFormat(Qt::RichText);
    text_->setProperty("role", "caption");
    text_->setFont(theme.caption());
    details_->setObjectName("forecast_details");
    details_->setText(tr("Details"));
    details_->setAccessibleName(tr("Details of the forecast"));
    details_->setToolTip(tr("What was measured, when samples get better, and what other times give"));
    details_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    details_->setCheckable(true);
    details_->setChecked(QSettings().value(shows_details, false).toBool());
    connect(details_, &QToolButton::toggled, this, [this](bool open) {
        QSettings().setValue(shows_details, open);
        show_text();
    });
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(text_);
    column->addWidget(details_, 0, Qt::AlignLeft);
    hide();
    timer_.setSingleShot(true);
    timer_.setInterval(delay_ms);
    connect(&timer_, &QTimer::timeout, this, &ForecastNote::ask);
    const auto ask_soon = [this] {
        asked_ = 0;  // an answer to an earlier question does not count any more
        timer_.start();
    };
    connect(&editor_, &ConfigEditor::changed, this, ask_soon);
    connect(&link_, &EngineLink::dataset_ready, this, ask_soon);
    connect(&link_, &EngineLink::run_opened, this, ask_soon);  // its speed has been measured
    connect(&link_, &EngineLink::training_forecast, this, &ForecastNote::show_forecast);
    connect(&link_, &EngineLink::job_ended, this, [this](const JobEnded& end) {
        if (end.job == asked_) hide();  // without a forecast
    });
}

void ForecastNote::ask() {
    const auto& dataset = link_.dataset();
    if (!dataset || dataset->config != editor_.config().dataset) {
        hide();
        return;
    }
    asked_ = link_.post(ForecastTraining{editor_.config(), dataset->count, dataset->channels, dataset->height,
                                         dataset->width, dataset->class_names.size()});
}

void ForecastNote::show_forecast(const TrainingForecast& forecast) {
    if (forecast.job != asked_) return;
    asked_ = 0;
    const bool exact_steps = editor_.config().training.steps > 0;
    brief_ = brief_forecast(forecast, exact_steps);
    whole_ = describe_forecast(forecast, exact_steps);
    show_text();
    show();
}

void ForecastNote::show_text() {
    details_->setArrowType(details_->isChecked() ? Qt::DownArrow : Qt::RightArrow);
    text_->setText(with_paragraphs(details_->isChecked() ? whole_ : brief_));
}

QString brief_forecast(const TrainingForecast& forecast, bool exact_steps) {
    const QString figures = figures_of(forecast, exact_steps, false);
    const QString expectation = text_of(forecast.expectation).section('\n', 0, 0);
    return expectation.isEmpty() ? figures : expectation + '\n' + figures;
}

QString describe_forecast(const TrainingForecast& forecast, bool exact_steps) {
    const QString figures = figures_of(forecast, exact_steps, true), text = text_of(forecast.expectation);
    QStringList lines = text.isEmpty() ? QStringList() : text.split('\n');
    lines.insert(std::min<qsizetype>(1, lines.size()), figures);
    return lines.join('\n');
}

}  // namespace denoise::ui
