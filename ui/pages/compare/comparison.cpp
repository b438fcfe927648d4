#include "ui/pages/compare/comparison.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "engine/session/samplers.h"
#include "ui/text/format.h"

namespace denoise::ui {
namespace {

constexpr double same_time = 1e-9;

QString tr(const char* text, int n = -1) {
    return QCoreApplication::translate("Comparison", text, nullptr, n);
}

QString sampler_text(const ColumnSettings& settings) {
    const QString title = QString::fromUtf8(solver_named(settings.sampler).title);
    return settings.sampler == "ddim" && settings.eta > 0
               ? tr("%1, η %2").arg(title, QLocale().toString(settings.eta, 'g', 3))
               : title;
}

QString steps_text(const ColumnSettings& settings) {
    return settings.steps == 0 ? tr("all steps") : tr("%n step(s)", settings.steps);
}

QString class_text(const Column& column) {
    const int label = column.settings.label;
    const auto& names = column.facts.class_names;
    if (label < 0) return tr("all classes");
    return tr("class %1")
        .arg(static_cast<std::size_t>(label) < names.size() ? text_of(names[static_cast<std::size_t>(label)])
                                                            : QString::number(label));
}

QString guidance_text(const ColumnSettings& settings) {
    return tr("guidance %1").arg(QLocale().toString(settings.guidance, 'g', 3));
}

QString ema_text(const ColumnSettings& settings) {
    return settings.ema_length == 0
               ? tr("EMA of the run")
               : tr("EMA length %1").arg(QLocale().toString(settings.ema_length, 'g', 3));
}

bool has_classes(const Column& column) {
    return !column.facts.class_names.empty();
}

/// Whether it has an EMA length of its own.
bool has_ema_length(const Column& column) {
    return column.settings.ema_length != 0 && column.facts.no_ema_lengths.isEmpty();
}

}  // namespace

Comparison default_comparison() {
    Comparison comparison;
    comparison.columns.resize(2);
    comparison.columns[1].settings.sampler = "ddim";
    return comparison;
}

ColumnSettings column_settings(const SampleRequest& request) {
    ColumnSettings settings;
    settings.sampler = request.sampler;
    settings.steps = request.steps;
    settings.eta = request.eta;
    settings.label = request.label;
    settings.guidance = request.guidance_scale;
    settings.ema_length = request.ema_length;
    return settings;
}

Sample request_for(const Comparison& comparison, int index) {
    const Column& column = comparison.at(index);
    const ColumnSettings& settings = column.settings;
    Sample sample;
    sample.model = settings.model;
    sample.keep_states = false;
    sample.request.sampler = settings.sampler;
    sample.request.steps = settings.steps;
    sample.request.seed = comparison.seed;
    sample.request.count = comparison.count;
    if (settings.sampler == "ddim") sample.request.eta = settings.eta;
    if (has_classes(column) &&
        static_cast<std::size_t>(settings.label + 1) <= column.facts.class_names.size())
        sample.request.label = settings.label;
    if (column.facts.guidance) sample.request.guidance_scale = settings.guidance;
    if (column.facts.no_ema_lengths.isEmpty()) sample.request.ema_length = settings.ema_length;
    return sample;
}

Freshness freshness(const Comparison& comparison, int index) {
    const Column& column = comparison.at(index);
    if (!column.result || column.result->trajectory.empty()) return Freshness::missing;
    const ColumnResult& result = *column.result;
    const Sample wanted = request_for(comparison, index);
    if (!result.complete || result.request.request != wanted.request ||
        result.request.model != wanted.model || result.model != column.facts.identity)
        return Freshness::changed;
    return result.trajectory.start().model_step < column.facts.step ? Freshness::older_model
                                                                    : Freshness::current;
}

std::vector<int> columns_to_sample(const Comparison& comparison) {
    std::vector<int> wanted;
    for (int i = 0; i < comparison.size(); ++i)
        if (freshness(comparison, i) != Freshness::current) wanted.push_back(i);
    return wanted;
}

QString obstacle_to_sample(const Comparison& comparison) {
    for (int i = 0; i < comparison.size(); ++i) {
        const Column& column = comparison.at(i);
        if (column.facts.found) continue;
        return column.settings.model.empty()
                   ? tr("Train a model or open a run first, or choose a run in each column.")
                   : tr("Column %1: the model was not found. Choose another one.").arg(i + 1);
    }
    if (columns_to_sample(comparison).empty())
        return tr("All columns are up to date. Change a setting or the seed first.");
    return {};
}

QString describe_column(const Column& column) {
    QStringList parts = {sampler_text(column.settings), steps_text(column.settings)};
    if (has_classes(column)) parts << class_text(column);
    if (column.facts.guidance && column.settings.guidance != 1) parts << guidance_text(column.settings);
    if (has_ema_length(column)) parts << ema_text(column.settings);
    if (!column.settings.model.empty()) parts << model_text(column);
    return parts.join(QStringLiteral(" · "));
}

QString differences(const Comparison& comparison, int index) {
    const Column& column = comparison.at(index);
    if (index == 0) return describe_column(column);
    const Column& first = comparison.at(0);
    QStringList parts;
    const auto add = [&parts](const QString& mine, const QString& other) {
        if (mine != other) parts << mine;
    };
    add(sampler_text(column.settings), sampler_text(first.settings));
    add(steps_text(column.settings), steps_text(first.settings));
    if (has_classes(column)) add(class_text(column), class_text(first));
    if (column.facts.guidance) add(guidance_text(column.settings), guidance_text(first.settings));
    if (has_ema_length(column) || has_ema_length(first))
        add(ema_text(column.settings), ema_text(first.settings));
    // Two columns of the open model differ once both are sampled, at different steps of its training.
    const bool same_model = column.settings.model == first.settings.model;
    if (!same_model || (column.result && first.result)) add(model_text(column), model_text(first));
    return parts.isEmpty() ? tr("As column 1") : parts.join(QStringLiteral(" · "));
}

QString cost_text(const Column& column) {
    if (!column.result || !column.result->complete) return {};
    const double seconds = column.result->seconds;
    return tr("%1 per image · %2")
        .arg(seconds < 1 ? tr("%1 ms").arg(seconds * 1000, 0, 'f', seconds < 0.1 ? 1 : 0)
                         : tr("%1 s").arg(measure_text(seconds)),
             tr("%n network call(s)", static_cast<int>(std::lround(column.result->evaluations))));
}

QString model_text(const Column& column) {
    const bool is_open = column.settings.model.empty();
    if (!column.result) return is_open ? tr("open model") : column.facts.name;
    return is_open ? tr("open model, step %1").arg(count_text(column.result->trajectory.start().model_step))
                   : column.facts.name;
}

Column as_sampled(const Column& column) {
    Column sampled = column;
    sampled.settings = column_settings(column.result->request.request);
    sampled.settings.model = column.result->request.model;
    sampled.facts.class_names = column.result->trajectory.start().class_names;
    if (sampled.settings.model != column.settings.model)
        sampled.facts.name = text_of(sampled.settings.model.filename().string());
    return sampled;
}

double time_of(const TrajectoryFrame& frame, const Trajectory& trajectory) {
    const double T = std::max<double>(1, static_cast<double>(trajectory.start().alpha_bar.size()));
    return (frame.timestep + 1) / T;
}

const TrajectoryFrame* frame_at(const Trajectory& trajectory, double time) {
    const TrajectoryFrame* nearest = nullptr;
    double least = 0;
    for (int i = 0; i < trajectory.size(); ++i) {
        const double distance = std::abs(time_of(trajectory.frame(i), trajectory) - time);
        if (nearest && distance >= least) continue;
        nearest = &trajectory.frame(i);
        least = distance;
    }
    return nearest;
}

std::vector<double> times_of(const Comparison& comparison) {
    std::vector<double> times;
    for (const Column& column : comparison.columns) {
        if (!column.result) continue;
        const Trajectory& trajectory = column.result->trajectory;
        for (int i = 0; i < trajectory.size(); ++i) times.push_back(time_of(trajectory.frame(i), trajectory));
    }
    std::ranges::sort(times, std::greater<>());
    const auto repeated =
        std::ranges::unique(times, [](double a, double b) { return std::abs(a - b) < same_time; });
    times.erase(repeated.begin(), repeated.end());
    return times;
}

const Trajectory* first_trajectory(const Comparison& comparison) {
    for (const Column& column : comparison.columns)
        if (column.result && !column.result->trajectory.empty()) return &column.result->trajectory;
    return nullptr;
}

}  // namespace denoise::ui
