#include "ui/evaluation/evaluation_record.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <numeric>

#include "ui/format.h"

namespace denoise::ui {
namespace {

QString tr(const char* text, int n = -1) {
    return QCoreApplication::translate("Evaluation", text, nullptr, n);
}

QString percent_text(double share) {
    return tr("%1 %").arg(QLocale().toString(100 * share, 'f', 1));
}

QStringList bound_lines(const EvaluationRecord& record) {
    const EvaluationEnded& result = record.result;
    QStringList lines = {tr("Prior L_T: %1").arg(measure_text(result.prior_bits_per_dim))};
    if (!result.terms.empty()) {
        const double steps = std::accumulate(result.terms.begin() + 1, result.terms.end(), 0.0);
        lines << tr("Steps L_1 … L_%1: %2").arg(result.terms.size() - 1).arg(measure_text(steps));
        lines << tr("Decoder L_0: %1").arg(measure_text(result.terms.front()));
    }
    lines << tr("%1 images of %2").arg(count_text(result.images), record.dataset);
    return lines;
}

QStringList sample_lines(const EvaluationRecord& record) {
    const EvaluationEnded& result = record.result;
    const SampleRequest& samples = record.command.samples;
    const QString sampler = text_of(info_of(samples.sampler).title);
    QStringList lines;
    if (result.class_accuracy >= 0)
        lines << tr("%1 of the samples show the class asked for").arg(percent_text(result.class_accuracy));
    if (result.metric == Metric::frechet)
        lines << tr("As many images of the set have %1: less is not to be had")
                     .arg(measure_text(result.frechet_floor));
    lines << (samples.steps > 0
                  ? tr("%1 samples, %2 in %3 steps, drawn in %4")
                        .arg(count_text(result.images), sampler)
                        .arg(samples.steps)
                        .arg(duration_text(result.sampling_seconds))
                  : tr("%1 samples, %2 in all steps, drawn in %3")
                        .arg(count_text(result.images), sampler, duration_text(result.sampling_seconds)));
    if (samples.guidance_scale != 1) lines << tr("Guidance %1").arg(measure_text(samples.guidance_scale));
    lines << tr("Against %1 images of %2").arg(count_text(result.reference_images), record.dataset);
    lines << tr("Feature space: %1").arg(text_of(result.feature_space));
    return lines;
}

}  // namespace

QString title_of(Metric metric) {
    switch (metric) {
        case Metric::bits_per_dim:
            return tr("Bits per dimension");
        case Metric::frechet:
            return tr("Fréchet distance");
        case Metric::precision_recall:
            return tr("Precision and recall");
        case Metric::nearest:
            return tr("Nearest training images");
    }
    return {};
}

QString short_title_of(Metric metric) {
    switch (metric) {
        case Metric::bits_per_dim:
            return tr("Bits/dim");
        case Metric::frechet:
            return tr("Fréchet");
        case Metric::precision_recall:
            return tr("Prec. / recall");
        case Metric::nearest:
            return tr("Nearest");
    }
    return {};
}

QString help_of(Metric metric) {
    switch (metric) {
        case Metric::bits_per_dim:
            return tr(
                "The variational bound: how many bits a value of an image takes under the model, over all "
                "timesteps. Less is better.");
        case Metric::frechet:
            return tr(
                "How far the samples' features lie from those of the set, as two Gaussians. Less is better; "
                "only figures of one feature space and one number of samples compare.");
        case Metric::precision_recall:
            return tr(
                "Precision: the share of samples that look like the set. Recall: the share of the set that "
                "the "
                "samples cover. More is better.");
        case Metric::nearest:
            return tr(
                "Samples beside the images of the set that are nearest to them: a model that repeats what it "
                "saw shows equal pairs.");
    }
    return {};
}

int usual_count(Metric metric) {
    switch (metric) {
        case Metric::bits_per_dim:
            return 64;
        case Metric::nearest:
            return 16;
        default:
            return 1000;
    }
}

QString model_text(const EvaluationRecord& record) {
    return record.step > 0 ? tr("%1, step %2").arg(record.model, count_text(record.step)) : record.model;
}

QString short_model_text(const EvaluationRecord& record) {
    return record.step > 0 ? tr("%1 · %2").arg(record.model, count_text(record.step)) : record.model;
}

QString value_text(const EvaluationRecord& record) {
    const EvaluationEnded& result = record.result;
    switch (result.metric) {
        case Metric::bits_per_dim:
            return measure_text(result.total_bits_per_dim);
        case Metric::frechet:
            return measure_text(result.frechet_distance);
        case Metric::precision_recall:
            return QStringLiteral("%1 / %2").arg(measure_text(result.precision), measure_text(result.recall));
        case Metric::nearest:
            return result.nearest_distance.empty()
                       ? QStringLiteral("–")
                       : tr("≥ %1").arg(measure_text(std::ranges::min(result.nearest_distance)));
    }
    return {};
}

QString headline_of(const EvaluationRecord& record) {
    const EvaluationEnded& result = record.result;
    switch (result.metric) {
        case Metric::bits_per_dim:
            return tr("%1 bits/dim").arg(measure_text(result.total_bits_per_dim));
        case Metric::frechet:
            return tr("Fréchet distance %1").arg(measure_text(result.frechet_distance));
        case Metric::precision_recall:
            return tr("Precision %1, recall %2")
                .arg(measure_text(result.precision), measure_text(result.recall));
        case Metric::nearest:
            return result.nearest_distance.empty()
                       ? title_of(result.metric)
                       : tr("Least distance %1").arg(measure_text(std::ranges::min(result.nearest_distance)));
    }
    return {};
}

QStringList details_of(const EvaluationRecord& record) {
    return record.result.metric == Metric::bits_per_dim ? bound_lines(record) : sample_lines(record);
}

QString plain_text(const EvaluationRecord& record) {
    QStringList lines = {tr("%1: %2").arg(title_of(record.result.metric), value_text(record)),
                         tr("Model: %1").arg(model_text(record))};
    lines << details_of(record);
    if (!record.result.caution.empty()) lines << tr("Note: %1").arg(text_of(record.result.caution));
    lines << record.when.toString(Qt::ISODate);
    return lines.join('\n');
}

}  // namespace denoise::ui
