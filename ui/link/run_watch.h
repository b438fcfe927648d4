#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/runs/run_list.h"
#include "engine/runs/run_polling.h"
#include "ui/link/engine_link.h"

namespace denoise::ui {

enum class WatchPhase {
    off,
    waiting,   ///< nobody has trained the run since it is watched
    watching,  ///< another program trains it, or should
    ended,     ///< it no longer does
};

/// What is known about the run that is watched.
struct WatchReport {
    WatchPhase phase = WatchPhase::off;
    std::filesystem::path folder;
    TrainerSign sign;
    bool is_here = false;               ///< its process is on this machine
    bool is_uncertain = false;          ///< nothing tells whether its process, on another machine, still runs
    std::int64_t step = 0;              ///< the newest one
    std::int64_t total_steps = 0;       ///< 0: the budget is a time
    double seconds_since_step = -1;     ///< negative: unknown
    double seconds_per_step = 0;        ///< 0: unknown
    std::int64_t model_step = 0;        ///< of the checkpoint that is sampled here
    double seconds_unreachable = 0;     ///< since the folder could not be read, 0: it can
    double seconds_without_answer = 0;  ///< of the drive
    std::string problem;                ///< why something cannot be read; usually empty

    bool operator==(const WatchReport&) const = default;
};

/// Whether no step has arrived for so long that it should be told.
bool has_stalled(const WatchReport& report);

/// Watches the open run through its folder while another program trains it: passes its steps and changes of
/// settings on through the EngineLink, and lets the engine read each new checkpoint, from which the window
/// samples. A run that is opened while another program trains it is watched at once. Nothing is written to
/// the folder. The watch ends when another run or model is opened, or when the run is trained here.
class RunWatch : public QObject {
    Q_OBJECT
  public:
    explicit RunWatch(EngineLink& link, QObject* parent = nullptr);
    ~RunWatch() override;

    /// Watches the run in `folder`, also if nobody trains it now. It is opened first if necessary.
    void watch(const std::filesystem::path& folder);
    void stop();
    /// In the phase `off`, only the phase is meaningful.
    const WatchReport& report() const { return report_; }
    bool is_on() const { return report_.phase != WatchPhase::off; }
    /// Between two looks at the folder, from the next watch on.
    void set_interval(std::chrono::milliseconds interval) { interval_ = interval; }

  Q_SIGNALS:
    void changed();  ///< report() is another one
    /// All sample grids of the run, if there are others.
    void previews_changed(const std::vector<denoise::KeptPreview>& previews);
    void checkpoint_found();  ///< a newer one
    void open_wanted(const std::filesystem::path& run);

  private:
    void take_up(const RunOpened& run);
    void begin(bool wanted);
    void end();
    void look();
    void take(const RunNews& news);
    void take_steps(const RunNews& news);
    void take_settings(const RunNews& news);
    void take_checkpoint(const RunNews& news);
    void judge(const TrainerSign& sign);
    bool is_alive(const TrainerSign& sign) const;
    void finish(const TrainerSign& sign);
    void publish();

    EngineLink& link_;
    std::chrono::milliseconds interval_{2000};
    std::unique_ptr<RunPolling> polling_;
    QTimer timer_;
    std::optional<std::filesystem::path> wanted_;  ///< to be watched when it has been opened
    bool tentative_ = false;                       ///< it is watched only if somebody trains it
    WatchReport report_, next_;                    ///< published, and being made
    std::optional<CheckpointFile> unread_;         ///< the engine has not read it yet
    std::int64_t checkpoint_step_ = -1;            ///< of the newest checkpoint
    QElapsedTimer since_step_, since_reachable_;
    double age_at_start_ = -1;  ///< of the last step when since_step_ was started
    bool arrived_ = false;      ///< a step has arrived since it is watched
    bool was_alive_ = false;
    bool lock_seen_ = false;  ///< the lock of its process can be seen from this machine
};

}  // namespace denoise::ui
