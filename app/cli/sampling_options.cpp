#include "app/cli/sampling_options.h"

#include <algorithm>
#include <charconv>

namespace denoise::cli {
namespace {

std::string sampler_help() {
    std::string text = "The sampler:";
    for (const SamplerInfo& info : sampler_infos()) text += " " + info.name;
    return text;
}

std::vector<std::string> sampler_names() {
    std::vector<std::string> names;
    for (const SamplerInfo& info : sampler_infos()) names.push_back(info.name);
    return names;
}

}  // namespace

int class_named(const std::string& text, const RunOpened& model) {
    if (text.empty()) return -1;
    const std::vector<std::string>& names = model.class_names;
    if (const auto found = std::ranges::find(names, text); found != names.end())
        return static_cast<int>(found - names.begin());
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && number >= 0 &&
        number < model.config.unet.classes)
        return number;
    std::string listed;
    for (const std::string& name : names) listed += (listed.empty() ? "" : ", ") + name;
    if (listed.empty() && model.config.unet.classes > 0)
        listed = "0 to " + std::to_string(model.config.unet.classes - 1);
    throw Error{
        "There is no class \"" + text + "\"",
        listed.empty() ? "the model has not learned any classes" : "the model's classes are " + listed,
        listed.empty() ? "Leave --class out" : "Choose one of them"};
}

void SamplingOptions::add_to(CLI::App& command) {
    command.add_option("--sampler", sampler_, sampler_help())
        ->type_name("NAME")
        ->check(CLI::IsMember(sampler_names()))
        ->capture_default_str();
    command
        .add_option("--steps", steps_,
                    "Sampling steps (default: what suits the sampler; ddpm: all timesteps)")
        ->type_name("K")
        ->check(CLI::PositiveNumber);
    command.add_option("--spacing", spacing_, "Which timesteps a sampler visits when it does not visit all")
        ->check(CLI::IsMember(spacing_names()))
        ->capture_default_str();
    command.add_option("--eta", eta_, "Noise of ddim: 0 none, 1 as much as ddpm")
        ->type_name("E")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command
        .add_option("--clip", clipping_,
                    "x_0 outside [-1, 1]: range clips it, dynamic thresholds it, none leaves it")
        ->check(CLI::IsMember({"none", "range", "dynamic"}))
        ->capture_default_str();
    command
        .add_option(
            "--class", label_,
            "Class of the images, by number or name; all: a row of each (default: each class in turn)")
        ->type_name("K|all");
    command
        .add_option("--guidance", guidance_, "Classifier-free guidance scale: 1 none, 2 to 4 clearer classes")
        ->type_name("W")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    command
        .add_option("--guidance-rescale", rescale_,
                    "How much of the contrast that guidance adds is taken back")
        ->type_name("R")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
}

SampleRequest SamplingOptions::request(const RunOpened& model) const {
    SampleRequest request;
    request.sampler = sampler_named(sampler_);
    const int timesteps = model.config.schedule.timesteps;
    request.steps = steps_ >= 0 ? steps_ : std::min(info_of(request.sampler).default_steps, timesteps);
    request.spacing = spacing_named(spacing_);
    if (request.steps > 0)
        spaced_timesteps(make_schedule(model.config.schedule), request.steps, request.spacing);  // throws
    request.eta = eta_;
    request.clipping = clipping_ == "none"      ? Clipping::none
                       : clipping_ == "dynamic" ? Clipping::dynamic
                                                : Clipping::range;
    if (!all_classes()) request.label = class_named(label_, model);
    if (all_classes() && model.config.unet.classes == 0)
        throw Error{"Cannot draw all classes", "the model has not learned any classes", "Leave --class out"};
    request.guidance_scale = guidance_;
    request.guidance_rescale = rescale_;
    return request;
}

}  // namespace denoise::cli
