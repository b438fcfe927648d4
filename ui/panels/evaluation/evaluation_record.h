#pragma once

#include <QDateTime>
#include <QString>
#include <QStringList>
#include <filesystem>

#include "engine/session/commands.h"
#include "engine/session/events.h"

namespace denoise::ui {

/// An evaluation of a model: the request and the result.
struct EvaluationRecord {
    QString model;  ///< its name
    std::filesystem::path path = {};
    std::int64_t step = 0;  ///< its training steps; 0: unknown
    QString dataset;        ///< its name
    Evaluate request;
    EvaluationResult result;
    QDateTime when;
};

QString title_of(Metric metric);
QString short_title_of(Metric metric);  ///< for tables
/// What the metric measures, and how to interpret it.
QString help_of(Metric metric);
/// "glyphs, step 2,000", with the length of another EMA than that of the run
QString model_text(const EvaluationRecord& record);
/// For tables: "glyphs · 2,000", and "glyphs · 2,000 · EMA 0.1" with another EMA than that of the run.
QString short_model_text(const EvaluationRecord& record);
/// The value for tables: "3.214", "0.812 / 0.64".
QString value_text(const EvaluationRecord& record);
/// The value with the short name of the metric: "Frechet 12.3", "Frechet 12.3 (EMA 0.1)".
QString score_text(const EvaluationRecord& record);
/// The value with its name: "Precision 0.812, recall 0.64".
QString headline_of(const EvaluationRecord& record);
/// Its parts and how it was computed, one line each.
QStringList details_of(const EvaluationRecord& record);
/// Why the value says little; empty: it does not.
QString caution_of(const EvaluationRecord& record);
/// The whole record as text for the clipboard.
QString plain_text(const EvaluationRecord& record);

}  // namespace denoise::ui
