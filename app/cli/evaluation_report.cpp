#include "app/cli/evaluation_report.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>

#include "app/cli/console.h"

namespace denoise::cli {
namespace {

using nlohmann::json;

void print_comparison(const SampleComparison& score) {
    std::printf("  %lld samples (sampled in %.1f s) against %lld images\n  features: %s\n",
                static_cast<long long>(score.samples), score.sampling_seconds,
                static_cast<long long>(score.reference_images), printable(score.feature_space).c_str());
    if (score.class_accuracy >= 0)
        std::printf("  %.1f %% of the samples show the requested class\n", 100 * score.class_accuracy);
}

void print(const BitsPerDim& score) {
    std::printf("%.4f bits/dim over %lld %simages\n", score.total, static_cast<long long>(score.images),
                score.held_out ? "held-out " : "");
    std::printf("  L_T (prior)          %.6f\n", score.prior);
    std::printf("  L_1 .. L_T-1 (steps) %.6f\n",
                std::accumulate(score.terms.begin() + 1, score.terms.end(), 0.0));
    std::printf("  L_0 (decoder)        %.6f\n", score.terms.front());
}

void print(const FrechetScore& score) {
    std::printf("Frechet distance %.3f (floor, for as many real images: %.3f)\n", score.distance,
                score.floor);
    print_comparison(score);
    if (!score.caution.empty()) std::printf("  note: %s\n", printable(score.caution).c_str());
}

void print(const PrecisionRecallScore& score) {
    std::printf("precision %.4f, recall %.4f\n", score.precision, score.recall);
    print_comparison(score);
}

void print(const NearestImages& score) {
    for (std::size_t i = 0; i < score.indices.size(); ++i)
        std::printf("sample %3zu: image %6lld, distance %.4f\n", i, static_cast<long long>(score.indices[i]),
                    score.distances[i]);
    print_comparison(score);
}

json comparison_json(const SampleComparison& score) {
    json object = {{"images", score.samples},
                   {"features", score.feature_space},
                   {"reference_images", score.reference_images},
                   {"sampling_seconds", score.sampling_seconds}};
    if (score.class_accuracy >= 0) object["class_accuracy"] = score.class_accuracy;
    return object;
}

json to_json(const BitsPerDim& score) {
    return {{"images", score.images},     {"bits_per_dim", score.total}, {"L_T", score.prior},
            {"L_0", score.terms.front()}, {"terms", score.terms},        {"mse", score.mse},
            {"held_out", score.held_out}};
}

json to_json(const FrechetScore& score) {
    json object = comparison_json(score);
    object["frechet_distance"] = score.distance;
    object["frechet_floor"] = score.floor;
    if (!score.caution.empty()) object["caution"] = score.caution;
    return object;
}

json to_json(const PrecisionRecallScore& score) {
    json object = comparison_json(score);
    object["precision"] = score.precision;
    object["recall"] = score.recall;
    return object;
}

json to_json(const NearestImages& score) {
    json object = comparison_json(score);
    object["nearest"] = score.indices;
    object["distance"] = score.distances;
    return object;
}

}  // namespace

void print_evaluation(const Evaluate& request, const EvaluationResult& result) {
    std::visit([](const auto& score) { print(score); }, result.score);
    if (const double length = request.samples.ema_length; length != 0)
        std::printf("  with an EMA length of %s\n", format_setting(length).c_str());
}

json evaluation_json(const Evaluate& request, const EvaluationResult& result) {
    json object = std::visit([](const auto& score) { return to_json(score); }, result.score);
    object["metric"] = name_of(request.metric);
    if (request.samples.ema_length != 0) object["ema_length"] = request.samples.ema_length;
    return object;
}

}  // namespace denoise::cli
