#include "ui/panels/queue/queue_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "ui/text/format.h"

namespace denoise::ui {
namespace {

QString tr(const char* text, int number = -1) {
    return QCoreApplication::translate("Queue", text, nullptr, number);
}

/// To whole minutes, and five minutes from an hour on, as an estimate deserves.
double rounded(double seconds) {
    const double unit = seconds < 3600 ? 60 : 300;
    return std::max(unit, std::round(seconds / unit) * unit);
}

/// Without seconds, which some languages have in their short format.
QString clock_text(const QTime& time) {
    static const QRegularExpression seconds("[:.]ss");
    return QLocale().toString(time, QLocale().timeFormat(QLocale::ShortFormat).remove(seconds));
}

QString about_text(double seconds) {
    const double whole = rounded(seconds);
    return whole < 3600 ? tr("%1 min").arg(static_cast<int>(whole / 60)) : duration_text(whole);
}

}  // namespace

QString budget_text(const TrainingConfig& training) {
    if (training.steps > 0) return tr("%1 steps").arg(count_text(training.steps));
    const double hours = training.minutes / 60;
    if (hours >= 1 && hours == std::floor(hours)) return tr("%1 h").arg(QLocale().toString(hours, 'g', 6));
    return tr("%1 min").arg(QLocale().toString(training.minutes, 'g', 6));
}

QString needed_text(double seconds) {
    if (seconds < 60) return duration_text(seconds);
    const double minutes = std::round(seconds / 60);
    return minutes < 60 ? tr("%1 min").arg(minutes) : duration_text(60 * minutes);
}

QString default_name(const QString& dataset, const QString& preset, const TrainingConfig& training) {
    QStringList parts = {dataset};
    if (!preset.isEmpty()) parts << preset;
    return (parts << budget_text(training)).join(", ");
}

std::optional<Budget> budget_in(const QString& text, const TrainingConfig& before) {
    static const QRegularExpression pattern("^\\s*([0-9][0-9.,\\x{00A0}\\x{202F}' ]*)\\s*([a-zA-Z]*)\\s*$");
    const QRegularExpressionMatch match = pattern.match(text);
    if (!match.hasMatch()) return std::nullopt;
    const QString digits = match.captured(1).trimmed();
    bool valid = false;
    double number = QLocale().toDouble(digits, &valid);
    if (!valid) number = QLocale::c().toDouble(digits, &valid);
    if (!valid || !(number > 0)) return std::nullopt;
    const QString unit = match.captured(2).toLower();
    const bool in_steps = unit.isEmpty() ? before.steps > 0 : QString("steps").startsWith(unit);
    if (in_steps) {
        if (number != std::floor(number) || number > 1e15) return std::nullopt;
        return Budget{static_cast<std::int64_t>(number), 0};
    }
    if (unit.isEmpty() || QString("minutes").startsWith(unit)) return Budget{0, number};
    if (QString("hours").startsWith(unit)) return Budget{0, 60 * number};
    return std::nullopt;
}

QString forecast_text(const QueueForecast& forecast, const QDateTime& now) {
    if (forecast.runs == 0) return {};
    const QString runs = tr("%n run(s)", forecast.runs);
    if (forecast.unknown == forecast.runs) return tr("%1, time unknown").arg(runs);
    const QDateTime end = now.addSecs(static_cast<qint64>(rounded(forecast.seconds)));
    const QString clock = clock_text(end.time());
    const QString until =
        now.date().daysTo(end.date()) > 1 ? QLocale().toString(end, QLocale::ShortFormat) : clock;
    QString text = tr("%1, about %2, until %3").arg(runs, about_text(forecast.seconds), until);
    if (forecast.unknown > 0) text += tr(", not counting %n run(s) whose time is unknown", forecast.unknown);
    return text;
}

QString space_warning(const QueueNeeds& needs, std::optional<std::int64_t> memory,
                      std::optional<std::int64_t> disk) {
    if (disk && needs.disk > *disk)
        return tr("The runs need up to %1 of disk space, and %2 are free.")
            .arg(bytes_text(needs.disk), bytes_text(*disk));
    if (memory && needs.memory > *memory)
        return tr("A run needs about %1 of memory, and %2 are available now.")
            .arg(bytes_text(needs.memory), bytes_text(*memory));
    return {};
}

}  // namespace denoise::ui
