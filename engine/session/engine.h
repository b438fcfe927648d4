#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "engine/base/compute_device.h"
#include "engine/session/commands.h"
#include "engine/session/events.h"

namespace denoise {

class Communicator;  // engine/distributed/communicator.h

/// The interface of the engine for the window and the command line, which post commands and receive events.
/// No call except wait_events() blocks, and none throws. Errors are reported by the JobEnded of a job, or by
/// a Problem.
class Engine {
  public:
    virtual ~Engine() = default;

    /// Queues a command, which takes effect between two training steps or two denoising steps. Returns the id
    /// of the job that a request becomes, and 0 for other commands.
    virtual JobId post(Command command) = 0;

    /// All events since the last call, oldest first.
    virtual std::vector<Event> take_events() = 0;

    /// Like take_events(), but waits for the first event. Returns an empty list after `timeout`.
    virtual std::vector<Event> wait_events(std::chrono::milliseconds timeout) = 0;
};

struct EngineOptions {
    int threads = 0;  ///< for jobs without their own setting; 0: one per physical core
    /// For new runs whose setting is automatic, and for all resumed runs and opened models; automatic: that
    /// of the run.
    ComputeDevice device = ComputeDevice::automatic;
    bool yield = true;  ///< run at a lower priority than the window
    /// Memory for the states of samples in full precision, from which branches start. Above this limit, every
    /// second state of the largest sample is dropped, and computed again when it is needed.
    std::size_t trajectory_bytes = std::size_t{512} << 20;
    /// The processes that train together, of which this is the first; it must outlive the engine. Null: this
    /// process trains alone.
    Communicator* group = nullptr;
};

/// Creates the engine. The main thread must have created a QCoreApplication. The destructor of the engine
/// cancels all jobs, saves a run in training, and waits for this to finish.
std::unique_ptr<Engine> make_engine(const EngineOptions& options = {});

}  // namespace denoise
