#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/runs/sample_figures.h"
#include "engine/runs/training_health.h"

namespace denoise {

/// What is known about a training while it goes on.
struct TrainingFigures {
    std::span<const StepMetrics> steps =
        {};  ///< so far: all of the last 500, and at least some of those before
    RunConfig config = {};
    double fraction = 0;           ///< of the budget that is used up
    std::int64_t total_steps = 0;  ///< in the budget; 0: not known yet
    double steps_per_second = 0;   ///< 0: not known yet
    std::int64_t training_images = 0;
    std::int64_t parameters = 0;                ///< of the network
    std::optional<SampleFigures> samples = {};  ///< of the last preview
};

/// What a rule can find.
enum class Rule {
    copying,       ///< samples are copies of training images, or the held-out loss rises
    copying_soon,  ///< the held-out loss stays behind that of training images more and more
    schedule,      ///< the last timestep is not noise alone
    budget_short,
    network_small,
    ema_young,
    tint,
    slowed_down,  ///< it computes far fewer images a second than before
};

/// A finding of a rule, for the user.
struct Finding {
    Rule rule = Rule::copying;
    std::string text;    ///< what it is, in a short sentence
    std::string advice;  ///< the reason, and what to do about it, in one or two sentences
    std::optional<SettingFix> fix = {};
    bool operator==(const Finding&) const = default;
};

/// All findings, the most important first. What the loss alone says is the matter of judge_training().
std::vector<Finding> check_training(const TrainingFigures& figures);

// The rules, each with its own limits. See the .cpp for the measurements from which these are.
std::optional<Finding> find_copying(const TrainingFigures& figures);
std::optional<Finding> find_copying_soon(const TrainingFigures& figures);
std::optional<Finding> find_open_schedule(const TrainingFigures& figures);
std::optional<Finding> find_short_budget(const TrainingFigures& figures);
std::optional<Finding> find_small_network(const TrainingFigures& figures);
std::optional<Finding> find_young_ema(const TrainingFigures& figures);
std::optional<Finding> find_tint(const TrainingFigures& figures);
std::optional<Finding> find_slowdown(const TrainingFigures& figures);

/// Whether samples with classifier-free guidance have more black, white or fully saturated pixels than the
/// images of the dataset. The text does not name the fix, which is a scale of 1 + half of what it is above 1.
std::optional<std::string> find_strong_guidance(const ImageFigures& samples, const ImageFigures& data,
                                                double guidance_scale);

}  // namespace denoise
