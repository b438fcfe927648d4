#include "engine/runs/run_header.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/runs/path_json.h"

namespace denoise {

using nlohmann::json;

namespace {

/// As for the setting "threads".
constexpr std::int64_t most_threads = 1024;
constexpr std::int64_t most_processes = 1'000'000;

/// The width, the height or the number of channels of the images.
int size_from_json(const json& object, const char* key, const std::string& source) {
    constexpr std::int64_t largest = 4096;
    const auto size = object.at(key).get<std::int64_t>();
    if (size < 1 || size > largest)
        throw Error{"Cannot open the run",
                    source + ": the " + key + " of its images is " + std::to_string(size) +
                        ", and must be from 1 to " + std::to_string(largest),
                    "Restore the file from a backup, or open another checkpoint"};
    return static_cast<int>(size);
}

void read_header(RunHeader& header, const json& object, const std::string& source) {
    header.config = run_config_from_json(object.at("config").dump());
    // Older versions had only the processor.
    if (!object.at("config").contains("device")) header.config.training.device = ComputeDevice::cpu;
    header.created = object.at("created").get<std::string>();
    const json& dataset = object.at("dataset");
    header.dataset_name = dataset.at("name").get<std::string>();
    header.dataset_fingerprint = dataset.at("fingerprint").get<std::string>();
    header.image_count = dataset.at("images").get<std::int64_t>();
    header.channels = size_from_json(dataset, "channels", source);
    header.height = size_from_json(dataset, "height", source);
    header.width = size_from_json(dataset, "width", source);
    header.class_names = dataset.value("classes", std::vector<std::string>{});
    header.class_counts = dataset.value("class_counts", std::vector<std::int64_t>{});
    if (dataset.contains("beside")) header.dataset_beside = path_in(dataset, "beside");
    header.processes = static_cast<int>(
        std::clamp<std::int64_t>(object.value("processes", std::int64_t{1}), 1, most_processes));
    if (const auto found = object.find("execution"); found != object.end())
        header.measured = {execution_from_json(*found), found->at("machine").get<std::string>()};
}

Error newer_error(const RunHeader& header, const std::string& source) {
    return {"Cannot open the run",
            source + ": it was written by a newer version of Denoise Lab (" + header.newer_version + ")",
            "Update Denoise Lab. The run has not been changed"};
}

}  // namespace

json execution_to_json(const Execution& execution) {
    json object = {{"precision", name_of(precision_of(execution))},
                   {"layout", name_of(layout_of(execution))},
                   {"kernels", name_of(execution.kernels)},
                   {"threads", execution.threads}};
    if (!execution.winograd.empty()) object["winograd"] = execution.winograd;
    if (execution.attention != AttentionKernel::flash) object["attention"] = name_of(execution.attention);
    if (execution.device != ComputeDevice::cpu) object["device"] = name_of(execution.device);
    if (execution.batch_shares > 1) object["batch_shares"] = execution.batch_shares;
    return object;
}

Execution execution_from_json(const json& object) {
    const auto device = value_named<ComputeDevice>(object.value("device", std::string("cpu")));
    const auto attention = value_named<AttentionKernel>(object.value("attention", std::string("flash")));
    return {.bfloat16 = object.at("precision") == name_of(Precision::bfloat16),
            .channels_last = object.at("layout") != name_of(MemoryLayout::contiguous),
            .threads = static_cast<int>(
                std::clamp<std::int64_t>(object.at("threads").get<std::int64_t>(), 0, most_threads)),
            .kernels =
                object.value("kernels", "plain") == name_of(Kernels::fused) ? Kernels::fused : Kernels::plain,
            .winograd = object.value("winograd", std::string()),
            .attention = attention.value_or(AttentionKernel::flash),
            .device = device && *device != ComputeDevice::automatic ? *device : ComputeDevice::cpu,
            .batch_shares = static_cast<int>(
                std::clamp<std::int64_t>(object.value("batch_shares", std::int64_t{1}), 1, most_threads))};
}

json run_header_to_json(const RunHeader& header) {
    json object = {{"schema", run_schema},
                   {"program", "Denoise Lab"},
                   {"program_version", DENOISE_LAB_VERSION},
                   {"created", header.created},
                   {"dataset",
                    {{"name", header.dataset_name},
                     {"fingerprint", header.dataset_fingerprint},
                     {"images", header.image_count},
                     {"channels", header.channels},
                     {"height", header.height},
                     {"width", header.width},
                     {"classes", header.class_names}}},
                   {"config", json::parse(run_config_to_json(header.config))}};
    if (!header.class_counts.empty()) object["dataset"]["class_counts"] = header.class_counts;
    if (!header.dataset_beside.empty()) put_path(object["dataset"], "beside", header.dataset_beside);
    if (header.processes > 1) object["processes"] = header.processes;
    if (header.measured) {
        object["execution"] = execution_to_json(header.measured->execution);
        object["execution"]["machine"] = header.measured->machine;
    }
    return object;
}

RunHeader run_header_from_json(const json& object, const std::string& source) {
    RunHeader header;
    try {
        if (const int schema = object.at("schema").get<int>(); schema > run_schema)
            header.newer_version = object.value("program_version", std::string("unknown")) + ", layout " +
                                   std::to_string(schema);
        read_header(header, object, source);
        return header;
    } catch (const json::exception&) {
        if (!header.newer_version.empty()) throw newer_error(header, source);
        throw Error{"Cannot open the run", source + ": an entry is missing or has the wrong type",
                    "Restore the file from a backup, or open another checkpoint"};
    } catch (const Error&) {
        if (!header.newer_version.empty()) throw newer_error(header, source);
        throw;
    }
}

void require_known_layout(const RunHeader& header, const std::string& source) {
    if (!header.newer_version.empty()) throw newer_error(header, source);
}

}  // namespace denoise
