#include "ui/panels/evaluation/evaluation_record.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/session/samplers.h"
#include "ui/text/format.h"

namespace denoise::ui {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};

QString tr(const char* text, int n = -1) {
    return QCoreApplication::translate("Evaluation", text, nullptr, n);
}

QString percent_text(double share) {
    return tr("%1 %").arg(QLocale().toString(100 * share, 'f', 1));
}

QString sampling_line(const SampleComparison& score, const SampleRequest& request) {
    const QString samples = count_text(score.samples), time = duration_text(score.sampling_seconds);
    const QString sampler = QString::fromUtf8(solver_named(request.sampler).title);
    return request.steps > 0 ? tr("%1 samples, %2 with %3 steps, sampled in %4")
                                   .arg(samples, sampler, count_text(request.steps), time)
                             : tr("%1 samples, %2 with all steps, sampled in %3").arg(samples, sampler, time);
}

QStringList lines_of(const BitsPerDim& score, const EvaluationRecord& record) {
    QStringList lines = {tr("Prior L_T: %1").arg(measure_text(score.prior))};
    if (!score.terms.empty()) {
        const double steps = std::accumulate(score.terms.begin() + 1, score.terms.end(), 0.0);
        lines << tr("Steps L_1 … L_%1: %2").arg(score.terms.size() - 1).arg(measure_text(steps));
        lines << tr("Decoder L_0: %1").arg(measure_text(score.terms.front()));
    }
    const QString images =
        score.held_out ? tr("%1 images of %2 that the model has never seen") : tr("%1 images of %2");
    lines << images.arg(count_text(score.images), record.dataset);
    return lines;
}

QStringList lines_of(const SampleComparison& score, const EvaluationRecord& record) {
    QStringList lines;
    if (score.class_accuracy >= 0)
        lines << tr("%1 of the samples show the requested class").arg(percent_text(score.class_accuracy));
    lines << sampling_line(score, record.request.samples);
    const double guidance = record.request.samples.guidance_scale;
    if (guidance != 1) lines << tr("Guidance %1").arg(measure_text(guidance));
    lines << tr("Compared with %1 images of %2").arg(count_text(score.reference_images), record.dataset);
    lines << tr("Feature space: %1").arg(text_of(score.feature_space));
    return lines;
}

QStringList lines_of(const FrechetScore& score, const EvaluationRecord& record) {
    QStringList lines = lines_of(static_cast<const SampleComparison&>(score), record);
    lines.prepend(tr("With images of the dataset instead of samples: %1").arg(measure_text(score.floor)));
    return lines;
}

/// The length of the EMA, "0.1"; empty: the EMA of the run.
QString ema_text(const EvaluationRecord& record) {
    const double length = record.request.samples.ema_length;
    return length == 0 ? QString() : QLocale().toString(length, 'g', 3);
}

QString least_distance(const NearestImages& score) {
    return score.distances.empty() ? measure_text(std::nan(""))
                                   : measure_text(std::ranges::min(score.distances));
}

}  // namespace

QString title_of(Metric metric) {
    return QString::fromUtf8(entry_of(metric).title);
}

QString short_title_of(Metric metric) {
    switch (metric) {
        case Metric::bits_per_dim:
            return tr("Bits/dim");
        case Metric::frechet:
            return tr("Frechet");
        case Metric::precision_recall:
            return tr("Prec. / recall");
        case Metric::nearest:
            return tr("Nearest");
    }
    return {};
}

QString help_of(Metric metric) {
    QString help = QString::fromUtf8(entry_of(metric).help);
    help[0] = help[0].toUpper();
    const auto followed_by = [&help](const QString& hint) {
        return QStringLiteral("%1. %2").arg(help, hint);
    };
    switch (metric) {
        case Metric::bits_per_dim:
            return followed_by(tr("Lower is better."));
        case Metric::frechet:
            return followed_by(
                tr("Lower is better. Compare only results for the same feature space and the "
                   "same number of samples."));
        case Metric::precision_recall:
            return followed_by(tr("Higher is better."));
        case Metric::nearest:
            return followed_by(tr("Equal pairs show that the model repeats images of the dataset."));
    }
    return help;
}

QString model_text(const EvaluationRecord& record) {
    const QString ema = ema_text(record);
    const QString model =
        record.step > 0 ? tr("%1, step %2").arg(record.model, count_text(record.step)) : record.model;
    return ema.isEmpty() ? model : tr("%1, EMA %2").arg(model, ema);
}

QString short_model_text(const EvaluationRecord& record) {
    const QString ema = ema_text(record);
    const QString model =
        record.step > 0 ? tr("%1 · %2").arg(record.model, count_text(record.step)) : record.model;
    return ema.isEmpty() ? model : tr("%1 · EMA %2").arg(model, ema);
}

QString value_text(const EvaluationRecord& record) {
    const Overloaded value = {
        [](const BitsPerDim& score) { return measure_text(score.total); },
        [](const FrechetScore& score) { return measure_text(score.distance); },
        [](const PrecisionRecallScore& score) {
            return QStringLiteral("%1 / %2").arg(measure_text(score.precision), measure_text(score.recall));
        },
        [](const NearestImages& score) { return tr("≥ %1").arg(least_distance(score)); },
    };
    return std::visit(value, record.result.score);
}

QString score_text(const EvaluationRecord& record) {
    const QString score =
        QStringLiteral("%1 %2").arg(short_title_of(record.request.metric), value_text(record));
    const QString ema = ema_text(record);
    return ema.isEmpty() ? score : tr("%1 (EMA %2)").arg(score, ema);
}

QString headline_of(const EvaluationRecord& record) {
    const Overloaded headline = {
        [](const BitsPerDim& score) { return tr("%1 bits/dim").arg(measure_text(score.total)); },
        [](const FrechetScore& score) {
            return QStringLiteral("%1 %2").arg(title_of(Metric::frechet), measure_text(score.distance));
        },
        [](const PrecisionRecallScore& score) {
            return tr("Precision %1, recall %2")
                .arg(measure_text(score.precision), measure_text(score.recall));
        },
        [](const NearestImages& score) { return tr("Smallest distance %1").arg(least_distance(score)); },
    };
    return std::visit(headline, record.result.score);
}

QStringList details_of(const EvaluationRecord& record) {
    return std::visit([&record](const auto& score) { return lines_of(score, record); }, record.result.score);
}

QString caution_of(const EvaluationRecord& record) {
    const auto* score = std::get_if<FrechetScore>(&record.result.score);
    return score ? text_of(score->caution) : QString();
}

QString plain_text(const EvaluationRecord& record) {
    QStringList lines = {tr("%1: %2").arg(title_of(record.request.metric), value_text(record)),
                         tr("Model: %1").arg(model_text(record))};
    lines << details_of(record);
    if (const QString caution = caution_of(record); !caution.isEmpty()) lines << tr("Note: %1").arg(caution);
    lines << record.when.toString(Qt::ISODate);
    return lines.join('\n');
}

}  // namespace denoise::ui
