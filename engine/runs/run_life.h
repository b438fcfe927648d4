#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/runs/run_folder.h"

namespace denoise {

/// What the folder of a run shows of the process that trains it, which may be on another machine: a lock can
/// then often not be seen, because sshfs and some network drives keep the locks of each machine apart.
struct TrainerSign {
    bool locked = false;  ///< a process has the lock, and this machine can see it
    RunStatus status = RunStatus::stopped;
    std::string host;          ///< where it was last trained; empty: written by an older version
    std::int64_t process = 0;  ///< its number there; 0: unknown
    /// Since the last time that metrics or state were written, at least 0; empty: neither exists. The clocks
    /// of two machines may differ.
    std::optional<std::chrono::seconds> quiet = {};

    bool operator==(const TrainerSign&) const = default;
};

/// Reads the signs and writes nothing. Throws Error if state.json is damaged.
TrainerSign read_trainer_sign(const std::filesystem::path& run_folder);

/// Whether a run is being trained, as far as it can be seen from this machine.
enum class RunLife {
    idle,      ///< no process trains it
    training,  ///< one does
    unknown,   ///< one on another machine should, but has been quiet for long_silence
};

/// A process that trains writes its metrics several times a second, or after each step if these take longer.
inline constexpr std::chrono::minutes long_silence{3};

/// `here`: host_name(), whose locks can be seen.
RunLife life_of(const TrainerSign& sign, const std::string& here);

}  // namespace denoise
