#include <map>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/engine_client.h"
#include "app/cli/sampling_options.h"
#include "engine/session/pictures.h"

namespace denoise::cli {
namespace {

using nlohmann::json;

struct EvaluateOptions {
    std::string model, dataset, metric = "bits-per-dim", features = "classifier", weights, out;
    std::int64_t count = 0, seed = 0;
    SamplingOptions sampling;
    int threads = 0;
    bool as_json = false;
};

const std::map<std::string, Metric>& metrics() {
    static const std::map<std::string, Metric> names = {{"bits-per-dim", Metric::bits_per_dim},
                                                        {"frechet", Metric::frechet},
                                                        {"precision-recall", Metric::precision_recall},
                                                        {"nearest", Metric::nearest}};
    return names;
}

Evaluate command_of(const EvaluateOptions& options, const RunOpened& model) {
    Evaluate command;
    command.dataset = model.config.dataset;  // image size and colour as in training
    command.dataset.dataset = options.dataset;
    command.dataset.image_limit = 0;
    command.metric = metrics().at(options.metric);
    constexpr std::int64_t bound_images = 64, drawn_samples = 1000, compared_samples = 16;
    command.count = options.count > 0                        ? options.count
                    : command.metric == Metric::bits_per_dim ? bound_images
                    : command.metric == Metric::nearest      ? compared_samples
                                                             : drawn_samples;
    command.seed = options.seed;
    command.features = options.features == "inception" ? FeatureSpace::inception : FeatureSpace::classifier;
    command.weights = options.weights;
    if (command.features == FeatureSpace::inception && options.weights.empty())
        throw Error{"Cannot use InceptionV3's features", "--weights is missing",
                    "Name the weights file of the standard FID code"};
    command.samples = options.sampling.request(model);
    return command;
}

json to_json(const EvaluateOptions& options, const EvaluationEnded& result) {
    json object = {{"metric", options.metric}, {"images", result.images}};
    if (result.metric == Metric::bits_per_dim) {
        object["bits_per_dim"] = result.total_bits_per_dim;
        object["L_T"] = result.prior_bits_per_dim;
        object["L_0"] = result.terms.at(0);
        object["terms"] = result.terms;
        object["mse"] = result.mse;
        return object;
    }
    object["features"] = result.feature_space;
    object["reference_images"] = result.reference_images;
    object["sampling_seconds"] = result.sampling_seconds;
    if (result.class_accuracy >= 0) object["class_accuracy"] = result.class_accuracy;
    if (!result.caution.empty()) object["caution"] = result.caution;
    if (result.metric == Metric::frechet) {
        object["frechet_distance"] = result.frechet_distance;
        object["frechet_floor"] = result.frechet_floor;
    }
    if (result.metric == Metric::precision_recall) {
        object["precision"] = result.precision;
        object["recall"] = result.recall;
    }
    if (result.metric == Metric::nearest) {
        object["nearest"] = result.nearest;
        object["distance"] = result.nearest_distance;
    }
    return object;
}

void print_text(const EvaluationEnded& result) {
    const auto images = static_cast<long long>(result.images);
    switch (result.metric) {
        case Metric::bits_per_dim: {
            double middle = 0;
            for (std::size_t t = 1; t < result.terms.size(); ++t) middle += result.terms[t];
            std::printf("%.4f bits/dim over %lld images\n", result.total_bits_per_dim, images);
            std::printf(
                "  L_T (prior)          %.6f\n  L_1 .. L_T-1 (steps) %.6f\n  L_0 (decoder)        %.6f\n",
                result.prior_bits_per_dim, middle, result.terms.at(0));
            return;
        }
        case Metric::frechet:
            std::printf("Frechet distance %.3f (as many images of the set: %.3f)\n", result.frechet_distance,
                        result.frechet_floor);
            break;
        case Metric::precision_recall:
            std::printf("precision %.4f, recall %.4f\n", result.precision, result.recall);
            break;
        case Metric::nearest:
            for (std::size_t i = 0; i < result.nearest.size(); ++i)
                std::printf("sample %3zu: image %6lld, distance %.4f\n", i,
                            static_cast<long long>(result.nearest[i]), result.nearest_distance[i]);
            break;
    }
    std::printf("  %lld samples (drawn in %.1f s) against %lld images\n  features: %s\n", images,
                result.sampling_seconds, static_cast<long long>(result.reference_images),
                result.feature_space.c_str());
    if (result.class_accuracy >= 0)
        std::printf("  the class asked for is there in %.1f %% of the samples\n",
                    100 * result.class_accuracy);
    if (!result.caution.empty()) std::printf("  note: %s\n", result.caution.c_str());
}

/// Each sample above the image of the set that is nearest to it.
void write_pairs(const EvaluationEnded& result, const std::string& out) {
    std::vector<Picture> pairs;
    for (std::int64_t i = 0; i < result.samples.count; ++i)
        pairs.push_back(
            grid_of(batch_of({picture_of(result.samples, i), picture_of(result.neighbours, i)}), 1, 1));
    write_picture(grid_of(batch_of(pairs)), out, 2);
}

int evaluate(const EvaluateOptions& options) {
    const InterruptFlag interrupt;
    ProgressLine line;
    const auto engine = engine_for_command(options.threads);
    const RunOpened model = open_model(*engine, options.model, options.as_json ? nullptr : &line);
    engine->post(command_of(options, model));
    EvaluationEnded result;
    follow(
        *engine,
        [&](const Event& event) {
            if (const auto* e = std::get_if<EvaluationProgress>(&event); e && !options.as_json)
                line.show(static_cast<double>(e->done) / static_cast<double>(e->total), e->doing);
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
    line.clear();
    if (options.as_json)
        std::printf("%s\n", to_json(options, result).dump().c_str());
    else
        print_text(result);
    if (result.metric == Metric::nearest && !options.out.empty()) write_pairs(result, options.out);
    return 0;
}

}  // namespace

void add_evaluate(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<EvaluateOptions>();
    CLI::App* command = app.add_subcommand("evaluate", "Measure a model on a dataset.");
    add_model_argument(*command, options->model);
    command->add_option("--dataset", options->dataset, "As for train")->required()->type_name("PATH|glyphs");
    std::vector<std::string> names;
    for (const auto& [name, metric] : metrics()) names.push_back(name);
    command
        ->add_option(
            "--metric", options->metric,
            "bits-per-dim: the variational bound, every timestep; frechet: distance between samples and the "
            "set in a feature space; precision-recall: how many samples look real, how much of the set they "
            "cover; nearest: the image of the set nearest to each sample")
        ->type_name("METRIC")
        ->check(CLI::IsMember(names))
        ->capture_default_str();
    command
        ->add_option(
            "--features", options->features,
            "classifier: trained on the set itself, which needs classes, and kept; inception: InceptionV3 "
            "as in the standard FID code")
        ->check(CLI::IsMember({"classifier", "inception"}))
        ->capture_default_str();
    command->add_option("--weights", options->weights, "InceptionV3's weights, .safetensors or .pth")
        ->type_name("FILE");
    command
        ->add_option("--count", options->count,
                     "bits-per-dim: images of the set (64); otherwise samples to draw (1000; nearest: 16)")
        ->type_name("N")
        ->check(CLI::Range(1, 1000000));
    command->add_option("--seed", options->seed, "Seed of the noise")->capture_default_str();
    options->sampling.add_to(*command);
    command->add_option("--out", options->out, "nearest: a picture of each sample above its neighbour")
        ->type_name("pairs.png");
    add_threads_option(*command, options->threads);
    command->add_flag("--json", options->as_json, "As one JSON object, with every term");
    command->callback([options, &exit_code] { exit_code = evaluate(*options); });
}

}  // namespace denoise::cli
