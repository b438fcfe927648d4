#pragma once

#include <QObject>
#include <QPointF>
#include <filesystem>
#include <map>
#include <optional>
#include <vector>

#include "engine/runs/run_list.h"

namespace denoise::ui {

/// What the x axis of loss curves is.
enum class CurveAxis { step, time, images };

/// The mean loss of a run, as everywhere (see loss_window), over the chosen axis; time is in minutes.
std::vector<QPointF> loss_curve(const std::vector<StepMetrics>& steps, CurveAxis axis, int batch_size);

/// Reads all metrics of runs in another thread and keeps them.
class LossCurves : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    /// Reads those that are not known or have changed, and forgets all others.
    void want(const std::vector<RunSummary>& runs);
    /// The steps of the run in training, which is at `step` and goes on behind those in its file.
    void set_live(const std::filesystem::path& folder, const std::vector<StepMetrics>& steps,
                  std::int64_t step);
    /// Empty while they are being read.
    const std::vector<StepMetrics>& steps(const std::filesystem::path& folder) const;
    bool is_reading(const std::filesystem::path& folder) const;

  Q_SIGNALS:
    void arrived();

  private:
    struct Entry {
        std::vector<StepMetrics> steps;
        double seconds = -1;  ///< of the run when it was read
        bool reading = false;
    };
    void read(const std::filesystem::path& folder);

    std::map<std::filesystem::path, Entry> entries_;
};

}  // namespace denoise::ui
