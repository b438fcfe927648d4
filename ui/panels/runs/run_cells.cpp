#include "ui/panels/runs/run_cells.h"

#include <QDateTime>
#include <QLocale>
#include <QStringList>
#include <cmath>

#include "ui/panels/runs/runs_model.h"
#include "ui/text/format.h"

namespace denoise::ui {
namespace {

QString joined(const std::vector<std::string>& words) {
    QStringList list;
    for (const std::string& word : words) list << text_of(word);
    return list.join(", ");
}

}  // namespace

StateLook look_of(RunState state) {
    switch (state) {
        case RunState::finished:
            return {RunsModel::tr("Finished"), "emblem-ok-symbolic", Colour::good};
        case RunState::stopped:
            return {RunsModel::tr("Stopped"), "media-playback-stop", Colour::muted};
        case RunState::running:
            return {RunsModel::tr("Running"), "media-playback-start", Colour::accent};
        case RunState::interrupted:
            return {RunsModel::tr("Interrupted"), "denoise-warning", Colour::warn};
        case RunState::unreadable:
            return {RunsModel::tr("Unreadable"), "denoise-error", Colour::bad};
    }
    return {};
}

std::int64_t size_of(const RunSummary& run) {
    std::int64_t bytes = 0;
    for (const CheckpointSummary& checkpoint : run.checkpoints)
        bytes += static_cast<std::int64_t>(checkpoint.bytes);
    return bytes;
}

QString score_text(const RunSummary& run) {
    return run.notes.scores.empty() ? QString() : text_of(run.notes.scores.back().text);
}

QString time_text(const std::string& when) {
    const QDateTime time = QDateTime::fromString(text_of(when), Qt::ISODate);
    return time.isValid() ? QLocale().toString(time, QLocale::ShortFormat) : text_of(when);
}

QVariant run_cell(const RunSummary& run, int column, bool paused) {
    switch (column) {
        case RunsModel::name:
            return text_of(run.name);
        case RunsModel::state:
            return paused ? RunsModel::tr("Paused") : look_of(run.state).word;
        case RunsModel::dataset:
            return text_of(run.dataset);
        case RunsModel::step:
            return count_text(run.step);
        case RunsModel::loss:
            return measure_text(run.loss);
        case RunsModel::time:
            return duration_text(run.seconds);
        case RunsModel::score:
            return score_text(run);
        case RunsModel::tags:
            return joined(run.notes.tags);
        case RunsModel::size:
            return run.checkpoints.empty() ? QString() : bytes_text(size_of(run));
        case RunsModel::created:
            return time_text(run.created);
        default:
            return {};
    }
}

QVariant checkpoint_cell(const CheckpointSummary& checkpoint, int column) {
    switch (column) {
        case RunsModel::name:
            return text_of(checkpoint.path.filename().string());
        case RunsModel::state:
            return RunsModel::tr("Checkpoint");
        case RunsModel::step:
            return count_text(checkpoint.step);
        case RunsModel::size:
            return bytes_text(static_cast<std::int64_t>(checkpoint.bytes));
        default:
            return {};
    }
}

QVariant sort_value_of(const RunSummary& run, int column) {
    switch (column) {
        case RunsModel::star:
            return run.notes.starred ? 1 : 0;
        case RunsModel::step:
            return static_cast<qlonglong>(run.step);
        case RunsModel::loss:
            return std::isfinite(run.loss) ? QVariant(run.loss) : QVariant();
        case RunsModel::time:
            return run.seconds;
        case RunsModel::size:
            return static_cast<qlonglong>(size_of(run));
        case RunsModel::created:
            return text_of(run.created);
        default:
            return run_cell(run, column, false);
    }
}

QString tool_tip_of(const RunSummary& run, int column) {
    if (!run.problem.empty()) return text_of(run.problem);
    if (column == RunsModel::star)
        return run.notes.starred ? RunsModel::tr("Starred") : RunsModel::tr("Not starred");
    if (column == RunsModel::score && !run.notes.scores.empty()) {
        const RunScore& newest = run.notes.scores.back();
        return RunsModel::tr("%1, at step %2").arg(text_of(newest.text), count_text(newest.step));
    }
    QString text = text_of(run.folder.string()).toHtmlEscaped();
    if (!run.notes.text.empty())
        text += "<br>" + text_of(run.notes.text).toHtmlEscaped().replace("\n", "<br>");
    if (column == RunsModel::name && !run.preview.empty())
        text += QStringLiteral("<br><img src=\"%1\">").arg(text_of(run.preview.string()).toHtmlEscaped());
    return "<qt>" + text + "</qt>";
}

}  // namespace denoise::ui
