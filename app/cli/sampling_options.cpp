#include "app/cli/sampling_options.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "app/cli/choice_option.h"
#include "app/cli/number_checks.h"
#include "engine/formats/shallow_json.h"
#include "engine/runs/ema_snapshots.h"
#include "engine/runs/run_header.h"
#include "engine/session/samplers.h"

namespace denoise::cli {
namespace {

CLI::Option* add_sampler_option(CLI::App& command, std::string& sampler) {
    std::vector<std::string> names;
    std::string help = "Sampler:";
    for (const Solver& solver : solvers()) {
        names.emplace_back(solver.name);
        help += help_line(solver.name, solver.help);
    }
    return command.add_option("--sampler", sampler, help)
        ->type_name("NAME")
        ->check(one_of(names))
        ->capture_default_str();
}

/// "ankle boot, bag, coat"; the numbers for a model whose classes have no names; empty without classes.
std::string list_of_classes(const RunOpened& model) {
    std::string list;
    for (const std::string& name : model.class_names) list += (list.empty() ? "" : ", ") + name;
    if (list.empty() && model.config.unet.classes > 0)
        list = "0 to " + std::to_string(model.config.unet.classes - 1);
    return list;
}

Execution execution_of(const std::string& text) {
    try {
        return execution_from_json(parse_shallow_json(text));
    } catch (const nlohmann::json::exception&) {
        throw Error{"Cannot use this execution",
                    "\"" + text + "\" is not the value of \"execution\" in the recipe of a picture",
                    "Copy it from there, or leave out --execution"};
    }
}

}  // namespace

void add_ema_length(CLI::App& command, double& length) {
    command
        .add_option_function<double>(
            "--ema-length",
            [&length](double given) {
                check_ema_length(given);
                length = given;
            },
            "Length of the average of the weights (EMA), as a fraction of the training, from " +
                format_setting(shortest_ema_length) + " to " + format_setting(longest_ema_length) +
                "; only for runs with EMA snapshots (default: the EMA of the run)")
        ->type_name("L");
}

int class_named(const std::string& text, const RunOpened& model) {
    if (text.empty()) return -1;
    const std::vector<std::string>& names = model.class_names;
    if (const auto found = std::ranges::find(names, text); found != names.end())
        return static_cast<int>(found - names.begin());
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    if (is_number && number >= 0 && number < model.config.unet.classes) return number;
    const std::string classes = list_of_classes(model);
    if (classes.empty())
        throw Error{"There is no class \"" + text + "\"", "the model was trained without classes",
                    "Leave out --class"};
    throw Error{"There is no class \"" + text + "\"", "the model's classes are " + classes,
                "Choose one of them"};
}

void SamplingOptions::add_to(CLI::App& command) {
    sampler_option_ = add_sampler_option(command, sampler_);
    command
        .add_option("--steps", steps_,
                    "Number of sampling steps (default: depends on the sampler; ddpm: all timesteps)")
        ->type_name("K")
        ->check(positive<int>());
    add_choice(command, "--spacing", spacing_,
               "Choice of timesteps when there are fewer steps than timesteps:");
    command.add_option("--eta", eta_, "Noise of ddim: 0 none, 1 as much as ddpm")
        ->type_name("E")
        ->check(in_range(0.0, 1.0))
        ->capture_default_str();
    add_choice(command, "--clip", clipping_, "Handling of predicted x_0 outside [-1, 1]:");
    command
        .add_option("--class", label_,
                    "Class of the images, by number or name; all: one column of the grid for each class "
                    "(default: the classes in turn)")
        ->type_name("K|all");
    command
        .add_option("--guidance", guidance_,
                    "Scale of classifier-free guidance: 1 none; 2 to 4 for clearer classes")
        ->type_name("W")
        ->check(in_range(0.0, 100.0))
        ->capture_default_str();
    command
        .add_option("--guidance-rescale", rescale_,
                    "How much of the contrast added by guidance is removed, from 0 to 1")
        ->type_name("R")
        ->check(in_range(0.0, 1.0))
        ->capture_default_str();
    add_ema_length(command, ema_length_);
    command
        .add_option("--execution", execution_,
                    "How the network is computed, as in the recipe of a picture (default: the fastest way, "
                    "measured for large samples): the same seed then gives exactly the same images")
        ->type_name("JSON");
}

SamplingOptions SamplingOptions::with_default_sampler(const std::string& name) const {
    SamplingOptions options = *this;
    if (sampler_option_->count() == 0) options.sampler_ = name;
    return options;
}

SampleRequest SamplingOptions::request(const RunOpened& model) const {
    SampleRequest request;
    request.sampler = sampler_;
    const int timesteps = model.config.schedule.timesteps;
    request.steps = steps_ >= 0 ? steps_ : std::min(solver_named(sampler_).default_steps, timesteps);
    request.spacing = spacing_;
    if (request.steps > 0)
        spaced_timesteps(make_schedule(model.config.schedule), request.steps, request.spacing);  // throws
    request.eta = eta_;
    request.clipping = clipping_;
    if (all_classes() && model.config.unet.classes == 0)
        throw Error{"Cannot sample all classes", "the model was trained without classes",
                    "Leave out --class"};
    if (!all_classes()) request.label = class_named(label_, model);
    request.guidance_scale = guidance_;
    request.guidance_rescale = rescale_;
    request.ema_length = ema_length_;
    if (!execution_.empty()) request.execution = execution_of(execution_);
    return request;
}

}  // namespace denoise::cli
