#include "engine/runs/metrics.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/base/atomic_file.h"

namespace denoise {
namespace {

using nlohmann::json;

/// The number with this key. NaN if it is null, because JSON has no NaN.
double number(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>()
                                                       : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::string metrics_line(const StepMetrics& metrics) {
    return json{{"step", metrics.step},
                {"loss", metrics.loss},
                {"gradient_norm", metrics.gradient_norm},
                {"learning_rate", metrics.learning_rate},
                {"seconds", metrics.seconds},
                {"images_per_second", metrics.images_per_second}}
        .dump();
}

std::vector<StepMetrics> read_metrics_file(const std::filesystem::path& path) {
    const std::string text = read_text_file(path, std::size_t{4} << 30);
    std::vector<StepMetrics> metrics;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const json object = json::parse(line, nullptr, false);
        if (!object.is_object() || !object.contains("step") || !object["step"].is_number_integer()) continue;
        const StepMetrics step{object["step"].get<std::int64_t>(), number(object, "loss"),
                               number(object, "gradient_norm"),    number(object, "learning_rate"),
                               number(object, "seconds"),          number(object, "images_per_second")};
        while (!metrics.empty() && metrics.back().step >= step.step) metrics.pop_back();
        metrics.push_back(step);
    }
    return metrics;
}

std::vector<StepMetrics> thinned(const std::vector<StepMetrics>& metrics, std::size_t points) {
    if (metrics.size() <= points || points == 0) return metrics;
    std::vector<StepMetrics> few;
    for (std::size_t i = 0; i < points; ++i) few.push_back(metrics[(i + 1) * metrics.size() / points - 1]);
    return few;
}

}  // namespace denoise
