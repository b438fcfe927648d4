#include "engine/runs/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/base/atomic_file.h"
#include "engine/runs/metrics_lines.h"

namespace denoise {
namespace {

using nlohmann::json;

constexpr const char* held_out_key = "held_out_loss";
constexpr const char* training_key = "training_images_loss";

/// The number with this key. NaN if it is null, because JSON has no NaN.
double number(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>()
                                                       : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::string metrics_line(const StepMetrics& metrics) {
    json object{{"step", metrics.step},
                {"loss", metrics.loss},
                {"gradient_norm", metrics.gradient_norm},
                {"learning_rate", metrics.learning_rate},
                {"seconds", metrics.seconds},
                {"images_per_second", metrics.images_per_second}};
    if (metrics.held_out) {
        object[held_out_key] = metrics.held_out->held_out;
        object[training_key] = metrics.held_out->training;
    }
    return object.dump();
}

std::vector<StepMetrics> metrics_of_lines(std::string_view text) {
    std::vector<StepMetrics> metrics;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const json object = json::parse(line, nullptr, false);
        if (!object.is_object() || !object.contains("step") || !object["step"].is_number_integer()) continue;
        StepMetrics step{object["step"].get<std::int64_t>(), number(object, "loss"),
                         number(object, "gradient_norm"),    number(object, "learning_rate"),
                         number(object, "seconds"),          number(object, "images_per_second")};
        if (object.contains(held_out_key) && object.contains(training_key))
            step.held_out = {number(object, held_out_key), number(object, training_key)};
        while (!metrics.empty() && metrics.back().step >= step.step) metrics.pop_back();
        metrics.push_back(step);
    }
    return metrics;
}

std::vector<StepMetrics> read_metrics_file(const std::filesystem::path& path) {
    return metrics_of_lines(read_text_file(path, std::size_t{4} << 30));
}

std::vector<MeanLoss> mean_losses(const std::vector<StepMetrics>& metrics, std::int64_t window) {
    std::vector<MeanLoss> means;
    means.reserve(metrics.size());
    double sum = 0;
    std::int64_t count = 0;
    std::size_t first = 0;
    for (const StepMetrics& now : metrics) {
        if (!std::isfinite(now.loss)) continue;
        sum += now.loss;
        ++count;
        for (; metrics[first].step <= now.step - window; ++first) {
            if (!std::isfinite(metrics[first].loss)) continue;
            sum -= metrics[first].loss;
            --count;
        }
        means.push_back({now.step, sum / static_cast<double>(count)});
    }
    return means;
}

double current_loss(const std::vector<StepMetrics>& metrics, std::int64_t window) {
    const auto enough = std::min(metrics.size(), static_cast<std::size_t>(2 * window));
    const std::vector<StepMetrics> last(metrics.end() - static_cast<std::ptrdiff_t>(enough), metrics.end());
    const std::vector<MeanLoss> means = mean_losses(last, window);
    return means.empty() ? std::numeric_limits<double>::quiet_NaN() : means.back().loss;
}

std::vector<StepMetrics> thinned(const std::vector<StepMetrics>& metrics, std::size_t points) {
    constexpr std::size_t kept_whole = 500;
    if (metrics.size() <= points + kept_whole || points == 0) return metrics;
    const std::size_t older = metrics.size() - kept_whole;
    std::vector<std::size_t> measured;  // steps with held-out losses, which are rare
    for (std::size_t i = 0; i < older; ++i)
        if (metrics[i].held_out) measured.push_back(i);
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < points; ++i) kept.push_back((i + 1) * older / points - 1);
    const std::size_t most = std::min(points, measured.size());
    for (std::size_t i = 0; i < most; ++i) kept.push_back(measured[(i + 1) * measured.size() / most - 1]);
    std::ranges::sort(kept);
    const auto repeated = std::ranges::unique(kept);
    kept.erase(repeated.begin(), repeated.end());
    std::vector<StepMetrics> few;
    for (const std::size_t i : kept) few.push_back(metrics[i]);
    few.insert(few.end(), metrics.begin() + static_cast<std::ptrdiff_t>(older), metrics.end());
    return few;
}

}  // namespace denoise
