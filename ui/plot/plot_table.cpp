#include "ui/plot/plot_table.h"

#include <array>
#include <charconv>
#include <limits>

namespace denoise::ui {
namespace {

/// The shortest text from which the same number is read.
std::string number_text(double number) {
    std::array<char, 32> text{};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() ? std::string(text.data(), end) : std::string();
}

std::string quoted(const QString& text) {
    if (!text.contains(',') && !text.contains('"') && !text.contains('\n')) return text.toStdString();
    return '"' + QString(text).replace("\"", "\"\"").toStdString() + '"';
}

}  // namespace

std::string csv_text(const QString& x_title, const std::vector<PlotColumn>& columns) {
    std::string text = quoted(x_title);
    for (const PlotColumn& column : columns) text += ',' + quoted(column.title);
    text += '\n';
    std::vector<std::size_t> next(columns.size(), 0);
    while (true) {
        double x = std::numeric_limits<double>::infinity();
        bool any = false;
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (next[i] < columns[i].points.size()) {
                x = std::min(x, columns[i].points[next[i]].x());
                any = true;
            }
        if (!any) return text;
        text += number_text(x);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            text += ',';
            if (next[i] >= columns[i].points.size() || columns[i].points[next[i]].x() != x) continue;
            text += number_text(columns[i].points[next[i]++].y());
        }
        text += '\n';
    }
}

}  // namespace denoise::ui
