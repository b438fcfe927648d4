#pragma once

#include <QString>

namespace denoise::ui {

struct WatchReport;

/// What a person is told about a run that is watched: a line, and sentences below it.
struct WatchText {
    QString title, details;
    bool is_warning = false;  ///< something is not as it should be
};
WatchText describe_watch(const WatchReport& report);

/// "just now", "40 s ago", "3 min ago"
QString age_text(double seconds);

}  // namespace denoise::ui
