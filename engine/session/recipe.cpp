#include "engine/session/recipe.h"

#include <nlohmann/json.hpp>

#include "engine/runs/run_header.h"

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

}  // namespace denoise
