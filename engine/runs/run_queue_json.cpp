// How a queue is stored.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/formats/shallow_json.h"
#include "engine/runs/run_queue.h"

namespace denoise {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int queue_schema = 1;

ordered_json json_of(const QueuedRun& run) {
    const QueuedImages& images = run.images;
    return {{"id", run.id},
            {"name", run.name},
            {"preset", run.preset},
            {"state", std::string(name_of(run.state))},
            {"message", run.message},
            {"parent", run.parent.string()},
            {"folder", run.folder.string()},
            {"continues", run.continues},
            {"fraction", run.fraction},
            {"expected_seconds", run.expected_seconds},
            {"images",
             {{"count", images.count},
              {"channels", images.channels},
              {"height", images.height},
              {"width", images.width},
              {"classes", images.classes}}},
            {"config", ordered_json::parse(run_config_to_json(run.config))}};
}

/// A number from the file that is used in calculations. Throws std::invalid_argument if it is not sensible.
template <class Number>
Number checked(Number number, Number least, Number most) {
    if (!(number >= least && number <= most)) throw std::invalid_argument("a number is out of range");
    return number;
}

QueuedImages images_of(const json& object) {
    constexpr int longest = 1 << 16;
    constexpr std::int64_t most = std::int64_t{1} << 40;
    return {checked(object.value("count", std::int64_t{0}), std::int64_t{0}, most),
            checked(object.value("channels", 0), 0, longest), checked(object.value("height", 0), 0, longest),
            checked(object.value("width", 0), 0, longest),
            checked(object.value("classes", std::int64_t{0}), std::int64_t{0}, most)};
}

QueuedRun run_of(const json& object) {
    QueuedRun run;
    run.id = object.at("id").get<std::int64_t>();
    run.name = object.value("name", "");
    run.preset = object.value("preset", "");
    const auto state = value_named<QueuedState>(object.value("state", "waiting"));
    if (!state) throw std::invalid_argument("a state is unknown");
    run.state = *state;
    run.message = object.value("message", "");
    run.parent = object.value("parent", "");
    run.folder = object.value("folder", "");
    run.continues = object.value("continues", false);
    run.fraction = checked(object.value("fraction", 0.0), 0.0, 1.0);
    run.expected_seconds = checked(object.value("expected_seconds", 0.0), 0.0, 1e12);
    run.images = images_of(object.value("images", json::object()));
    run.config = run_config_from_json(object.at("config").dump());
    return run;
}

[[noreturn]] void fail(const std::string& source, const std::string& damage) {
    throw Error{"Cannot read the queue", source + ": it is damaged (" + damage + ")",
                "Move the file away to begin a new queue"};
}

}  // namespace

std::string queue_to_json(const RunQueue& queue) {
    ordered_json runs = ordered_json::array();
    for (const QueuedRun& run : queue.runs) runs.push_back(json_of(run));
    const ordered_json object = {{"schema", queue_schema},
                                 {"active", queue.active},
                                 {"last_id", queue.last_id},
                                 {"runs", std::move(runs)}};
    return object.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

bool is_newer_queue(std::string_view text) {
    const json object = parse_shallow_json(text);
    if (!object.is_object()) return false;
    const auto schema = object.find("schema");
    return schema != object.end() && schema->is_number_integer() && *schema > queue_schema;
}

RunQueue queue_from_json(std::string_view text, const std::string& source) {
    if (is_newer_queue(text))
        throw Error{"Cannot read the queue", source + ": it was written by a newer version of Denoise Lab",
                    "Install that version"};
    const json object = parse_shallow_json(text);
    if (!object.is_object()) fail(source, "not a JSON object");
    RunQueue queue;
    try {
        queue.active = object.value("active", false);
        for (const json& run : object.at("runs")) {
            queue.runs.push_back(run_of(run));
            queue.last_id = std::max(queue.last_id, queue.runs.back().id);
        }
        queue.last_id = std::max(queue.last_id, object.value("last_id", std::int64_t{0}));
    } catch (const json::exception&) {
        fail(source, "an entry is missing or has the wrong type");
    } catch (const std::invalid_argument& invalid) {
        fail(source, invalid.what());
    } catch (const Error& error) {  // of the settings of a run
        fail(source, error.why);
    }
    return queue;
}

}  // namespace denoise
