#include "app/cli/queue_text.h"

#include <ctime>
#include <optional>

#include "app/cli/console.h"
#include "engine/base/local_time.h"

namespace denoise::cli {

QueueFile open_queue() {
    QueueFile file(default_queue_file());
    if (const std::optional<Error> problem = file.take_problem()) print_warning(*problem);
    return file;
}

std::string budget_text(const TrainingConfig& training) {
    return training.steps > 0 ? std::to_string(training.steps) + " steps"
                              : format_setting(training.minutes) + " min";
}

std::string forecast_text(const RunQueue& queue) {
    const QueueForecast forecast = forecast_of(queue);
    if (forecast.runs == 0) return "No run is waiting";
    std::string text = std::to_string(forecast.runs) + (forecast.runs == 1 ? " run" : " runs");
    if (forecast.seconds > 0) {
        const std::time_t end = std::time(nullptr) + static_cast<std::time_t>(forecast.seconds);
        text += ", about " + clock_text(forecast.seconds) + ", until " + local_time("%H:%M", end) +
                " if it starts now";
    }
    if (forecast.unknown == forecast.runs) return text + ", of unknown time";
    if (forecast.unknown > 0) text += ", without " + std::to_string(forecast.unknown) + " of unknown time";
    return text;
}

}  // namespace denoise::cli
