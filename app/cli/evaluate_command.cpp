#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/choice_option.h"
#include "app/cli/commands.h"
#include "app/cli/dataset_name.h"
#include "app/cli/engine_client.h"
#include "app/cli/evaluation_report.h"
#include "app/cli/json_output.h"
#include "app/cli/number_checks.h"
#include "app/cli/output_check.h"
#include "app/cli/path_option.h"
#include "app/cli/sampling_options.h"
#include "engine/formats/picture_limits.h"
#include "engine/session/evaluation.h"
#include "engine/session/pictures.h"

namespace denoise::cli {
namespace {

struct EvaluateOptions {
    std::string model, dataset, weights, out;
    Metric metric = Metric::bits_per_dim;
    FeatureSpace features = FeatureSpace::classifier;
    std::int64_t count = 0, seed = 0;
    SamplingOptions sampling;
    int threads = 0;
    ComputeDevice device = ComputeDevice::automatic;
    bool as_json = false;
};

Evaluate request_of(const EvaluateOptions& options, const RunOpened& model) {
    if (options.features == FeatureSpace::inception && options.weights.empty())
        throw Error{"Cannot use the features of InceptionV3", "--weights is missing",
                    "Give the weights file of the standard FID code"};
    Evaluate request;
    request.dataset = model.config.dataset;  // image size and colour as in training
    request.dataset.dataset = dataset_path(options.dataset);
    request.dataset.image_limit = 0;
    request.metric = options.metric;
    request.count = options.count > 0 ? options.count : default_count(options.metric);
    request.seed = options.seed;
    request.features = options.features;
    request.weights = options.weights;
    request.samples = options.sampling.request(model);
    return request;
}

std::string metrics_with_features() {
    std::string names;
    for (const auto& metric : names_of<Metric>)
        if (uses_features(metric.value)) names += (names.empty() ? "" : ", ") + std::string(metric.name);
    return names;
}

constexpr int pair_gap = 1, pairs_scale = 2;

/// Throws Error if write_pairs() could not write its picture, before the work.
void check_output(const EvaluateOptions& options) {
    if (options.out.empty()) return;
    if (options.metric != Metric::nearest)
        throw Error{"Cannot write a picture of this metric",
                    std::string("--out is only for the metric ") + name_of(Metric::nearest),
                    "Leave out --out, or choose this metric"};
    check_output_file(options.out);
}
void check_output_size(const EvaluateOptions& options, const Evaluate& request, const RunOpened& model) {
    if (options.out.empty()) return;
    const GridSize pair = grid_size(2, model.width, model.height, 1, pair_gap);
    const GridSize all =
        grid_size(request.count, static_cast<int>(pair.width), static_cast<int>(pair.height));
    check_picture(options.out, pairs_scale * all.width, pairs_scale * all.height);
}

/// Each sample above the image of the dataset that is nearest to it.
void write_pairs(const NearestImages& score, const std::string& out) {
    std::vector<Picture> pairs;
    for (std::int64_t i = 0; i < score.images.count; ++i)
        pairs.push_back(
            grid_of(batch_of({picture_of(score.images, i), picture_of(score.neighbours, i)}), 1, pair_gap));
    write_picture(grid_of(batch_of(pairs)), out, pairs_scale);
}

void evaluate(const EvaluateOptions& options) {
    check_output(options);
    ProgressLine line;
    ProgressLine* const progress = options.as_json ? nullptr : &line;
    const auto engine = engine_for_command(options.threads, nullptr, options.device);
    const auto model = result_of<RunOpened>(*engine, OpenModel{options.model}, progress);
    const Evaluate request = request_of(options, model);
    check_output_size(options, request, model);
    const auto result = result_of<EvaluationResult>(*engine, request, progress);
    line.clear();
    const auto* nearest = std::get_if<NearestImages>(&result.score);
    if (nearest && !options.out.empty()) write_pairs(*nearest, options.out);
    if (options.as_json)
        print_json(evaluation_json(request, result));
    else
        print_evaluation(request, result);
}

}  // namespace

void add_evaluate(CLI::App& app) {
    auto options = std::make_shared<EvaluateOptions>();
    CLI::App* command = app.add_subcommand("evaluate", "Measure a model on a dataset.");
    add_model_argument(*command, options->model);
    add_path(*command, "--dataset", options->dataset, "As for train")->required()->type_name("PATH|glyphs");
    add_choice(*command, "--metric", options->metric, "Metric:");
    add_choice(*command, "--features", options->features,
               "Feature space of " + metrics_with_features() + ":");
    add_path(*command, "--weights", options->weights, "Weights of InceptionV3, a .safetensors file")
        ->type_name("FILE");
    command
        ->add_option("--count", options->count,
                     "bits-per-dim: number of images of the dataset (default: 64); other metrics: number of "
                     "samples (default: 1000; nearest: 16)")
        ->type_name("N")
        ->check(in_range(1, 1000000));
    command->add_option("--seed", options->seed, "Seed of the noise")
        ->check(whole_number())
        ->capture_default_str();
    options->sampling.add_to(*command);
    add_path(*command, "-o,--out", options->out,
             "nearest: picture of each sample above the nearest image of the dataset")
        ->type_name("pairs.png");
    add_threads_option(*command, options->threads);
    add_device_option(*command, options->device);
    command->add_flag("--json", options->as_json,
                      std::string("Print a JSON object, with every term") + json_error_help);
    command->callback([options] { evaluate(*options); });
}

}  // namespace denoise::cli
