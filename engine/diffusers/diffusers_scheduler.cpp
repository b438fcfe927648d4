#include "engine/diffusers/diffusers_scheduler.h"

#include <cmath>

#include "engine/diffusers/diffusers_names.h"

namespace denoise {
namespace {

using nlohmann::json;

/// A scheduler class with the most similar sampler and the defaults of the class.
struct SchedulerClass {
    const char* name;
    const char* sampler;
    bool clips;
    Spacing spacing;
    double beta_start = 1e-4, beta_end = 0.02;
};

constexpr std::array<SchedulerClass, 18> classes{{
    {"DDPMScheduler", "ddpm", true, Spacing::leading},
    {"DDPMParallelScheduler", "ddpm", true, Spacing::leading},
    {"DDIMScheduler", "ddim", true, Spacing::leading},
    {"DDIMParallelScheduler", "ddim", true, Spacing::leading},
    {"DDIMInverseScheduler", "ddim", true, Spacing::leading},
    {"RePaintScheduler", "ddpm", true, Spacing::leading},
    {"PNDMScheduler", "pndm", false, Spacing::leading},
    {"LMSDiscreteScheduler", "pndm", false, Spacing::linspace},
    {"DPMSolverMultistepScheduler", "dpmpp-2m", false, Spacing::linspace},
    {"DPMSolverMultistepInverseScheduler", "dpmpp-2m", false, Spacing::linspace},
    {"DPMSolverSinglestepScheduler", "dpmpp-2m", false, Spacing::linspace},
    {"DEISMultistepScheduler", "dpmpp-2m", false, Spacing::linspace},
    {"DPMSolverSDEScheduler", "dpmpp-2m-sde", false, Spacing::linspace, 0.00085, 0.012},
    {"UniPCMultistepScheduler", "unipc", false, Spacing::linspace},
    {"SASolverScheduler", "unipc", false, Spacing::linspace},
    {"EulerDiscreteScheduler", "euler", false, Spacing::linspace},
    {"EulerAncestralDiscreteScheduler", "ddpm", false, Spacing::linspace},
    {"HeunDiscreteScheduler", "heun", false, Spacing::linspace, 0.00085, 0.012},
}};

// The names that diffusers uses. Names of read-only aliases come after the name to write.

// Without "laplace": diffusers uses sqrt(alpha_bar) instead of alpha_bar there, which is not the schedule of
// Hang et al. Schedules without a name in diffusers are written as "trained_betas".
constexpr std::array schedule_names = {
    NamedValue{ScheduleKind::linear, "linear"},
    NamedValue{ScheduleKind::quadratic, "scaled_linear"},
    NamedValue{ScheduleKind::cosine, "squaredcos_cap_v2"},
    NamedValue{ScheduleKind::sigmoid_beta, "sigmoid"},
};
constexpr std::array prediction_names = {
    NamedValue{PredictionType::eps, "epsilon"},
    NamedValue{PredictionType::x0, "sample"},
    NamedValue{PredictionType::v, "v_prediction"},
};
// The same names as here, but without Karras.
constexpr std::array spacing_names = {
    entry_of(Spacing::leading),
    entry_of(Spacing::linspace),
    entry_of(Spacing::trailing),
};
constexpr std::array variance_names = {
    NamedValue{VarianceKind::beta_tilde, "fixed_small"},
    NamedValue{VarianceKind::beta_tilde, "fixed_small_log"},
    NamedValue{VarianceKind::beta, "fixed_large"},
    NamedValue{VarianceKind::beta, "fixed_large_log"},
};

/// The points of a schedule drawn by hand, beside its betas. diffusers ignores keys that begin with "_".
constexpr const char* points_key = "_schedule_points";

/// The schedule with the same betas.
ScheduleConfig schedule_of_betas(const JsonOptions& options) {
    const std::vector<double> betas = options.reals("trained_betas");
    const auto same = [&](const ScheduleConfig& candidate) {
        const std::vector<double> ours = make_schedule(candidate).beta;
        for (std::size_t t = 0; t < betas.size(); ++t)
            if (!(std::abs(ours[t] - betas[t]) <= 1e-6 * ours[t])) return false;
        return true;
    };
    if (betas.size() >= 2 && betas.size() <= 10000) {
        if (options.has(points_key))
            if (const ScheduleConfig drawn{.schedule = ScheduleKind::drawn,
                                           .timesteps = static_cast<int>(betas.size()),
                                           .scale_ends = false,
                                           .points = options.text(points_key, "")};
                same(drawn))
                return drawn;
        for (const bool scale : {false, true})
            for (const ScheduleKind kind :
                 {ScheduleKind::sigmoid, ScheduleKind::laplace, ScheduleKind::cosine, ScheduleKind::linear,
                  ScheduleKind::quadratic})
                if (const ScheduleConfig candidate{
                        .schedule = kind, .timesteps = static_cast<int>(betas.size()), .scale_ends = scale};
                    same(candidate))
                    return candidate;
    }
    options.refuse("trained_betas is not one of the supported schedules",
                   "Choose a model with a schedule that has a name");
}

ScheduleConfig read_schedule(const JsonOptions& options, const SchedulerClass& defaults) {
    ScheduleConfig schedule{.scale_ends = false};
    if (options.has("trained_betas")) {
        schedule = schedule_of_betas(options);
        for (const char* unused : {"num_train_timesteps", "beta_schedule", "beta_start", "beta_end"})
            options.value(unused);
    } else {
        if (options.text("beta_schedule", "linear") == "laplace")
            options.refuse(
                "beta_schedule = \"laplace\" is not supported, because diffusers uses sqrt(alpha_bar) there");
        schedule.schedule = read_name(options, "beta_schedule", "linear", schedule_names);
        schedule.timesteps = static_cast<int>(options.integer("num_train_timesteps", 1000, 2, 10000));
        schedule.beta_start = options.real("beta_start", defaults.beta_start, 1e-8, 0.5);
        schedule.beta_end = options.real("beta_end", defaults.beta_end, 1e-8, 0.999);
    }
    schedule.zero_terminal_snr = options.boolean("rescale_betas_zero_snr", false);
    return schedule;
}

void read_variance(const JsonOptions& options, DiffusersScheduler& scheduler) {
    const std::string variance = options.text("variance_type", "fixed_small");
    if (variance == "learned")
        options.refuse("variance_type is \"learned\"",
                       "Choose a model with \"learned_range\" or a fixed variance");
    scheduler.learned_variance = variance == "learned_range";
    if (!scheduler.learned_variance)
        scheduler.variance = read_name(options, "variance_type", "fixed_small", variance_names);
}

void read_clipping(const JsonOptions& options, const SchedulerClass& defaults,
                   DiffusersScheduler& scheduler) {
    const bool clips = options.boolean("clip_sample", defaults.clips);
    const bool thresholds = options.boolean("thresholding", false);
    scheduler.clipping = thresholds ? Clipping::dynamic : clips ? Clipping::range : Clipping::none;
    if (const double range = options.real("clip_sample_range", 1, 0, 1e9); clips && range != 1)
        options.refuse_value("clip_sample_range", "is not 1");
    if (const double ratio = options.real("dynamic_thresholding_ratio", 0.995, 0, 1);
        thresholds && ratio != 0.995)
        options.refuse_value("dynamic_thresholding_ratio", "is not 0.995");
    if (const double largest = options.real("sample_max_value", 1, 0, 1e9); thresholds && largest != 1)
        options.refuse_value("sample_max_value", "is not 1");
}

const SchedulerClass& class_of(const JsonOptions& options) {
    const std::string name = options.text("_class_name", "");
    for (const SchedulerClass& known : classes)
        if (name == known.name) return known;
    options.refuse(name.empty() ? "it has no _class_name, so it is not a diffusers scheduler"
                                : "the scheduler " + name + " is not supported",
                   "Choose a model with a DDPMScheduler, or save it with one");
}

/// Whether an option differs from the default of all classes.
bool is_set(const json& value) {
    return !(value.is_null() || value == json(false) || value == json(0));
}

}  // namespace

DiffusersScheduler read_diffusers_scheduler(std::string_view text, const std::string& source) {
    const JsonOptions options(text, source, "Cannot open the diffusers scheduler");
    const SchedulerClass& known = class_of(options);
    DiffusersScheduler scheduler;
    scheduler.class_name = known.name;
    scheduler.sampler = known.sampler;
    scheduler.schedule = read_schedule(options, known);
    scheduler.prediction = read_name(options, "prediction_type", "epsilon", prediction_names);
    scheduler.spacing = options.has("timestep_spacing")
                            ? read_name(options, "timestep_spacing", "leading", spacing_names)
                            : known.spacing;
    read_variance(options, scheduler);
    read_clipping(options, known, scheduler);
    if (scheduler.sampler == "dpmpp-2m" && options.text("algorithm_type", "") == "sde-dpmsolver++")
        scheduler.sampler = "dpmpp-2m-sde";
    if (is_set(options.value("use_flow_sigmas")))
        options.refuse("use_flow_sigmas is set, so it is not a DDPM");
    for (const char* key : {"steps_offset", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas",
                            "use_lu_lambdas", "sigma_min", "sigma_max"})
        if (const json& value = options.value(key); is_set(value))
            scheduler.unused.push_back(std::string(key) + " = " + shown(value));
    try {
        make_schedule(scheduler.schedule);
    } catch (const Error& error) {
        options.refuse(error.why);
    }
    return scheduler;
}

std::string write_diffusers_scheduler(const DiffusersScheduler& scheduler) {
    const ScheduleConfig& schedule = scheduler.schedule;
    const std::string name = diffusers_name(schedule.schedule, schedule_names);
    const double scale = schedule.scale_ends ? 1000.0 / schedule.timesteps : 1.0;
    json object = {
        {"_class_name", scheduler.class_name},
        {"_diffusers_version", diffusers_version},
        {"num_train_timesteps", schedule.timesteps},
        {"beta_start", std::min(schedule.beta_start * scale, 0.999)},
        {"beta_end", std::min(schedule.beta_end * scale, 0.999)},
        {"beta_schedule", name.empty() ? "linear" : name},
        {"trained_betas", nullptr},
        {"variance_type",
         scheduler.learned_variance ? "learned_range" : diffusers_name(scheduler.variance, variance_names)},
        {"clip_sample", scheduler.clipping == Clipping::range},
        {"clip_sample_range", 1.0},
        {"prediction_type", diffusers_name(scheduler.prediction, prediction_names)},
        {"thresholding", scheduler.clipping == Clipping::dynamic},
        {"dynamic_thresholding_ratio", 0.995},
        {"sample_max_value", 1.0},
        {"timestep_spacing", diffusers_name(scheduler.spacing, spacing_names)},
        {"steps_offset", 0},
        {"rescale_betas_zero_snr", schedule.zero_terminal_snr},
    };
    if (name.empty()) {
        ScheduleConfig plain = schedule;
        plain.zero_terminal_snr = false;  // diffusers rescales given betas as well
        object["trained_betas"] = make_schedule(plain).beta;
        if (schedule.schedule == ScheduleKind::drawn) object[points_key] = schedule.points;
    }
    return object.dump(2) + "\n";
}

}  // namespace denoise
