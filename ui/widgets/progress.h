#pragma once

#include <QProgressBar>
#include <cstdint>

namespace denoise::ui {

/// Shows how much is done. With a `total` of 0, which means unknown, the bar only shows that work goes on.
inline void set_progress(QProgressBar& bar, std::int64_t done, std::int64_t total) {
    constexpr int steps = 1000;  // the numbers themselves may be too large for a bar
    bar.setRange(0, total > 0 ? steps : 0);
    if (total > 0) bar.setValue(static_cast<int>(steps * done / total));
}

}  // namespace denoise::ui
