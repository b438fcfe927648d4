#include "engine/session/recipe.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace denoise {
namespace {

SampleStarted some_sample() {
    SampleStarted start;
    start.model_step = 1640;
    start.timesteps = {900, 500, 100};
    start.request.sampler = "ddim";
    start.request.steps = 3;
    start.request.eta = 0.3;
    start.request.count = 9;
    start.request.seed = 12'345'678'901;
    start.request.label = 4;
    start.request.guidance_scale = 2.5;
    start.request.guidance_rescale = 0.5;
    start.request.clipping = Clipping::dynamic;
    start.request.spacing = Spacing::karras;
    start.request.ema_length = 0.12;
    start.request.to_seed = 8;
    return start;
}

TEST(Recipe, GivesTheRequestThatItWasMadeOf) {
    SampleStarted start = some_sample();
    start.execution.threads = 2;
    start.execution.bfloat16 = true;
    const auto recipe = recipe_from(recipe_of(start).dump());
    ASSERT_TRUE(recipe);
    SampleRequest expected = start.request;
    expected.execution = start.execution;
    EXPECT_EQ(recipe->request, expected);
    EXPECT_EQ(recipe->model_step, 1640);
    EXPECT_FALSE(recipe->is_branch);
}

TEST(Recipe, OfACardIsComputedAsIsFastestHere) {
    SampleStarted start = some_sample();
    start.execution.device = ComputeDevice::cuda;
    EXPECT_FALSE(recipe_from(recipe_of(start).dump())->request.execution);
}

TEST(Recipe, OfABranchSaysSo) {
    SampleStarted start = some_sample();
    start.branches = {{1, 2, 3}};
    EXPECT_TRUE(recipe_from(recipe_of(start).dump())->is_branch);
}

TEST(Recipe, IsNoneIfItIsDamagedOrOfSomethingElse) {
    auto recipe = recipe_of(some_sample());
    for (const char* text : {"", "null", "[]", "{", R"({"program":"denoise-lab","comparison":[]})"})
        EXPECT_FALSE(recipe_from(text)) << text;
    for (const auto& [key, value] : {std::pair<const char*, nlohmann::json>{"sampler", "unknown"},
                                     {"seed", "x"},
                                     {"program", "other"}}) {
        auto changed = recipe;
        changed[key] = value;
        EXPECT_FALSE(recipe_from(changed.dump())) << key;
    }
}

}  // namespace
}  // namespace denoise
