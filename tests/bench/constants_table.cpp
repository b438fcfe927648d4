// Prints a Markdown table: published constants, the values of this program, and their differences.

#include <torch/torch.h>

#include <cmath>
#include <cstdio>
#include <numbers>
#include <string>
#include <vector>

#include "engine/diffusion/forward_process.h"
#include "engine/diffusion/prediction.h"
#include "engine/diffusion/variational_bound.h"
#include "engine/network/time_embedding.h"
#include "engine/runs/run_config.h"
#include "engine/schedule/edm_sigmas.h"
#include "engine/schedule/spacing.h"

using namespace denoise;  // a program of a single file

namespace {

/// `reference` is a string to keep its number of digits: the difference is compared with half a unit of the
/// last digit.
void row(const std::string& name, const std::string& reference, double ours) {
    const double value = std::stod(reference);
    const double difference = value == 0 ? std::abs(ours) : std::abs(ours - value) / std::abs(value);
    const auto exponent = reference.find('e');
    const std::string digits = reference.substr(0, exponent);
    const auto point = digits.find('.');
    const double decimals = point == std::string::npos ? 0 : static_cast<double>(digits.size() - point - 1);
    const double unit = std::pow(
        10.0, (exponent == std::string::npos ? 0 : std::stod(reference.substr(exponent + 1))) - decimals);
    const bool within = std::abs(ours - value) <= 0.5000001 * unit;
    std::printf("| %s | %s | %.12g | %.1e | %s |\n", name.c_str(), reference.c_str(), ours, difference,
                within ? "all digits" : "differs");
}

torch::Tensor number(double value) {
    return torch::full({1, 1, 1, 1}, value, torch::kFloat64);
}

void schedules() {
    const NoiseSchedule linear = make_schedule({});
    const NoiseSchedule cosine = make_schedule({.schedule = ScheduleKind::cosine});
    row("linear, alpha_bar[0]", "0.9999", linear.alpha_bar[0]);
    row("linear, alpha_bar[1]", "0.999780092072", linear.alpha_bar[1]);
    row("linear, alpha_bar[499]", "0.0785872428818", linear.alpha_bar[499]);
    row("linear, alpha_bar[999]", "4.03582976538e-5", linear.alpha_bar[999]);
    for (const auto& [T, reference] : {std::pair{300, "0.0481"}, {200, "0.1322"}, {50, "0.603"}})
        row("linear with unscaled ends, alpha_bar_T, T = " + std::to_string(T), reference,
            make_schedule({.timesteps = T, .scale_ends = false}).alpha_bar.back());
    row("linear, beta_tilde[1]", "5.453187661e-5", linear.beta_tilde[1]);
    row("linear, log beta_tilde[1]", "-9.8167251", std::log(linear.beta_tilde[1]));
    row("linear, log beta_tilde[0], clipped", "-9.8167251", linear.log_beta_tilde_clipped[0]);
    row("linear, beta_tilde[487]", "0.00979157", linear.beta_tilde[487]);
    row("linear, beta_tilde[999]", "0.0199999835", linear.beta_tilde[999]);
    row("linear, posterior mean of x_0 at 500", "0.003058057076", linear.posterior_mean_x0[500]);
    row("linear, posterior mean of x_t at 500", "0.9941043508", linear.posterior_mean_xt[500]);
    int first = 0;
    while (linear.snr(first) >= 1) ++first;
    row("linear, first t with SNR < 1", "259", first);
    row("cosine, beta[0]", "4.128422e-5", cosine.beta[0]);
    row("cosine, alpha_bar[499]", "0.493843590441", cosine.alpha_bar[499]);
    row("cosine, alpha_bar[999]", "2.4288e-9", cosine.alpha_bar[999]);
    row("cosine, gain from eps to x_0 at 999", "20291",
        std::sqrt((1 - cosine.alpha_bar[999]) / cosine.alpha_bar[999]));
    row("sigmoid, alpha_bar[499]", "0.5", make_schedule({.schedule = ScheduleKind::sigmoid}).alpha_bar[499]);
    const std::vector<double> sigmas = edm_sigmas(18);
    row("EDM sigmas of 18, first", "80", sigmas[0]);
    row("EDM sigmas of 18, second", "57.585985", sigmas[1]);
    row("EDM sigmas of 18, third", "40.785574", sigmas[2]);
    row("EDM sigmas of 18, last", "0.002", sigmas[17]);
    row("linspace spacing, second of 10 of 1000", "888",
        spaced_timesteps(make_schedule({}), 10, Spacing::linspace)[1]);
    row("trailing spacing, last of 10 of 1000", "99",
        spaced_timesteps(make_schedule({}), 10, Spacing::trailing)[9]);
}

void processes() {
    const NoiseSchedule linear = make_schedule({});
    const Prediction inside = read_output(PredictionType::eps, number(0.3), number(0.5),
                                          NoiseLevel(linear.alpha_bar[500]), Clipping::range);
    row("x_0 at t = 500, x_t = .5, eps = .3", "0.7597352132", inside.x0.item<double>());
    row("ancestral mean there", "0.4993754890",
        posterior_mean(inside.x0, number(0.5), linear.posterior_mean_x0[500], linear.posterior_mean_xt[500])
            .item<double>());
    row("DDIM from there to 480", "0.5194194050",
        add_noise(inside.x0, inside.eps, std::sqrt(linear.alpha_bar[480]),
                  std::sqrt(1 - linear.alpha_bar[480]))
            .item<double>());
    const Prediction outside = read_output(PredictionType::eps, number(0.3), number(2.0),
                                           NoiseLevel(linear.alpha_bar[500]), Clipping::range);
    row("ancestral mean with clipped x_0, x_t = 2", "1.9912667586",
        posterior_mean(outside.x0, number(2.0), linear.posterior_mean_x0[500], linear.posterior_mean_xt[500])
            .item<double>());
    row("DDIM variance, eta = 1, 420 to 400", "0.1477195", respace(linear, {400, 420}).beta_tilde[1]);
    row("DDIM variance, eta = 1, 980 to 960", "0.3246052", respace(linear, {960, 980}).beta_tilde[1]);
    const double last = linear.alpha_bar.back();
    row("L_T in bits/dim for abs(x_0) = 1", "2.9113e-5",
        normal_kl(number(std::sqrt(last)), number(std::log1p(-last)), number(0), number(0)).item<double>() /
            std::numbers::ln2);
    row("decoder, x = .5, mean .4, log sigma -3, nats", "-4.781067794",
        discretised_log_likelihood(number(0.5), number(0.4), number(-3)).item<double>());
}

void network() {
    const auto t = torch::tensor({std::int64_t{1}});
    const auto ho = sinusoidal_embedding(t, 128)[0];
    const auto improved = sinusoidal_embedding(t, 128, true, 0)[0];
    row("time embedding of Ho et al., t = 1, [0]", "0.841471", ho[0].item<double>());
    row("time embedding of Ho et al., t = 1, [1]", "0.760439", ho[1].item<double>());
    row("time embedding of Ho et al., t = 1, [64]", "0.540302", ho[64].item<double>());
    row("time embedding of Improved DDPM, t = 1, [0]", "0.540302", improved[0].item<double>());
    row("time embedding of Improved DDPM, t = 1, [1]", "0.647906", improved[1].item<double>());
    for (const auto& [preset, channels, size, reference] : {std::tuple{"ho-cifar10", 3, 32, "35746307"},
                                                            {"ddpm-cifar10-32", 3, 32, "35746307"},
                                                            {"annotated", 1, 28, "2020257"}})
        row(std::string("parameters of ") + preset, reference,
            static_cast<double>(
                parameter_count(describe_unet(find_preset(preset).config.unet, channels, size, size))));
}

}  // namespace

int main() {
    std::printf("| constant | published | here | relative difference | agrees in |\n|---|---|---|---|---|\n");
    schedules();
    processes();
    network();
}
