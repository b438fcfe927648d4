#include "engine/session/recipe.h"

#include <nlohmann/json.hpp>

#include "engine/runs/run_header.h"
#include "engine/session/samplers.h"

namespace denoise {

nlohmann::ordered_json recipe_of(const SampleStarted& start) {
    const SampleRequest& request = start.request;
    nlohmann::ordered_json recipe = {
        {"program", "denoise-lab"},        {"version", DENOISE_LAB_VERSION},
        {"model_step", start.model_step},  {"sampler", request.sampler},
        {"steps", start.timesteps.size()}, {"spacing", name_of(request.spacing)},
        {"count", request.count},          {"seed", request.seed},
    };
    if (request.sampler == "ddim") recipe["eta"] = request.eta;
    if (request.label >= 0) recipe["class"] = request.label;
    if (request.guidance_scale != 1) recipe["guidance_scale"] = request.guidance_scale;
    if (request.guidance_rescale != 0) recipe["guidance_rescale"] = request.guidance_rescale;
    if (request.clipping != Clipping::range) recipe["clipping"] = name_of(request.clipping);
    if (request.ema_length != 0) recipe["ema_length"] = request.ema_length;
    recipe["execution"] = execution_to_json(start.execution);
    if (request.to_seed) recipe["to_seed"] = *request.to_seed;
    for (const BranchPoint& branch : start.branches)
        recipe["branches"].push_back({{"image", branch.image}, {"step", branch.step}, {"seed", branch.seed}});
    return recipe;
}

std::optional<SampleRecipe> recipe_from(const std::string& text) try {
    const nlohmann::json object = nlohmann::json::parse(text);
    if (object.at("program") != "denoise-lab" || !object.contains("sampler")) return std::nullopt;
    SampleRecipe recipe;
    recipe.model_step = object.at("model_step");
    recipe.is_branch = object.contains("branches");
    SampleRequest& request = recipe.request;
    request.sampler = solver_named(object.at("sampler").get<std::string>()).name;
    request.count = object.at("count");
    request.steps = object.at("steps");
    request.seed = object.at("seed");
    request.eta = object.value("eta", request.eta);
    request.label = object.value("class", request.label);
    request.guidance_scale = object.value("guidance_scale", request.guidance_scale);
    request.guidance_rescale = object.value("guidance_rescale", request.guidance_rescale);
    request.ema_length = object.value("ema_length", request.ema_length);
    if (object.contains("to_seed")) request.to_seed = object.at("to_seed").get<std::int64_t>();
    if (const auto spacing = value_named<Spacing>(object.value("spacing", std::string())))
        request.spacing = *spacing;
    if (const auto clipping = value_named<Clipping>(object.value("clipping", std::string())))
        request.clipping = *clipping;
    // The digits of a graphics card cannot be repeated where there is none.
    if (const auto found = object.find("execution"); found != object.end())
        if (const Execution execution = execution_from_json(*found); execution.device == ComputeDevice::cpu)
            request.execution = execution;
    return recipe;
} catch (const nlohmann::json::exception&) {
    return std::nullopt;
} catch (const Error&) {  // a sampler that is unknown here
    return std::nullopt;
}

}  // namespace denoise
