#pragma once

#include <QDateTime>
#include <QString>
#include <optional>

#include "engine/runs/run_queue.h"

namespace denoise::ui {

/// "10 min", "6 h", "2,000 steps"
QString budget_text(const TrainingConfig& training);
/// Without seconds, as long as there are minutes: "10 min", "6 h 20 min"
QString needed_text(double seconds);
/// "Glyphs, Quick, 10 min"
QString default_name(const QString& dataset, const QString& preset, const TrainingConfig& training);

struct Budget {
    std::int64_t steps = 0;
    double minutes = 0;  ///< if steps is 0
};
/// Reads "20", "20 min", "1.5 h" or "2,000 steps"; a number alone has the unit of `before`. Nothing: it is
/// not a budget.
std::optional<Budget> budget_in(const QString& text, const TrainingConfig& before);

/// "4 runs, about 6 h 20 min, until 06:40"; empty: no run is waiting. `now` is the time of the start.
QString forecast_text(const QueueForecast& forecast, const QDateTime& now);

/// What the runs need and what is not there now: "The runs need up to 3 GB of disk space, of which 1 GB is
/// free."; empty: they fit.
QString space_warning(const QueueNeeds& needs, std::optional<std::int64_t> memory,
                      std::optional<std::int64_t> disk);

}  // namespace denoise::ui
