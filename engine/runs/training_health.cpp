#include "engine/runs/training_health.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace denoise {
namespace {

// Losses of single steps differ by 5 to 10 % from their mean (quick on glyphs, batch 32: standard deviation
// 0.007 around 0.123 at step 200, largest of 20 steps 1.1 to 1.2 times the median), so a mean over 20 steps
// is accurate to about 2 %.
constexpr std::size_t window = 20;

constexpr std::size_t least_steps = 2 * window;
/// After the warm-up and at least so many steps, the loss of quick on glyphs is below a third of that of the
/// first steps, in which the network has learned nothing: 0.13 of 0.94 with 75 steps of warm-up, 0.16 with
/// 150. With a learning rate of 1e-5 it is 0.83 then, and 0.72 at step 400; with 0.3, it stays at 0.71.
constexpr std::size_t enough_steps = 150;
constexpr std::size_t untrained_steps = 2;
constexpr double has_fallen = 0.6;
constexpr double still_falling = 0.97;
/// Of the lowest mean so far. With a learning rate of 0.03, it goes from 0.20 at step 50 to 0.50 at step 90.
constexpr double has_risen = 1.25;
constexpr double spike = 1.8;  ///< of the mean of the steps before
constexpr std::size_t recent_steps = 200;
constexpr std::size_t calm = 50;
constexpr std::size_t many_spikes = 2;
constexpr double nearly_done = 0.85;
// Of the presets, 0.0002 to 0.002.
constexpr double low_rate = 1e-4, high_rate = 1e-2, usual_rate = 1e-3;

/// Of the losses that are numbers.
double mean(const std::vector<StepMetrics>& steps, std::size_t begin, std::size_t end) {
    double sum = 0;
    int count = 0;
    for (std::size_t i = begin; i < end; ++i) {
        if (!std::isfinite(steps[i].loss)) continue;
        sum += steps[i].loss;
        ++count;
    }
    return sum / count;
}

/// With a much too high learning rate, the loss is already higher in the second step.
double untrained_loss(const std::vector<StepMetrics>& steps) {
    double lowest = HUGE_VAL;
    for (std::size_t i = 0; i < untrained_steps; ++i) lowest = std::fmin(lowest, steps[i].loss);
    return lowest;
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

/// The lowest mean of `window` steps, and its last step.
MeanLoss lowest_mean(const std::vector<StepMetrics>& steps) {
    MeanLoss lowest{0, HUGE_VAL};
    for (std::size_t end = window; end <= steps.size(); end += window / 2)
        if (const double loss = mean(steps, end - window, end); loss < lowest.loss)
            lowest = {steps[end - 1].step, loss};
    return lowest;
}

std::size_t count_spikes(const std::vector<StepMetrics>& steps) {
    const std::size_t begin = std::max(window, steps.size() - std::min(steps.size(), recent_steps));
    std::size_t count = 0;
    for (std::size_t i = begin; i < steps.size(); ++i)
        if (steps[i].loss > spike * mean(steps, i - window, i)) ++count;
    return count;
}

/// Compared with up to recent_steps before. Later in the training only every `calm` steps, so that the answer
/// does not change all the time where the loss hardly falls.
bool is_falling(const std::vector<StepMetrics>& steps) {
    const bool is_late = steps.size() >= recent_steps + 2 * calm;
    const std::size_t end = is_late ? steps.size() - steps.size() % calm : steps.size();
    const std::size_t width = is_late ? calm : window, back = std::min(recent_steps, end / 2);
    const double before = mean(steps, end - back - std::min(width, end - back), end - back);
    return mean(steps, end - width, end) < still_falling * before;
}

TrainingHealth first_steps() {
    return {Trend::starting, "The first steps. The loss falls as soon as the learning rate has risen."};
}

TrainingHealth not_falling(double rate) {
    const std::string shown = "Not falling. The learning rate, " + number(rate) + ", is probably too ";
    const SettingFix usual{"learning_rate", usual_rate};
    if (rate < low_rate) return {Trend::not_falling, shown + "low: 0.001 to 0.002 is usual.", usual};
    if (rate > high_rate) return {Trend::not_falling, shown + "high: 0.001 to 0.002 is usual.", usual};
    return {Trend::not_falling,
            "Not falling. Try another learning rate, and look at the images of the dataset."};
}

SettingFix half_of(double rate) {
    return {"learning_rate", rate / 2};
}

}  // namespace

TrainingHealth judge_training(const std::vector<StepMetrics>& steps, const TrainingConfig& training,
                              double fraction) {
    if (!steps.empty() && !std::isfinite(steps.back().loss))
        return {Trend::diverged,
                "The loss is no longer a number. Resume from the last checkpoint, with half the learning "
                "rate."};
    const std::size_t count = steps.size();
    if (count < least_steps) return first_steps();

    const double first = untrained_loss(steps), now = mean(steps, count - window, count);
    const double rate = training.learning_rate;
    if (const MeanLoss lowest = lowest_mean(steps); now > has_risen * lowest.loss)
        return {Trend::rising,
                "Rising: it was " + number(lowest.loss) + " near step " + std::to_string(lowest.step) +
                    ". The learning rate is probably too high: try half of it.",
                half_of(rate)};
    if (const std::size_t spikes = count_spikes(steps); spikes >= many_spikes)
        return {Trend::spikes,
                "Jumping: " + std::to_string(spikes) + " of the last " +
                    std::to_string(std::min(recent_steps, count)) +
                    " steps are far above those before them. Try half the learning rate.",
                half_of(rate)};
    const bool is_warm = count >= enough_steps && fraction >= training.warmup;
    if (now > has_fallen * first) {
        if (is_warm) return not_falling(rate);
        if (now > still_falling * first) return first_steps();
    }
    if (fraction >= 1) return {Trend::finishing, "Finished. It is normal that the loss is flat at the end."};
    if (fraction >= nearly_done && training.anneal)
        return {Trend::finishing,
                "Nearly flat, because the learning rate goes to 0 at the end. This is normal."};
    if (is_falling(steps)) return {Trend::falling, "Falling as it should."};
    if (!is_warm) return first_steps();
    return {Trend::slow, "Falling slowly, as it should at this stage. Samples improve all the same."};
}

}  // namespace denoise
