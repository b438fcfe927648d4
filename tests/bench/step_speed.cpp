// Times training steps and evaluations of the network of a preset with different executions, in turn, so that
// changes of the machine's speed affect all of them.

#include <torch/torch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <random>
#include <utility>

#include "engine/base/cancelled.h"
#include "engine/network/inference.h"
#include "engine/network/openmp_waiting.h"
#include "engine/network/winograd_plan.h"
#include "engine/runs/run_config.h"
#include "engine/training/trainer.h"

namespace denoise {
namespace {

struct Times {
    std::vector<double> wall, cpu;
};

double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Of all threads of the program.
double cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

template <class F>
void add_time(Times& times, const F& f) {
    const double wall = wall_seconds(), cpu = cpu_seconds();
    f();
    times.wall.push_back(wall_seconds() - wall);
    times.cpu.push_back(cpu_seconds() - cpu);
}

double quantile(std::vector<double> values, double q) {
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

std::shared_ptr<const Dataset> noise(std::int64_t count, int channels, int side) {
    Dataset dataset;
    dataset.class_names = {"noise"};
    dataset.images = {count, channels, side, side, {}};
    dataset.images.pixels.resize(static_cast<std::size_t>(count) * dataset.images.image_size());
    std::minstd_rand random;
    for (std::uint8_t& pixel : dataset.images.pixels) pixel = static_cast<std::uint8_t>(random() >> 8);
    dataset.labels.assign(static_cast<std::size_t>(count), 0);
    return std::make_shared<const Dataset>(std::move(dataset));
}

/// With `shares` > 1, each also with the batch divided, if it can be.
std::vector<Execution> executions(int threads, bool bfloat16, int shares) {
    std::vector<Execution> list(4);
    list[0].kernels = Kernels::plain;
    list[2].winograd = to_string(WinogradPlan{true, true, false});
    list[3].winograd = to_string(WinogradPlan{true, true, true});
    if (bfloat16) {
        list.push_back({.bfloat16 = true});
        list.push_back({.bfloat16 = true, .attention = AttentionKernel::products});
    }
    for (Execution& execution : list) execution.threads = threads;
    for (std::size_t i = 0, count = list.size(); i < count; ++i) {
        Execution divided = list[i];
        divided.batch_shares = shares;
        if (shares_of_batch(divided, shares, threads) > 1) list.push_back(divided);
    }
    return list;
}

void print(const char* what, const std::vector<Execution>& list, const std::vector<Times>& times,
           int images) {
    std::printf("%s: images/s, median (quartiles); CPU time, ms; ratio of CPU time to the second\n", what);
    const double reference = quantile(times[std::min<std::size_t>(1, times.size() - 1)].cpu, 0.25);
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto speed = [&](double q) { return images / quantile(times[i].wall, q); };
        const double cpu = quantile(times[i].cpu, 0.25);
        std::printf("  %7.1f (%6.1f - %6.1f)  %8.2f  %5.2f  %s %s\n", speed(0.5), speed(0.75), speed(0.25),
                    1000 * cpu, reference / cpu, describe_execution(list[i]).c_str(),
                    list[i].winograd.c_str());
    }
}

}  // namespace
}  // namespace denoise

int main(int argc, char** argv) {
    using namespace denoise;
    std::string preset = "quick";
    int batch = 32, threads = 1, steps = 15, evaluations = 15, side = 28, count = 64;
    std::vector<std::string> settings;
    std::vector<std::size_t> only;
    bool bfloat16 = false;
    int shares = 1;
    CLI::App app{"Times steps and evaluations of a network with different executions, in turn."};
    app.add_option("--preset", preset);
    app.add_option("--batch", batch);
    app.add_option("--threads", threads);
    app.add_option("--set", settings, "KEY=VALUE, a setting of the run");
    app.add_option("--steps", steps, "of each execution");
    app.add_option("--evaluations", evaluations, "of each execution");
    app.add_option("--side", side);
    app.add_option("--count", count, "images that are sampled at once");
    app.add_option("--shares", shares, "also with the batch in so many shares, computed at the same time");
    app.add_option("--only", only, "indices of the executions, instead of all");
    app.add_flag("--bfloat16", bfloat16);
    CLI11_PARSE(app, argc, argv);
    limit_active_waiting();

    RunConfig config = find_preset(preset).config;
    for (const std::string& setting : settings)
        set_from_text(config, setting.substr(0, setting.find('=')), setting.substr(setting.find('=') + 1));
    config.training.batch_size = batch;
    std::vector<Execution> list = executions(threads, bfloat16, shares);
    if (!only.empty()) {
        const std::vector<Execution> all = std::exchange(list, {});
        for (const std::size_t index : only) list.push_back(all.at(index));
    }
    std::vector<Times> training(list.size()), sampling(list.size());
    Trainer trainer(config, noise(batch, 1, side), list[0]);
    for (int round = -1; round < steps; ++round)
        for (std::size_t i = 0; i < list.size(); ++i) {
            trainer.use(list[i]);
            Times unused;
            add_time(round < 0 ? unused : training[i], [&] { trainer.step(0.5); });
        }
    if (steps > 0) print("training", list, training, batch);
    std::fflush(stdout);

    UNet network = make_network(trainer.config().unet, 1, side, side, trainer.state().values);
    const auto x = torch::randn({count, 1, side, side}), t = torch::full({count}, 500, torch::kLong);
    const auto labels =
        trainer.config().unet.classes > 0 ? torch::zeros({count}, torch::kLong) : torch::Tensor();
    ShareThreads share_threads;
    for (int round = -1; round < evaluations; ++round)
        for (std::size_t i = 0; i < list.size(); ++i) {
            Times unused;
            add_time(round < 0 ? unused : sampling[i],
                     [&] { predict(network, x, t, labels, list[i], share_threads); });
        }
    if (evaluations > 0) print("sampling", list, sampling, count);
}
