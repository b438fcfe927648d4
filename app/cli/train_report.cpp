#include "app/cli/train_report.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/class_table.h"
#include "app/cli/engine_client.h"
#include "app/cli/json_output.h"
#include "engine/base/grouped.h"
#include "engine/base/memory.h"
#include "engine/base/rough_duration.h"
#include "engine/data/left_out.h"

namespace denoise::cli {
namespace {

using nlohmann::json;

/// `text` as one word of a command in a shell.
std::string shell_word(const std::string& text) {
    if (printable(text) == text && text.find('\'') == std::string::npos) return "'" + text + "'";
    std::string quoted;
    for (const char c : text) quoted += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string{c};
    return "$'" + printable(quoted) + "'";  // for bash and zsh
}

/// "200 images of 28 x 28, grey, 16 classes"
std::string description_of(const DatasetReady& set) {
    std::string text = std::to_string(set.count) + " images of " + std::to_string(set.width) + " x " +
                       std::to_string(set.height) + (set.channels == 1 ? ", grey" : ", colour");
    const std::size_t classes = set.class_names.size();  // a folder without subfolders is one class
    return text + (classes < 2 ? ", without classes" : ", " + std::to_string(classes) + " classes");
}

/// "About 7,700 steps in 10 min", and what to expect of the samples.
std::vector<std::string> lines_of(const TrainingForecast& forecast) {
    std::vector<std::string> lines;
    if (forecast.images_per_second > 0 && forecast.steps > 0)
        lines.push_back("About " + grouped(forecast.steps) + " steps in " +
                        rough_duration(60 * forecast.minutes));
    std::istringstream text(forecast.expectation);
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

std::string comparison_of(const HeldOutLosses& losses) {
    char text[120];
    std::snprintf(text, sizeof text,
                  "Loss of held-out images %.4f, of training images with the same noise %.4f",
                  losses.held_out, losses.training);
    return text;
}

}  // namespace

void TrainReport::operator()(const Event& event) {
    if (const auto* change = std::get_if<StateChanged>(&event)) state_ = change->state;
    if (problem_) settle_problem();
    std::visit([this](const auto& e) { on(e); }, event);
}

void TrainReport::settle_problem() {
    if (stands_still()) throw *problem_;
    if (as_json_) {
        print_json({{"event", "problem"},
                    {"what", problem_->what},
                    {"why", problem_->why},
                    {"remedy", problem_->remedy}});
    } else {
        line_.clear();
        print_warning(*problem_);
    }
    problem_.reset();
}

void TrainReport::tell(const json& object, const std::string& text) {
    if (as_json_)
        print_json(object);
    else
        line_.say(text);
}

void TrainReport::on(const Problem& e) {
    problem_ = e.error;
    if (stands_still()) settle_problem();
}

void TrainReport::on(const Notice& e) {
    tell({{"event", "notice"}, {"text", e.text}}, e.text);
}

void TrainReport::on(const JobProgress& e) {
    if (!as_json_) show_progress(e, line_);
}

void TrainReport::on(const DatasetReady& e) {
    tell({{"event", "dataset"},
          {"name", e.name},
          {"images", e.count},
          {"channels", e.channels},
          {"height", e.height},
          {"width", e.width},
          {"classes", e.class_names.size()},
          {"class_sizes", json_of_classes(e.class_names, e.class_counts)},
          {"left_out", e.left_out ? e.left_out->total() : 0},
          {"skipped", e.skipped.size()}},
         e.name + ": " + description_of(e));
    if (!as_json_)
        for (const std::string& row : class_table(e.class_names, e.class_counts)) line_.say(row);
    for (const SkippedFile& file : e.skipped)
        tell({{"event", "skipped"}, {"file", file.path.string()}, {"why", file.why}},
             "skipped " + file.path.string() + ": " + file.why);
}

void TrainReport::on(const RunOpened& e) {
    const std::string folder = e.folder.string();
    const std::int64_t parameters = parameter_count(e.parts);
    const std::string from = e.step > 0 ? "Resuming at step " + std::to_string(e.step) + ": " : "Training ";
    tell({{"event", "run"},
          {"folder", folder},
          {"step", e.step},
          {"parameters", parameters},
          {"training_images", e.training_images},
          {"held_out_images", e.held_out_images},
          {"processes", e.processes},
          {"execution", e.execution}},
         from + folder + ", " + std::to_string(parameters) + " parameters");
    if (as_json_) return;
    line_.say("With " + e.execution);
    if (e.processes > 1)
        line_.say("By " + std::to_string(e.processes) + " processes, with " +
                  std::to_string(e.processes * e.config.training.batch_size) + " images in each step");
    if (e.held_out_images > 0)
        line_.say("On " + std::to_string(e.training_images) + " images, without " +
                  std::to_string(e.held_out_images) + " that are held out");
}

void TrainReport::on(const TrainingForecast& e) {
    if (as_json_)
        return print_json({{"event", "forecast"},
                           {"steps", e.steps},
                           {"minutes", e.minutes},
                           {"images_per_second", e.images_per_second},
                           {"memory_bytes", e.memory_bytes},
                           {"expectation", e.expectation}});
    for (const std::string& line : lines_of(e)) line_.say(line);
}

void TrainReport::on(const MetricsBatch& e) {
    for (const StepMetrics& m : e.steps) {
        recent_.push_back(m);
        constexpr auto enough = static_cast<std::ptrdiff_t>(2 * loss_window);
        if (std::ssize(recent_) > 2 * enough) recent_.erase(recent_.begin(), recent_.end() - enough);
        if (m.held_out) held_out_ = m.held_out;
        if (!as_json_) continue;
        json object = {{"event", "step"},
                       {"step", m.step},
                       {"loss", m.loss},
                       {"gradient_norm", m.gradient_norm},
                       {"learning_rate", m.learning_rate},
                       {"seconds", m.seconds}};
        if (m.held_out) {
            object["held_out_loss"] = m.held_out->held_out;
            object["training_images_loss"] = m.held_out->training;
        }
        print_json(object);
    }
}

void TrainReport::on(const TrainingProgress& e) {
    if (as_json_) return;
    char held_out[40] = "";
    if (held_out_) std::snprintf(held_out, sizeof held_out, "  held-out %.4f", held_out_->held_out);
    char text[160];
    std::snprintf(text, sizeof text, "%s  loss %.4f%s  %.0f images/s  %s left  %s",
                  count_text(e.step, e.total_steps).c_str(), current_loss(recent_), held_out,
                  e.images_per_second, clock_text(e.remaining_seconds).c_str(),
                  memory_text(e.memory_bytes).c_str());
    line_.show(e.fraction, "step", text);
}

void TrainReport::on(const CheckpointSaved& e) {
    if (as_json_) print_json({{"event", "checkpoint"}, {"step", e.step}, {"file", e.path.string()}});
}

void TrainReport::on(const TrainingEnded& e) {
    const std::string folder = e.folder.string();
    tell({{"event", "end"}, {"step", e.step}, {"folder", folder}, {"completed", e.completed}},
         (e.completed ? "Done: " : "Stopped: ") + std::to_string(e.step) + " steps in " + folder);
    if (as_json_) return;
    if (held_out_) line_.say(comparison_of(*held_out_));
    if (!e.completed) line_.say("Resume with: denoise-lab-cli train --resume " + shell_word(folder));
}

}  // namespace denoise::cli
