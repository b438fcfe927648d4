#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "engine/session/commands.h"
#include "engine/session/events.h"

namespace denoise {

/// The only door to the engine for the window and the command line: commands in, events out. No call blocks
/// on work in progress and none throws; an error arrives as a Failed event.
class Engine {
  public:
    virtual ~Engine() = default;

    /// Queues a command; it takes effect between two training steps or two denoising steps.
    virtual void post(Command command) = 0;

    /// All events since the last call, oldest first.
    virtual std::vector<Event> take_events() = 0;

    /// take_events() as soon as there is one, or an empty list after `timeout`.
    virtual std::vector<Event> wait_events(std::chrono::milliseconds timeout) = 0;
};

struct EngineOptions {
    int threads = 0;    ///< for every job but a run that sets its own; 0: all cores but one, at least one
    bool yield = true;  ///< run at a lower priority than the window
};

/// The real engine. The main thread must have made a QCoreApplication before. Its destructor cancels what is
/// running, saves a run in training, and waits for both.
std::unique_ptr<Engine> make_engine(const EngineOptions& options = {});

}  // namespace denoise
