#include "ui/panels/setup/forecast_label.h"

#include <algorithm>
#include <cmath>

#include "ui/link/engine_link.h"
#include "ui/panels/setup/config_editor.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int delay_ms = 200;

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
        return ForecastLabel::tr("%1 days").arg(count_text(rounded(minutes / minutes_of_day)));
    return minutes == std::floor(minutes) && minutes < 60 ? ForecastLabel::tr("%1 min").arg(minutes)
                                                          : duration_text(60 * minutes);
}

}  // namespace

ForecastLabel::ForecastLabel(EngineLink& link, ConfigEditor& editor, const Theme& theme, QWidget* parent)
    : QLabel(parent), link_(link), editor_(editor) {
    setObjectName("forecast");
    setWordWrap(true);
    setTextFormat(Qt::RichText);
    setProperty("role", "caption");
    setFont(theme.caption());
    hide();
    timer_.setSingleShot(true);
    timer_.setInterval(delay_ms);
    connect(&timer_, &QTimer::timeout, this, &ForecastLabel::ask);
    const auto ask_soon = [this] {
        asked_ = 0;  // an answer to an earlier question does not count any more
        timer_.start();
    };
    connect(&editor_, &ConfigEditor::changed, this, ask_soon);
    connect(&link_, &EngineLink::dataset_ready, this, ask_soon);
    connect(&link_, &EngineLink::run_opened, this, ask_soon);  // its speed has been measured
    connect(&link_, &EngineLink::training_forecast, this, &ForecastLabel::show_forecast);
    connect(&link_, &EngineLink::job_ended, this, [this](const JobEnded& end) {
        if (end.job == asked_) hide();  // without a forecast
    });
}

void ForecastLabel::ask() {
    const auto& dataset = link_.dataset();
    if (!dataset || dataset->config != editor_.config().dataset) {
        hide();
        return;
    }
    asked_ = link_.post(ForecastTraining{editor_.config(), dataset->count, dataset->channels, dataset->height,
                                         dataset->width, dataset->class_names.size()});
}

void ForecastLabel::show_forecast(const TrainingForecast& forecast) {
    if (forecast.job != asked_) return;
    asked_ = 0;
    setText(with_paragraphs(describe_forecast(forecast, editor_.config().training.steps > 0)));
    show();
}

QString describe_forecast(const TrainingForecast& forecast, bool exact_steps) {
    const QString memory = bytes_text(forecast.memory_bytes);
    QString text;
    if (forecast.images_per_second == 0)
        text = ForecastLabel::tr("Needs about %1 of memory. The speed is measured when the training starts.")
                   .arg(memory);
    else
        text =
            (forecast.measured
                 ? ForecastLabel::tr("About %1 steps in %2, at %3 images/s, with %4 of memory.")
                 : ForecastLabel::tr("Very roughly %1 steps in %2, at %3 images/s, with %4 of memory."))
                .arg(count_text(exact_steps ? forecast.steps : rounded(static_cast<double>(forecast.steps))),
                     minutes_text(forecast.minutes), count_text(rounded(forecast.images_per_second)), memory);
    if (forecast.images_per_second > 0 && forecast.minutes >= long_days * minutes_of_day)
        text += ' ' + ForecastLabel::tr(
                          "That is a long time: on a graphics card or a cluster it is a matter of "
                          "hours or days.");
    if (!forecast.expectation.empty()) text += '\n' + text_of(forecast.expectation);
    return text;
}

}  // namespace denoise::ui
