#include "ui/text/format.h"

#include <QCoreApplication>
#include <QLocale>
#include <array>
#include <cmath>

namespace denoise::ui {
namespace {

QString translated(const char* text) {
    return QCoreApplication::translate("format", text);
}

const QString dash = QStringLiteral("–");

}  // namespace

QString count_text(std::int64_t number) {
    return QLocale().toString(static_cast<qlonglong>(number));
}

QString compact_text(double number) {
    constexpr std::array suffixes = {"", "k", "M", "G", "T"};
    if (!std::isfinite(number)) return dash;
    std::size_t power = 0;
    while (std::abs(number) >= 999.5 && power + 1 < suffixes.size()) {
        number /= 1000;
        ++power;
    }
    if (power == 0) return QLocale().toString(number, 'g', 3);
    const int decimals = std::abs(number) < 9.995 ? 2 : std::abs(number) < 99.95 ? 1 : 0;
    return QLocale().toString(number, 'f', decimals) + QChar(0x202F) + suffixes[power];
}

QString measure_text(double number) {
    if (!std::isfinite(number)) return dash;
    if (number == 0) return QStringLiteral("0");
    if (std::abs(number) < 1e-4 || std::abs(number) >= 1e6) return QLocale().toString(number, 'e', 2);
    const int decimals = std::max(0, 3 - static_cast<int>(std::floor(std::log10(std::abs(number)))));
    QString text = QLocale().toString(number, 'f', std::min(decimals, 6));
    // 0.002000 is shown as 0.002
    const QString point = QLocale().decimalPoint();
    if (text.contains(point)) {
        while (text.endsWith('0')) text.chop(1);
        if (text.endsWith(point)) text.chop(point.size());
    }
    return text;
}

QString duration_text(double seconds) {
    if (!(seconds >= 0)) return dash;
    const auto total = static_cast<std::int64_t>(std::llround(seconds));
    const auto two = [](std::int64_t n) { return QStringLiteral("%1").arg(n, 2, 10, QChar('0')); };
    if (total == 0 && seconds > 0) return translated("less than 1 s");
    if (total < 60) return translated("%1 s").arg(total);
    if (total < 3600) return translated("%1 min %2 s").arg(total / 60).arg(two(total % 60));
    return translated("%1 h %2 min").arg(total / 3600).arg(two(total / 60 % 60));
}

QString bytes_text(std::int64_t bytes) {
    return QLocale().formattedDataSize(bytes, bytes < (1 << 30) ? 0 : 1, QLocale::DataSizeSIFormat);
}

QString tick_text(double value, double step) {
    constexpr std::array suffixes = {"", "k", "M", "G"};
    std::size_t power = 0;
    // The suffix depends on the value, so that a scale reads 500, 1k, 1.5k.
    while (std::abs(value) >= 1000 && power + 1 < suffixes.size()) {
        value /= 1000;
        step /= 1000;
        ++power;
    }
    if (std::abs(value) < step * 1e-9) return QStringLiteral("0");
    if (std::abs(value) < 1e-3) {  // 1.5e-4 instead of 0.00015, which is wider than the room of a scale
        const int exponent = static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-9));
        return QLocale().toString(value / std::pow(10, exponent), 'g', 2) +
               QStringLiteral("e%1").arg(exponent);
    }
    int decimals = 0;
    while (decimals < 6 &&
           std::abs(step * std::pow(10, decimals) - std::round(step * std::pow(10, decimals))) >
               1e-6 * std::pow(10, decimals) * step)
        ++decimals;
    if (value == std::round(value)) decimals = 0;
    return QLocale().toString(value, 'f', decimals) + suffixes[power];
}

}  // namespace denoise::ui
