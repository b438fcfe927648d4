#include "ui/pages/train/watch_text.h"

#include <QCoreApplication>
#include <QStringList>
#include <cmath>

#include "ui/link/run_watch.h"
#include "ui/paths/dropped_path.h"
#include "ui/text/format.h"

namespace denoise::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("WatchText", text);
}

constexpr double minute = 60, hour = 60 * minute, day = 24 * hour;

/// A length of time in one unit, which does not change every second.
QString rough_time(double seconds) {
    if (seconds < minute) return tr("%1 s").arg(10 * std::lround(std::floor(seconds / 10)));
    if (seconds < 2 * hour) return tr("%1 min").arg(static_cast<int>(seconds / minute));
    if (seconds < 2 * day) return tr("%1 h").arg(static_cast<int>(seconds / hour));
    return tr("%1 days").arg(static_cast<int>(seconds / day));
}

QString trainer_text(const WatchReport& report) {
    if (report.is_here) return tr("another program on this machine");
    if (report.sign.host.empty()) return tr("another program");
    return tr("the machine %1").arg(text_of(report.sign.host));
}

QString step_text(const WatchReport& report) {
    return report.total_steps > 0
               ? tr("Step %1 of %2").arg(count_text(report.step), count_text(report.total_steps))
               : tr("Step %1").arg(count_text(report.step));
}

QString model_text(const WatchReport& report) {
    return tr("Samples are drawn here with the checkpoint of step %1.").arg(count_text(report.model_step));
}

QString reading_problem(const WatchReport& report) {
    if (report.seconds_without_answer > 0)
        return tr("The drive has not answered for %1. What is shown may be old.")
            .arg(rough_time(report.seconds_without_answer));
    if (report.seconds_unreachable > 0)
        return tr("The folder cannot be read now: %1. It is tried again, and the watch goes on when it is "
                  "back.")
            .arg(text_of(report.problem));
    return {};
}

WatchText watching(const WatchReport& report, const QString& name) {
    WatchText text{tr("Watching “%1”, which %2 trains").arg(name, trainer_text(report)), {}, false};
    QStringList sentences;
    if (const QString problem = reading_problem(report); !problem.isEmpty()) {
        text.is_warning = true;
        sentences << problem;
    } else if (report.is_uncertain) {
        text.is_warning = true;
        sentences << tr("No new step for %1. Whether the training still goes on there cannot be seen from "
                        "this machine.")
                         .arg(rough_time(report.seconds_since_step));
    } else if (has_stalled(report)) {
        text.is_warning = true;
        sentences << tr("No new step for %1. The training may be paused, or saving.")
                         .arg(rough_time(report.seconds_since_step));
    }
    sentences << (report.seconds_since_step >= 0 && !text.is_warning
                      ? tr("%1 arrived %2.").arg(step_text(report), age_text(report.seconds_since_step))
                      : tr("%1 was the last.").arg(step_text(report)));
    text.details = (sentences << model_text(report)).join(' ');
    return text;
}

WatchText waiting(const WatchReport& report, const QString& name) {
    WatchText text{report.is_uncertain ? tr("Watching “%1”").arg(name)
                                       : tr("Watching “%1”, which no program trains now").arg(name),
                   {},
                   false};
    QString details = reading_problem(report);
    if (!details.isEmpty())
        text.is_warning = true;
    else if (report.is_uncertain)
        details = tr("The machine %1 was the last one that trained it; nothing was written for %2.")
                      .arg(text_of(report.sign.host), rough_time(report.seconds_since_step));
    else
        details = tr("New steps are shown as soon as a program trains it.");
    text.details = QStringList{details, model_text(report)}.join(' ');
    return text;
}

WatchText ended(const WatchReport& report, const QString& name) {
    const QString step = count_text(report.step), saved = count_text(report.model_step);
    switch (report.sign.status) {
        case RunStatus::finished:
            return {tr("The training of “%1” is finished").arg(name),
                    tr("It ended at step %1. The newest checkpoint is open.").arg(step), false};
        case RunStatus::stopped:
            return {tr("The training of “%1” was stopped").arg(name),
                    tr("It ended at step %1 and can be resumed on this machine.").arg(step), false};
        case RunStatus::running:
            break;
    }
    return {tr("The training of “%1” ended unexpectedly").arg(name),
            tr("Its last step was %1. It can be resumed on this machine, from the checkpoint of step %2.")
                .arg(step, saved),
            true};
}

}  // namespace

QString age_text(double seconds) {
    constexpr double just_now = 10;
    return seconds < just_now ? tr("just now") : tr("%1 ago").arg(rough_time(seconds));
}

WatchText describe_watch(const WatchReport& report) {
    const QString name = model_name(report.folder);
    switch (report.phase) {
        case WatchPhase::off:
            return {};
        case WatchPhase::waiting:
            return waiting(report, name);
        case WatchPhase::watching:
            return watching(report, name);
        case WatchPhase::ended:
            return ended(report, name);
    }
    return {};
}

}  // namespace denoise::ui
