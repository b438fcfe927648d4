#include "engine/model/timing_cache.h"

#include <torch/version.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <ranges>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/base/processors.h"
#include "engine/base/user_folders.h"
#include "engine/runs/run_header.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t most_entries = 100;

/// The entries, oldest first: [{"key", "timings": [{"precision", "layout", "threads", "images_per_second"}],
/// "cost"}]
json read_entries(const fs::path& file) {
    try {
        json entries = json::parse(read_text_file(file), nullptr, false);
        return entries.is_array() ? entries : json::array();
    } catch (const Error&) {
        return json::array();
    }
}

bool has_key(const json& entry, const std::string& key) {
    return entry.is_object() && entry.contains("key") && entry["key"] == key;
}

}  // namespace

std::string measured_here(const std::string& what) {
    return what + ", Denoise Lab " + DENOISE_LAB_VERSION + ", LibTorch " + TORCH_VERSION + ", " +
           machine_name() + ", ";
}

std::string network_key(const UNetConfig& config, int channels, int height, int width) {
    std::string key =
        std::to_string(channels) + " x " + std::to_string(height) + " x " + std::to_string(width);
    for (const Setting<UNetConfig>& setting : unet_settings())
        key += ", " + setting.info.key + "=" + format_setting(setting.get(config));
    return key;
}

std::string describe_timings(const Timings& timings) {
    std::string text;
    for (const Timing& timing : timings | std::views::take(3)) {
        text += (text.empty() ? "" : "; ") + describe_execution(timing.execution);
        if (timing.images_per_second > 0)
            text += ": " + std::to_string(std::lround(timing.images_per_second)) + " images/s";
    }
    return text;
}

fs::path timing_cache_file() {
    try {
        return default_cache_folder() / "timings.json";
    } catch (const Error&) {
        return {};  // no home folder
    }
}

std::optional<Timings> find_timings(const fs::path& file, const std::string& key) {
    for (const json& entry : read_entries(file)) {
        if (!has_key(entry, key)) continue;
        try {
            Timings timings;
            for (const json& each : entry.at("timings"))
                timings.push_back({execution_from_json(each), each.at("images_per_second").get<double>()});
            if (!timings.empty()) return timings;
        } catch (const json::exception&) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

void store_timings(const fs::path& file, const std::string& key, const Timings& timings, double cost) {
    json entries = json::array();
    for (json& entry : read_entries(file))
        if (!has_key(entry, key)) entries.push_back(std::move(entry));
    while (entries.size() >= most_entries) entries.erase(entries.begin());
    json list = json::array();
    for (const Timing& timing : timings) {
        json each = execution_to_json(timing.execution);
        each["images_per_second"] = timing.images_per_second;
        list.push_back(std::move(each));
    }
    entries.push_back({{"key", key}, {"timings", std::move(list)}, {"cost", cost}});
    try {
        fs::create_directories(file.parent_path());
        write_text_file(file, entries.dump(1) + "\n");
    } catch (const Error&) {
    } catch (const fs::filesystem_error&) {
    }
}

double speed_of_similar(const fs::path& file, const std::string& prefix, double cost) {
    double speed = 0, difference = 0;
    for (const json& entry : read_entries(file)) {
        try {
            if (!entry.at("key").get<std::string>().starts_with(prefix)) continue;
            const double ratio = entry.at("cost").get<double>() / cost;
            const double apart = std::abs(std::log(ratio));
            if (!std::isfinite(apart) || (speed > 0 && apart > difference)) continue;
            speed = entry.at("timings").at(0).at("images_per_second").get<double>() * ratio;
            difference = apart;
        } catch (const json::exception&) {
            continue;  // of an older version
        }
    }
    return speed;
}

}  // namespace denoise
