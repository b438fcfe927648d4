#include "engine/runs/expectation.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/grouped.h"
#include "engine/base/rough_duration.h"
#include "engine/runs/measured_quality.h"

namespace denoise {
namespace {

/// The budgets that are told besides that of the training, unless it is nearly the same.
constexpr double other_minutes[] = {5, 60};
constexpr double nearly_the_same = 1.5;
/// A number of images counts as measured, although a forecast is a little below it...
constexpr double nearly_reached = 0.97;
/// ...or it is exceeded by this factor.
constexpr double still_measured = 1.25;

const QualityStage& stage_at_end(double images) {
    const QualityStage* reached = &quality_stages().front();
    for (const QualityStage& stage : quality_stages())
        if (images >= nearly_reached * static_cast<double>(stage.images)) reached = &stage;
    return *reached;
}

/// "242,000 images"
std::string images_text(std::int64_t images) {
    const auto unit = static_cast<std::int64_t>(
        std::pow(10, std::max(0.0, std::floor(std::log10(static_cast<double>(images))) - 2)));
    return grouped((images + unit / 2) / unit * unit) + " images";
}

/// "2 min at this speed", or the number of images if the speed is not known.
std::string time_of(std::int64_t images, double images_per_second) {
    return images_per_second > 0
               ? rough_duration(static_cast<double>(images) / images_per_second) + " at this speed"
               : images_text(images);
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

std::string of_hundred(double share) {
    return std::to_string(std::lround(100 * share)) + " of 100";
}

/// "In 10 min"
std::string budget_text(const PlannedTraining& planned) {
    const bool in_steps = planned.config.training.steps > 0;
    return in_steps || planned.minutes <= 0 ? "After " + grouped(planned.steps) + " steps"
                                            : "In " + rough_duration(60 * planned.minutes);
}

double image_count(const PlannedTraining& planned) {
    return static_cast<double>(planned.steps) * planned.config.training.batch_size;
}

/// "On MNIST, 96 of 100 showed the requested digit then (Frechet distance 1.04; real images: 0.55)."
std::string figures_of(const QualityStage& stage, const PlannedTraining& planned) {
    const bool then = image_count(planned) <= still_measured * static_cast<double>(stage.images);
    return std::string("On ") + measured_digits.name + ", " + of_hundred(stage.score->requested) +
           " showed the requested digit " +
           (then ? "then" : "after " + time_of(stage.images, planned.images_per_second)) +
           " (Frechet distance " + number(stage.score->distance) +
           "; real images: " + number(measured_digits.real_distance) + ").";
}

/// "Shapes usually appear after 10 s. Most samples can usually be recognized after 20 s."
std::string milestones(const PlannedTraining& planned) {
    std::string text;
    std::int64_t step = 0;
    while (const auto next = next_milestone(planned.config, planned.channels, planned.height, planned.width,
                                            step, planned.steps)) {
        step = next->step;
        if (step > planned.steps) break;
        const double images = static_cast<double>(step) * planned.config.training.batch_size;
        text +=
            (text.empty() ? "" : " ") + next->text +
            (planned.images_per_second > 0 ? " after " + rough_duration(images / planned.images_per_second)
                                           : " near step " + grouped(step)) +
            ".";
    }
    return text;
}

/// "In 5 min: clear samples, with some flaws. In 60 min: not measured, probably slightly better."
std::string other_budgets(const PlannedTraining& planned) {
    std::string text;
    if (planned.images_per_second <= 0) return text;
    for (const double minutes : other_minutes) {
        if (planned.minutes < nearly_the_same * minutes && minutes < nearly_the_same * planned.minutes)
            continue;
        const double images = 60 * minutes * planned.images_per_second;
        const bool measured = images <= still_measured * static_cast<double>(quality_stages().back().images);
        text += (text.empty() ? "In " : " In ") + rough_duration(60 * minutes) + ": " +
                (measured ? stage_at_end(images).samples : "not measured, probably slightly better") + ".";
    }
    return text;
}

/// "On MNIST, the preset Quick gives clear samples, with some flaws, after 2 min at this speed, and ..."
std::string comparison(double images_per_second) {
    std::string text;
    for (const QualityStage& stage : quality_stages())
        if (stage.score)
            text +=
                (text.empty() ? "" : ", and ") + std::string(stage.samples) + ", after " +
                (images_per_second > 0 ? rough_duration(static_cast<double>(stage.images) / images_per_second)
                                       : images_text(stage.images));
    return std::string("On ") + measured_digits.name + ", the preset " + find_preset("quick").title +
           " gives " + text + ".";
}

std::string not_measured(Measured why) {
    switch (why) {
        case Measured::large_images: {
            const std::string side = std::to_string(largest_measured_side);
            return "Samples of more than " + side + " x " + side +
                   " pixels were not measured; they take longer.";
        }
        case Measured::other_settings:
            return "Samples were not measured with these settings.";
        case Measured::no_classes:
            return "Samples were not measured without classes; they take longer.";
        case Measured::yes:
            break;
    }
    return {};
}

std::string of_photographs(const PlannedTraining& planned) {
    const MeasuredScore& score = score_of_photographs;
    const std::string set = measured_photographs.name;
    const std::string figures = " classifier recognized " + of_hundred(score.requested) + " samples, and " +
                                of_hundred(measured_photographs.real_requested) +
                                " photographs (Frechet distance " + number(score.distance) +
                                "; photographs: " + number(measured_photographs.real_distance) + ").";
    const auto least = static_cast<double>(images_of_photographs);
    const std::string time = time_of(images_of_photographs, planned.images_per_second);
    if (planned.steps == 0)
        return "Photographs take longer than digits.\nOn " + set + ", after " + time + ", a" + figures;
    if (image_count(planned) < nearly_reached * least)
        return budget_text(planned) + ", expect less than on " + set + " after " + time +
               ". Photographs take longer than digits.\nThere, a" + figures;
    const bool then = image_count(planned) <= still_measured * least;
    return budget_text(planned) + ", you can expect " +
           (then ? "about what was measured on " + set + ".\nA"
                 : "more than on " + set + " after " + time + ".\nThere, a") +
           figures;
}

}  // namespace

std::string expected_samples(const PlannedTraining& planned) {
    if (const Measured measured = is_measured(planned.config, planned.height, planned.width);
        measured != Measured::yes)
        return not_measured(measured) + "\n" + comparison(planned.images_per_second_of_quick) +
               (planned.channels > 1 ? " Photographs take longer." : "");
    if (planned.channels > 1) return of_photographs(planned);
    if (planned.steps == 0) return comparison(0);
    const QualityStage& stage = stage_at_end(image_count(planned));
    std::string text = budget_text(planned) + ", you can expect " + stage.samples + ".";
    if (stage.score) text += "\n" + figures_of(stage, planned);
    for (const std::string& line : {milestones(planned), other_budgets(planned)})
        if (!line.empty()) text += "\n" + line;
    return text;
}

std::optional<Milestone> next_milestone(const RunConfig& config, int channels, int height, int width,
                                        std::int64_t step, std::int64_t total_steps) {
    const int batch = find_preset("quick").config.training.batch_size;
    if (channels != 1 || is_measured(config, height, width) != Measured::yes ||
        config.training.batch_size != batch)
        return std::nullopt;
    const double warm_up = config.training.warmup * static_cast<double>(total_steps);
    for (const QualityStage& stage : quality_stages())
        if (const auto at = first_step(stage, warm_up); at && *at > step) return Milestone{*at, stage.begins};
    return std::nullopt;
}

}  // namespace denoise
