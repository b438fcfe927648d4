#pragma once

#include <QTemporaryDir>
#include <cstdint>
#include <functional>
#include <string>

#include "engine/base/processors.h"
#include "ui/theme/theme.h"
#include "ui/window/main_window.h"

class QApplication;
namespace CLI {
class App;
}

namespace denoise {
namespace ui {
class ScheduleTrack;
}

/// Handles events for so many milliseconds.
void wait(int ms);

/// Handles events until `condition` is true; false after `limit_ms`.
bool wait_until(const std::function<bool()>& condition, int limit_ms = 120'000);

/// Presses at a stop of a schedule's track, or moves there with the button held.
void drag_to(ui::ScheduleTrack& track, int stop, bool press);

/// MNIST of ../shared/data, or the built-in glyphs where it is missing.
std::string standard_dataset();

/// Settings of the program's own in a temporary folder. QStandardPaths must be in test mode before.
class BenchSettings {
  public:
    explicit BenchSettings(QApplication& application);

  private:
    QTemporaryDir folder_;
};

/// The real window on the real engine, with a folder of its own for runs.
class BenchWindow {
  public:
    struct Options {
        std::string dataset = standard_dataset();
        std::string preset = "quick";
        int threads = processor_count();
        bool yield = true;  ///< train with a lower priority than the window
    };

    explicit BenchWindow(const Options& options);

    /// Until the dataset is loaded. Prints why if that fails, as train() does.
    bool show();
    /// Starts a training, until its first step.
    bool train();

    ui::MainWindow& window() { return *window_; }
    ui::EngineLink& link() { return window_->link(); }
    const QTemporaryDir& folder() const { return folder_; }
    std::int64_t steps() const { return steps_; }  ///< of all trainings
    bool is_sampling() const { return sampling_; }
    int errors() const { return errors_; }  ///< that the engine has reported; they are printed

  private:
    QTemporaryDir folder_;
    ui::Theme theme_;
    std::unique_ptr<ui::MainWindow> window_;
    std::int64_t steps_ = 0;
    bool sampling_ = false;
    int errors_ = 0;
};

/// --threads, --dataset, --preset and --no-yield.
void add_options(CLI::App& program, BenchWindow::Options& options);

}  // namespace denoise
