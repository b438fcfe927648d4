#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/runs/run_config.h"

namespace denoise {

/// The version of the layout of run folders and checkpoints. It is written to them. Runs of a newer layout
/// can be sampled from, if what they need is where this version expects it, but never trained further.
inline constexpr int run_schema = 1;

/// The execution with which a run trains, and the machine on which it was chosen.
struct MeasuredExecution {
    Execution execution;
    std::string machine;  ///< machine_name()

    bool operator==(const MeasuredExecution&) const = default;
};

/// The description of a run. It is stored in run.json and in every checkpoint.
struct RunHeader {
    RunConfig config;
    std::string dataset_name;
    std::string dataset_fingerprint;
    std::string dataset_beside = {};  ///< its path relative to the run folder; empty: unknown, or built in
    std::int64_t image_count = 0;
    int channels = 0, height = 0, width = 0;
    std::vector<std::string> class_names;         ///< of the dataset
    std::vector<std::int64_t> class_counts = {};  ///< of images; empty: written by an older version
    std::string created;                          ///< ISO 8601, local time
    std::optional<MeasuredExecution> measured;    ///< empty: written by an older version, or another program
    int processes = 1;                            ///< that train together, each with a batch of its own
    std::string newer_version = {};  ///< of the program that wrote it with a newer layout; empty: not newer
};

/// {"precision", "layout", "kernels", "threads", "winograd", "attention", "device", "batch_shares"};
/// "winograd" only if it is not empty, "attention" only if it is not flash attention, "device" only if it is
/// not the processor, and "batch_shares" only if there are several.
nlohmann::json execution_to_json(const Execution& execution);
/// Throws nlohmann::json::exception.
Execution execution_from_json(const nlohmann::json& object);

/// {"schema", "program", "program_version", "created", "dataset", "config", "processes", "execution"};
/// "processes" only if there are several.
nlohmann::json run_header_to_json(const RunHeader& header);

/// `source` is the file name in errors. Throws Error if an entry is missing, of the wrong type or not valid,
/// which a newer layout may be the reason for.
RunHeader run_header_from_json(const nlohmann::json& object, const std::string& source);

/// Throws Error if a newer version of the program has written the run, which must not be changed then.
void require_known_layout(const RunHeader& header, const std::string& source);

}  // namespace denoise
