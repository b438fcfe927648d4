#include "engine/runs/training_rules.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/rough_duration.h"
#include "engine/runs/measured_quality.h"
#include "engine/schedule/noise_schedule.h"

namespace denoise {
namespace {

/// Of the contrast of an image, at the last timestep. Stable Diffusion has 0.068 (Lin et al. 2023), with
/// which very dark and very bright images suffer; the linear schedule of Ho et al. has 0.006.
constexpr double visible_contrast = 0.1;

// A training on 16 glyphs with 16 held out: the held-out loss is lowest in step 250, where it is 44 % above
// that of training images, and 17 % higher in step 500. With 972 glyphs, the difference stays below 6 %. The
// losses are measured with the same images and noise, so they hardly vary by chance: up to 2 % in 25 steps.
constexpr std::size_t fewest_comparisons = 4;
constexpr double has_risen = 1.03;
constexpr double growing_gap = 1.15, copying_gap = 1.5;
constexpr double certain = 4;  ///< in standard errors of the slope
constexpr int copied_share = 8;

constexpr double nearly_over = 0.8;

constexpr std::int64_t enough_parameters = 400'000, steps_before_plateau = 1'000;
constexpr double annealed_from = 0.6;  ///< the learning rate is below half then, and the loss falls again
constexpr double still_falling = 0.985;

constexpr double young_ema = 1.5, usual_ema = 0.05;

constexpr std::size_t steps_before_shapes = 300;
/// In standard deviations of the pixels. The mean of 16 images is accurate to about an eighth.
constexpr double visible_tint = 0.5;

constexpr double strong_guidance = 1.5, visible_clipping = 0.1;

/// A program that keeps one of two cores busy slows a training to between a half and a tenth, see "Batches in
/// shares" in tests/bench/LOG.md. The speed of a step is smoothed over about ten.
constexpr double collapsed = 1.0 / 3;
constexpr std::size_t steps_of_usual_speed = 100, slow_steps = 30;

std::string number(double value, const char* format = "%.3g") {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string percent(double share) {
    return number(100 * share, "%.0f") + " %";
}

double contrast_left(const ScheduleConfig& schedule) {
    return std::sqrt(make_schedule(schedule).alpha_bar.back());
}

/// A change of the schedule after which the last timestep is noise.
std::optional<SettingFix> fix_of(const ScheduleConfig& schedule) {
    ScheduleConfig scaled = schedule;
    scaled.scale_ends = true;
    if (!schedule.scale_ends && contrast_left(scaled) < visible_contrast)
        return SettingFix{"scale_ends", true, true};
    ScheduleConfig cosine = schedule;
    cosine.schedule = ScheduleKind::cosine;
    if (contrast_left(cosine) < visible_contrast)
        return SettingFix{"schedule", std::string(name_of(ScheduleKind::cosine)), true};
    return std::nullopt;
}

// ------------------------------------------------------------------ held-out losses

struct Comparison {
    std::int64_t step = 0;
    double held_out = 0, training = 0;
    double gap() const { return held_out / training; }
};

std::vector<Comparison> comparisons(std::span<const StepMetrics> steps) {
    std::vector<Comparison> all;
    for (const StepMetrics& step : steps)
        if (step.held_out && step.held_out->training > 0 && std::isfinite(step.held_out->held_out))
            all.push_back({step.step, step.held_out->held_out, step.held_out->training});
    return all;
}

double mean_loss_up_to(std::span<const StepMetrics> steps, std::int64_t last, std::int64_t count) {
    double sum = 0;
    int found = 0;
    for (const StepMetrics& step : steps)
        if (step.step > last - count && step.step <= last && std::isfinite(step.loss)) {
            sum += step.loss;
            ++found;
        }
    return found > 0 ? sum / found : std::nan("");
}

/// The last measurements that matter, with the lowest held-out loss.
struct Turn {
    Comparison best, now;
};
/// Whether the held-out loss has risen since its lowest value, while that of the training images fell.
std::optional<Turn> turn_of(const std::vector<Comparison>& all) {
    if (all.size() < fewest_comparisons) return std::nullopt;
    const auto best = std::ranges::min_element(all, {}, &Comparison::held_out);
    if (all.end() - best <= 2) return std::nullopt;  // a single one can be by chance
    // The better of the last two, so that one of them is not enough.
    const Comparison &now = all.back(), &before = *(all.end() - 2);
    if (std::min(now.held_out, before.held_out) < has_risen * best->held_out) return std::nullopt;
    if (now.training > best->training) return std::nullopt;  // both rise: another rule
    return Turn{*best, now};
}

/// When the gap between both losses reaches copying_gap if it grows on as in the second half of the training.
struct Forecast {
    double excess = 0;  ///< of the held-out loss now, as a fraction
    std::int64_t step = 0;
};
std::optional<Forecast> forecast_of(const std::vector<Comparison>& all) {
    if (all.size() < 2 * fewest_comparisons) return std::nullopt;
    // A line by least squares. In the first half, the loss falls, and the gap says nothing.
    const auto begin = all.begin() + std::ssize(all) / 2;
    const auto n = static_cast<double>(all.end() - begin);
    double x = 0, y = 0;
    for (auto at = begin; at != all.end(); ++at) {
        x += static_cast<double>(at->step) / n;
        y += at->gap() / n;
    }
    double xx = 0, xy = 0;
    for (auto at = begin; at != all.end(); ++at) {
        xx += (static_cast<double>(at->step) - x) * (static_cast<double>(at->step) - x);
        xy += (static_cast<double>(at->step) - x) * (at->gap() - y);
    }
    const double slope = xy / xx;
    double squares = 0;
    for (auto at = begin; at != all.end(); ++at) {
        const double off = at->gap() - y - slope * (static_cast<double>(at->step) - x);
        squares += off * off;
    }
    const double error = std::sqrt(squares / (n - 2) / xx), last = static_cast<double>(all.back().step);
    const double gap = y + slope * (last - x);
    if (slope < certain * error || gap < growing_gap || gap >= copying_gap) return std::nullopt;
    return Forecast{gap - 1, std::llround(last + (copying_gap - gap) / slope)};
}

std::string count(std::int64_t number) {
    std::string text = std::to_string(number);
    for (auto at = std::ssize(text) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

/// To two digits, upwards.
std::int64_t rounded_up(double steps) {
    const double unit = std::pow(10.0, std::max(0.0, std::floor(std::log10(steps)) - 1));
    return static_cast<std::int64_t>(unit * std::ceil(steps / unit - 1e-9));
}

bool has_fallen(std::span<const StepMetrics> steps) {
    if (steps.size() < steps_before_shapes) return false;
    return mean_loss_up_to(steps, steps.back().step, 50) <
           0.6 * mean_loss_up_to(steps, steps.front().step, 1);
}

/// In words, of samples whose channels are off by `off`.
std::string tint_in_words(const std::vector<double>& off) {
    const auto [low, high] = std::ranges::minmax(off);
    if (off.size() < 3 || high - low < 0.5 * std::max(std::abs(low), std::abs(high)))
        return std::abs(low) > std::abs(high) ? "are darker than" : "are brighter than";
    const bool is_lack = std::abs(low) > std::abs(high);
    const auto channel =
        (is_lack ? std::ranges::min_element(off) : std::ranges::max_element(off)) - off.begin();
    constexpr const char* more[] = {"red", "green", "blue"};
    return std::string(is_lack ? "have less " : "have more ") + more[channel] + " than";
}

}  // namespace

std::optional<Finding> find_copying(const TrainingFigures& figures) {
    const std::optional<Turn> turn = turn_of(comparisons(figures.steps));
    const auto& samples = figures.samples;
    const bool copies = samples && samples->copied >= 2 && copied_share * samples->copied >= samples->count;
    if (!turn && !copies) return std::nullopt;
    Finding found{Rule::copying, "It is beginning to copy: ", {}, {}};
    if (copies) {
        found.text += std::to_string(samples->copied) + " of " + std::to_string(samples->count) +
                      " samples are nearly a training image.";
    } else {
        found.text += "its loss on unseen images has risen since step " + count(turn->best.step) + ".";
        found.advice = "That on training images still falls, so it learns them by heart. ";
    }
    found.advice += figures.config.training.flip ? "Use more images, or fewer steps."
                                                 : "Use more images (or flipped ones), or fewer steps.";
    if (turn) found.fix = SettingFix{"steps", rounded_up(static_cast<double>(turn->best.step)), true};
    return found;
}

std::optional<Finding> find_copying_soon(const TrainingFigures& figures) {
    const std::optional<Forecast> forecast = forecast_of(comparisons(figures.steps));
    if (!forecast || (figures.total_steps > 0 && forecast->step >= figures.total_steps)) return std::nullopt;
    const std::int64_t step = rounded_up(static_cast<double>(forecast->step));
    const std::int64_t left = forecast->step - figures.steps.back().step;
    const std::string when =
        figures.steps_per_second > 0
            ? ", in about " + rough_duration(static_cast<double>(left) / figures.steps_per_second)
            : "";
    return Finding{Rule::copying_soon, "It will begin to copy near step " + count(step) + when + ".",
                   "The loss on unseen images is " + percent(forecast->excess) +
                       " above that on training images, and the difference grows. Let the run end there, or "
                       "use more images.",
                   SettingFix{"steps", step}};
}

std::optional<Finding> find_short_budget(const TrainingFigures& figures) {
    const TrainingConfig& training = figures.config.training;
    if (figures.total_steps <= 0 || figures.fraction >= nearly_over) return std::nullopt;
    const double images = static_cast<double>(figures.total_steps) * training.batch_size;
    const auto enough = static_cast<double>(images_until_recognizable);
    if (images >= enough) return std::nullopt;
    const std::int64_t steps = rounded_up(enough / training.batch_size);
    SettingFix fix{"steps", steps};
    if (training.steps == 0) fix = {"minutes", std::ceil(training.minutes * enough / images)};
    return Finding{Rule::budget_short,
                   "The budget is short: it is enough for about " + count(figures.total_steps) + " steps.",
                   "Samples are seldom recognizable before step " + count(steps) + ".", std::move(fix)};
}

std::optional<Finding> find_small_network(const TrainingFigures& figures) {
    const std::span<const StepMetrics> steps = figures.steps;
    if (steps.empty() || figures.parameters >= enough_parameters || figures.fraction >= annealed_from ||
        steps.back().step < steps_before_plateau)
        return std::nullopt;
    const std::int64_t last = steps.back().step, quarter = last / 4;
    const double before = mean_loss_up_to(steps, last - quarter, quarter);
    const double now = mean_loss_up_to(steps, last, quarter);
    if (!(now > still_falling * before)) return std::nullopt;
    const std::vector<Comparison> all = comparisons(steps);
    if (!all.empty() && all.back().gap() > growing_gap) return std::nullopt;  // it has learned them by heart
    return Finding{
        Rule::network_small,
        "The network is probably too small: no progress since step " + count(last - 2 * quarter) + ".",
        "It has " + count(figures.parameters) +
            " parameters, and its loss is as high for training images as for others. Try one of "
            "twice the width.",
        SettingFix{"base_width", std::int64_t{2} * figures.config.unet.base_width, true}};
}

std::optional<Finding> find_young_ema(const TrainingFigures& figures) {
    const std::vector<Comparison> all = comparisons(figures.steps);
    if (all.empty() || figures.config.training.ema_share <= 0) return std::nullopt;
    const double newest = mean_loss_up_to(figures.steps, all.back().step, loss_window / 2);
    if (!(all.back().training > young_ema * newest)) return std::nullopt;
    Finding found{Rule::ema_young,
                  "The averaged weights (EMA) are too young for good samples.",
                  "Samples use the average, which still contains early steps: its loss is " +
                      number(all.back().training) + ", and that of the newest weights " + number(newest) +
                      ".",
                  {}};
    if (figures.config.training.ema_share > usual_ema)
        found.fix = SettingFix{"ema_share", usual_ema};
    else
        found.advice += " This goes away.";
    return found;
}

std::optional<Finding> find_tint(const TrainingFigures& figures) {
    if (!figures.samples || !has_fallen(figures.steps)) return std::nullopt;
    const ImageFigures &samples = figures.samples->samples, &data = figures.samples->data;
    if (samples.mean.empty() || samples.mean.size() != data.mean.size()) return std::nullopt;
    std::vector<double> off;
    for (std::size_t c = 0; c < data.mean.size(); ++c) off.push_back(samples.mean[c] - data.mean[c]);
    const double largest = std::abs(*std::ranges::max_element(off, {}, [](double x) { return std::abs(x); }));
    if (largest < visible_tint * data.spread) return std::nullopt;
    Finding found{
        Rule::tint,
        "The samples " + tint_in_words(off) + " the images, by " + percent(largest) + " of the range.",
        {},
        {}};
    if (figures.config.training.prediction == PredictionType::eps) {
        found.advice = "Predicting v makes the colours of short trainings more accurate.";
        found.fix = SettingFix{"prediction", std::string(name_of(PredictionType::v)), true};
    } else {
        found.advice = "This usually goes away with more training.";
    }
    return found;
}

std::optional<Finding> find_slowdown(const TrainingFigures& figures) {
    std::vector<double> speeds;
    for (const StepMetrics& step : figures.steps)
        if (step.images_per_second > 0) speeds.push_back(step.images_per_second);
    if (speeds.size() < steps_of_usual_speed) return std::nullopt;
    const double now = *std::ranges::max_element(speeds.end() - slow_steps, speeds.end());
    const auto middle = speeds.begin() + std::ssize(speeds) / 2;
    std::ranges::nth_element(speeds, middle);
    if (now >= collapsed * *middle) return std::nullopt;
    return Finding{
        Rule::slowed_down,
        "Training has slowed down, to " + number(now) + " from " + number(*middle) + " images a second.",
        "Another program uses the processor, samples are drawn beside it, or the run has come from a "
        "faster computer. Nothing is lost.",
        {}};
}

std::optional<Finding> find_open_schedule(const TrainingFigures& figures) {
    const double left = contrast_left(figures.config.schedule);
    if (left < visible_contrast) return std::nullopt;
    return Finding{Rule::schedule,
                   "The schedule never reaches noise alone: " + percent(left) + " of the image is left.",
                   "So much of its contrast is in x_T, but samples start from noise without it. They can get "
                   "the wrong brightness.",
                   fix_of(figures.config.schedule)};
}

std::vector<Finding> check_training(const TrainingFigures& figures) {
    std::vector<Finding> findings;
    for (const auto rule : {find_copying, find_copying_soon, find_open_schedule, find_short_budget,
                            find_small_network, find_young_ema, find_tint, find_slowdown})
        if (std::optional<Finding> found = rule(figures)) findings.push_back(std::move(*found));
    if (findings.size() > 1 && findings[0].rule == Rule::copying && findings[1].rule == Rule::copying_soon)
        findings.erase(findings.begin() + 1);
    return findings;
}

std::optional<std::string> find_strong_guidance(const ImageFigures& samples, const ImageFigures& data,
                                                double guidance_scale) {
    if (guidance_scale < strong_guidance || samples.clipped < data.clipped + visible_clipping)
        return std::nullopt;
    return "Guidance is too strong: " + percent(samples.clipped) +
           " of the values are at the ends of their range, and only " + percent(data.clipped) +
           " of those of the images.";
}

}  // namespace denoise
