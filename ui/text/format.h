#pragma once

#include <QString>
#include <cstdint>
#include <string>

namespace denoise::ui {

// Numbers and times for display, in the locale of the desktop
QString count_text(std::int64_t number);       ///< "12,000"
QString compact_text(double number);           ///< three digits with an SI suffix: "1.24 M"
QString measure_text(double number);           ///< four significant digits: "0.03142"; NaN: "–"
QString duration_text(double seconds);         ///< "2 min 05 s"; negative: "–"
QString bytes_text(std::int64_t bytes);        ///< "312 MB"
QString tick_text(double value, double step);  ///< for a tick of a chart: "12k", "0.02", "250"
inline QString text_of(const std::string& text) {
    return QString::fromStdString(text);
}

}  // namespace denoise::ui
