#pragma once

#include <functional>
#include <string>

#include "engine/runs/queue_file.h"
#include "engine/session/commands.h"
#include "engine/session/events.h"

namespace denoise {

/// Trains the runs of a queue one after the other, for the window and the command line: it is told every
/// event of an engine, and posts commands to it. A run that fails or diverges is marked with its message, and
/// the next one starts. While another run is open in the engine, the queue waits for its end.
class QueueDriver {
  public:
    using Post = std::function<JobId(Command)>;
    using Report = std::function<void(const Error&)>;

    /// `report` gets the errors of the queue's file, in spite of which the queue goes on.
    QueueDriver(QueueFile& file, Post post, Report report);

    /// Whether it works through the queue.
    bool is_on() const { return on_; }
    /// The id of the run in training; 0: none.
    std::int64_t current() const { return current_; }
    JobId job() const { return job_; }  ///< of this run; 0: none
    /// Of the run in training; negative: unknown.
    double remaining_seconds() const { return current_ != 0 ? remaining_ : -1; }

    /// Throws Error if another program works through the queue, or if no run waits.
    void start();
    /// Saves the run in training, which waits then at its place, and stops working.
    void pause();
    /// The same for a program that ends: the queue stays active, so that it can be continued.
    void interrupt();
    /// The program closes the run itself before it ends. `closing` false: it goes on.
    void set_closing(bool closing) { closing_ = closing; }

    void take(const Event& event);

  private:
    void on(const StateChanged& event);
    void on(const Problem& event);
    void on(const RunOpened& event);
    void on(const RunChanged& event);
    void on(const TrainingProgress& event);
    void on(const CheckpointSaved& event);
    void on(const TrainingEnded& event);
    void on(const JobEnded& event);
    template <class Other>
    void on(const Other&) {}

    void go_on();
    void begin(const QueuedRun& run);
    void end_current(QueuedState state, const std::string& message);
    void fail_if_diverged();
    void turn_off(bool active);
    void change(const std::function<void(RunQueue&)>& action);
    void change_current(const std::function<void(QueuedRun&)>& action);

    QueueFile& file_;
    Post post_;
    Report report_;
    EngineState state_ = EngineState::empty;
    bool on_ = false, pausing_ = false, closing_ = false;
    std::int64_t current_ = 0;
    JobId job_ = 0;
    bool completed_ = false;
    double fraction_ = 0, remaining_ = -1;
    std::optional<Error> problem_;  ///< of the run in training, the last one
    std::optional<Error> failure_;  ///< why it is being closed
};

}  // namespace denoise
