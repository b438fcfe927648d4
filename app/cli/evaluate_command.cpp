#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/engine_client.h"

namespace denoise::cli {
namespace {

struct EvaluateOptions {
    std::string model, dataset, metric = "bits-per-dim";
    std::int64_t count = 64, seed = 0;
    int threads = 0;
    bool as_json = false;
};

int evaluate(const EvaluateOptions& options) {
    const InterruptFlag interrupt;
    ProgressLine line;
    const auto engine = engine_for_command(options.threads);
    const RunOpened model = open_model(*engine, options.model, options.as_json ? nullptr : &line);
    DatasetConfig dataset = model.config.dataset;  // image size and colour as in training
    dataset.dataset = options.dataset;
    dataset.image_limit = 0;
    engine->post(Evaluate{dataset, options.count, options.seed});
    EvaluationEnded result;
    follow(
        *engine,
        [&](const Event& event) {
            if (const auto* e = std::get_if<EvaluationProgress>(&event); e && !options.as_json)
                line.show(static_cast<double>(e->done) / static_cast<double>(e->total),
                          "timestep " + std::to_string(e->total - e->done));
            if (const auto* e = std::get_if<EvaluationEnded>(&event)) {
                result = *e;
                return false;
            }
            return true;
        },
        [&] {
            if (interrupt.raised()) engine->post(CancelEvaluation{});
        });
    if (result.cancelled) return 130;
    double middle = 0;
    for (std::size_t t = 1; t < result.terms.size(); ++t) middle += result.terms[t];
    line.clear();
    if (options.as_json) {
        std::printf("%s\n", nlohmann::json{{"metric", options.metric},
                                           {"bits_per_dim", result.total_bits_per_dim},
                                           {"images", result.images},
                                           {"L_T", result.prior_bits_per_dim},
                                           {"L_0", result.terms.at(0)},
                                           {"terms", result.terms}}
                                .dump()
                                .c_str());
    } else {
        std::printf("%.4f bits/dim over %lld images\n", result.total_bits_per_dim,
                    static_cast<long long>(result.images));
        std::printf("  L_T (prior)          %.6f\n  L_1 .. L_T-1 (steps) %.6f\n  L_0 (decoder)        %.6f\n",
                    result.prior_bits_per_dim, middle, result.terms.at(0));
    }
    return 0;
}

}  // namespace

void add_evaluate(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<EvaluateOptions>();
    CLI::App* command = app.add_subcommand("evaluate", "Measure a model on a dataset.");
    command->add_option("MODEL", options->model, "A run folder or a checkpoint file")->required();
    command->add_option("--dataset", options->dataset, "As for train")->required()->type_name("PATH|glyphs");
    command->add_option("--metric", options->metric, "bits-per-dim: the variational bound, every timestep")
        ->check(CLI::IsMember({"bits-per-dim"}))
        ->capture_default_str();
    command->add_option("--count", options->count, "Images, spread over the dataset")
        ->type_name("N")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--seed", options->seed, "Seed of the noise")->capture_default_str();
    command->add_option("--threads", options->threads, "Processor cores (default: all)")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    command->add_flag("--json", options->as_json, "As one JSON object, with every term");
    command->callback([options, &exit_code] { exit_code = evaluate(*options); });
}

}  // namespace denoise::cli
