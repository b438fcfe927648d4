// Runs samplers of the engine step by step on a denoiser that is a formula, for interop_test.py to compare.
//
// Usage: interop_sampler_steps CASES.json
//
// CASES.json is a list of objects, each of which gives a file "out":
//   {"plan": [999, ...], "sampler": "ddim", "x": "x_T.npy", "z": "z.npy", ...}   x at every step and x_0,
//   [steps+1,B,C,H,W]
//   {"table": true, ...}                                                        alpha_bar of the schedule,
//   [T]
//   {"spacing": "trailing", "steps": 10, ...}                                   the timesteps, [steps]
// and has the keys of config_of() below where they differ from the default.

#include <torch/torch.h>

#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/formats/npy_file.h"
#include "engine/sampling/sampler.h"
#include "engine/schedule/spacing.h"

namespace denoise {
namespace {

using nlohmann::json;

/// The value that the entry `key` names.
template <class Enum>
Enum chosen(const json& object, const char* key, Enum missing) {
    if (!object.contains(key)) return missing;
    if (const auto value = value_named<Enum>(object[key].get<std::string>())) return *value;
    throw Error{"Cannot run the case", std::string(key) + " is " + object[key].dump(), "Choose a known one"};
}

ScheduleConfig config_of(const json& object) {
    ScheduleConfig config;
    config.schedule = chosen(object, "schedule", ScheduleKind::linear);
    config.timesteps = object.value("timesteps", 1000);
    config.beta_start = object.value("beta_start", 1e-4);
    config.beta_end = object.value("beta_end", 0.02);
    config.scale_ends = false;
    config.zero_terminal_snr = object.value("zero_terminal_snr", false);
    return config;
}

torch::Tensor tensor_from(const std::string& path) {
    FloatArray array = read_npy(path);
    return torch::from_blob(array.values.data(), array.shape, torch::kFloat32).clone();
}

void write(const std::string& path, const torch::Tensor& tensor) {
    const torch::Tensor kept = tensor.to(torch::kFloat32).contiguous();
    write_npy(path, kept.sizes().vec(),
              std::span<const float>(kept.const_data_ptr<float>(), static_cast<std::size_t>(kept.numel())));
}

/// 0.3 x + 0.1 sin(3 x) cos(t / 200), and 0.8 sin(2 x) for the variance where that is learned.
/// interop_test.py has the same formula.
torch::Tensor formula(const torch::Tensor& x_t, const torch::Tensor& t, bool learned_variance) {
    const torch::Tensor x = x_t.to(torch::kFloat64), time = t.to(torch::kFloat64).view({-1, 1, 1, 1});
    const torch::Tensor answer = 0.3 * x + 0.1 * torch::sin(3 * x) * torch::cos(time / 200);
    return (learned_variance ? torch::cat({answer, 0.8 * torch::sin(2 * x)}, 1) : answer).to(x_t.dtype());
}

torch::Tensor trajectory(const json& object) {
    DiffusionModel model;
    model.learned_variance = object.value("variance", "") == "learned";
    model.denoiser = [learned = model.learned_variance](const torch::Tensor& x_t, const torch::Tensor& t) {
        return formula(x_t, t, learned);
    };
    model.schedule = make_schedule(config_of(object));
    model.prediction = chosen(object, "prediction", PredictionType::eps);
    if (!model.learned_variance) model.variance = chosen(object, "variance", VarianceKind::beta_tilde);
    model.clipping = Clipping::none;
    const SamplerPlan plan{object.at("plan").get<std::vector<int>>(), object.value("eta", 0.0)};
    const StepNoise noise(0, tensor_from(object.at("z")));
    std::vector<torch::Tensor> states;
    const auto keep = [&](const Step& step) { states.push_back(step.x_t.clone()); };
    const Solver& solver = solver_named(object.at("sampler").get<std::string>());
    states.push_back(finish<torch::Tensor, Step>(
        sample(solver, model, plan, {0, tensor_from(object.at("x"))}, noise), keep));
    return torch::stack(states);
}

torch::Tensor result_of(const json& object) {
    if (object.contains("plan")) return trajectory(object);
    if (object.contains("spacing")) {
        const NoiseSchedule schedule = make_schedule({.timesteps = object.at("timesteps")});
        return torch::tensor(
            spaced_timesteps(schedule, object.at("steps"), chosen(object, "spacing", Spacing::trailing)));
    }
    return torch::tensor(make_schedule(config_of(object)).alpha_bar, torch::kFloat64);
}

}  // namespace
}  // namespace denoise

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "Usage: %s CASES.json\n", arguments[0]);
        return 2;
    }
    try {
        for (const auto& object : nlohmann::json::parse(denoise::read_text_file(arguments[1])))
            denoise::write(object.at("out"), denoise::result_of(object));
    } catch (const denoise::Error& error) {
        std::fprintf(stderr, "%s\n", denoise::one_line(error).c_str());
        return 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
