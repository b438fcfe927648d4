#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/runs/metrics.h"
#include "engine/runs/run_config.h"

namespace denoise {

/// What the course of the loss says about a training.
enum class Trend {
    starting,     ///< too few steps to tell
    falling,      ///< as it should
    slow,         ///< hardly falling any more, which is normal after the first few hundred steps
    finishing,    ///< flat, because the learning rate goes to 0 at the end of the budget
    not_falling,  ///< from the start
    rising,
    spikes,  ///< single steps far above those before them
    diverged,
};

/// A new value of a setting that is expected to help.
struct SettingFix {
    std::string key;
    SettingValue value;
    bool new_run = false;  ///< the run in training cannot or should not be changed
    bool operator==(const SettingFix&) const = default;
};

struct TrainingHealth {
    Trend trend = Trend::starting;
    std::string text;  ///< for the user, one or two sentences: what it is, and what to do about it
    std::optional<SettingFix> fix = {};

    bool is_problem() const { return trend >= Trend::not_falling; }
};

/// Judges a training by its steps so far, all of the last 500 and at least some of those before, and by
/// `fraction`, the part of its budget that is used up. The limits are from measurements, see the .cpp.
TrainingHealth judge_training(const std::vector<StepMetrics>& steps, const TrainingConfig& training,
                              double fraction);

}  // namespace denoise
