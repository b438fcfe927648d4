#pragma once

#include <QDateTime>
#include <QString>
#include <QStringList>

#include "engine/session/events.h"

namespace denoise::ui {

/// One model measured once: what was asked for and what came of it.
struct EvaluationRecord {
    QString model;          ///< its name
    std::int64_t step = 0;  ///< training steps behind it; 0: unknown
    QString dataset;        ///< what the set is called
    Evaluate command;
    EvaluationEnded result;
    QDateTime when;
};

QString title_of(Metric metric);
QString short_title_of(Metric metric);  ///< for tables
/// One sentence on what the metric says, and in which direction it is good.
QString help_of(Metric metric);
/// How many images are sensible: of the set for bits per dimension, drawn for the others.
int usual_count(Metric metric);

/// "glyphs, step 2,000"
QString model_text(const EvaluationRecord& record);
QString short_model_text(const EvaluationRecord& record);  ///< for tables: "glyphs · 2,000"
/// The figure as a table has it: "3.214", "0.812 / 0.64".
QString value_text(const EvaluationRecord& record);
/// The figure as its page has it: "Precision 0.812, recall 0.64".
QString headline_of(const EvaluationRecord& record);
/// What it consists of and how it was found, one line each.
QStringList details_of(const EvaluationRecord& record);
/// All of it as text for the clipboard.
QString plain_text(const EvaluationRecord& record);

}  // namespace denoise::ui
