#include "engine/runs/run_life.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/formats/shallow_json.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::optional<std::chrono::seconds> quiet_for(const fs::path& folder) {
    std::optional<fs::file_time_type> last;
    for (const char* name : {run_file::metrics, run_file::state}) {
        std::error_code code;
        const fs::file_time_type changed = fs::last_write_time(folder / name, code);
        if (!code) last = last ? std::max(*last, changed) : changed;
    }
    if (!last) return std::nullopt;
    const auto age =
        std::chrono::duration_cast<std::chrono::seconds>(fs::file_time_type::clock::now() - *last);
    return std::max(age, std::chrono::seconds(0));
}

}  // namespace

TrainerSign read_trainer_sign(const fs::path& run_folder) {
    TrainerSign sign;
    sign.locked = run_is_locked(run_folder);
    sign.status = read_run_status(run_folder);
    // A process that has begun in the meantime took the lock before it wrote the state.
    if (!sign.locked && sign.status == RunStatus::running) sign.locked = run_is_locked(run_folder);
    sign.quiet = quiet_for(run_folder);
    const fs::path path = run_folder / run_file::state;
    std::error_code code;
    if (!fs::exists(path, code)) return sign;
    const json object = parse_shallow_json(read_text_file(path));
    if (!object.is_object()) return sign;
    if (const auto host = object.find("host"); host != object.end() && host->is_string())
        sign.host = host->get<std::string>();
    if (const auto process = object.find("process"); process != object.end() && process->is_number_integer())
        sign.process = process->get<std::int64_t>();
    return sign;
}

RunLife life_of(const TrainerSign& sign, const std::string& here) {
    if (sign.locked) return RunLife::training;
    if (sign.status != RunStatus::running) return RunLife::idle;
    // Its process would have the lock if it were still there.
    if (sign.host.empty() || sign.host == here) return RunLife::idle;
    return sign.quiet && *sign.quiet < long_silence ? RunLife::training : RunLife::unknown;
}

}  // namespace denoise
