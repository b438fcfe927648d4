#include "engine/scheduler/scheduler.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/cancelled.h"
#include "engine/base/crash_note.h"
#include "engine/base/log.h"
#include "engine/base/processors.h"
#include "engine/device/memory_errors.h"
#include "engine/network/openmp_waiting.h"
#include "engine/network/stop_check.h"

namespace denoise {
namespace {

using std::chrono::milliseconds;

/// Lowers the priority below that of the window's thread. OpenMP threads started by the calling thread
/// inherit it.
void lower_priority() {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), 10);
}

/// How a job ends if a part of it throws.
struct Ending {
    Outcome outcome = Outcome::done;
    Error error = {};
};

Error no_memory() {
    return {"There is not enough memory",
            "the network or the number of images at once is too large for this machine",
            "Choose a smaller batch or base width, or fewer images", "batch_size"};
}

Error no_card_memory() {
    return {"There is not enough memory on the graphics card",
            "the network or the number of images at once is too large for it, or other programs use it",
            "Choose a smaller batch or base width, fewer images, or the device cpu", "batch_size"};
}

Error error_of(const c10::Error& error) {
    switch (memory_error(error)) {
        case MemoryError::graphics_card:
            release_kept_memory();
            return no_card_memory();
        case MemoryError::processor:
            return no_memory();
        case MemoryError::none:
            break;
    }
    return {"The engine cannot continue", error.what_without_backtrace(),
            "Try smaller settings; if it happens again, report it with this text"};
}

template <class Part>
std::optional<Ending> guarded(const Part& part) {
    try {
        part();
        return std::nullopt;
    } catch (const Cancelled&) {
        return Ending{Outcome::cancelled};
    } catch (const Error& error) {
        return Ending{Outcome::failed, error};
    } catch (const c10::Error& error) {
        return Ending{Outcome::failed, error_of(error)};
    } catch (const std::bad_alloc&) {
        return Ending{Outcome::failed, no_memory()};
    } catch (const std::exception& exception) {
        return Ending{Outcome::failed,
                      {"The engine cannot continue", exception.what(), "Report it with this text"}};
    }
}

template <class Kind, class... Kinds>
constexpr bool is_one_of = (std::is_same_v<Kind, Kinds> || ...);

bool is_request(const Command& command) {
    return std::visit(
        [](const auto& each) {
            return is_one_of<std::decay_t<decltype(each)>, LoadDataset, ForecastTraining, StartTraining,
                             ResumeTraining, OpenModel, Sample, Predict, Encode, ConvertModel, Evaluate>;
        },
        command);
}

}  // namespace

std::unique_ptr<Engine> make_engine(const EngineOptions& options) {
    return std::make_unique<Scheduler>(options);
}

Scheduler::Scheduler(const EngineOptions& options, std::function<Clock::time_point()> now)
    : options_(options),
      now_(std::move(now)),
      datasets_([this](const JobProgress& progress) { emit(progress); }, [this] { inbox_.put(Wake{}); }),
      samples_(options.trajectory_bytes),
      executions_(options.threads, options.device),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Scheduler::~Scheduler() {
    ending_ = true;
    thread_.request_stop();
    inbox_.put(Wake{});
    thread_.join();
}

JobId Scheduler::post(Command command) {
    const JobId id = is_request(command) ? ++last_id_ : 0;
    const bool stops =
        std::holds_alternative<StopTraining>(command) || std::holds_alternative<DiscardTraining>(command);
    // Before the command is there, because taking it up removes it again.
    if (const auto* cancel = std::get_if<Cancel>(&command)) cancelled_.add(cancel->job);
    inbox_.put(Posted{id, std::move(command)});
    // Afterwards, so that it is not cleared before the command is there.
    if (stops) stopped_until_ = last_id_.load();
    return id;
}

bool Scheduler::ends_within_step(const Job& job) const {
    return ending_ || cancelled_.has(job.id()) || (&job == training_ && stopped_until_ >= job.id());
}

std::vector<Event> Scheduler::take_events() {
    auto events = events_.take_all();
    return {std::make_move_iterator(events.begin()), std::make_move_iterator(events.end())};
}

std::vector<Event> Scheduler::wait_events(milliseconds timeout) {
    auto events = events_.wait_for_any(timeout);
    return {std::make_move_iterator(events.begin()), std::make_move_iterator(events.end())};
}

Emit Scheduler::emitter() {
    return [this](JobEvent event) {
        std::visit([this](auto&& each) { emit(std::forward<decltype(each)>(each)); }, std::move(event));
    };
}

void Scheduler::run(const std::stop_token& stop) {
    if (options_.yield) lower_priority();
    limit_active_waiting();
    at::set_num_threads(options_.threads > 0 ? options_.threads : default_threads());
    while (!stop.stop_requested()) {
        const std::optional<Ending> ending = guarded([this] { take_turn(); });
        if (!ending) continue;  // otherwise memory ran out beside a job
        guarded([&] { emit(Problem{0, ending->error}); });
        std::this_thread::sleep_for(milliseconds(10));
    }
    save_at_the_end();
    jobs_ = {};  // destroyed here, because their tensors belong to this thread
}

void Scheduler::take_turn() {
    stopped_until_ = 0;
    for (Inbound& item : inbox_.take_all()) take_up(item);
    Job* job = jobs_.next();
    update_state();
    if (job != nullptr)
        step(*job);
    else
        for (Inbound& item : inbox_.wait_for_any(milliseconds(500))) take_up(item);
}

void Scheduler::save_at_the_end() {
    if (training_ == nullptr) return;
    const std::optional<Ending> ending = guarded([this] {
        training_->cancel();
        while (training_->closing()) {
            if (training_->ready())
                training_->step();
            else
                std::this_thread::sleep_for(milliseconds(50));
        }
    });
    if (!ending && (!training_->is_open() || training_->ended())) return;
    // Nobody takes events any more.
    const std::string what =
        ending ? one_line(ending->error)
               : "The last steps of " + training_->run().folder().string() + " could not be saved";
    log(LogLevel::error, what);
    keep_crash_note(what);
}

void Scheduler::take_up(Inbound& item) {
    auto* posted = std::get_if<Posted>(&item);
    if (posted == nullptr) return;
    const JobId id = posted->id;
    if (const auto* cancel = std::get_if<Cancel>(&posted->command)) cancelled_.remove(cancel->job);
    const std::optional<Ending> ending = guarded([&] {
        // A request may read files of a drive that does not answer.
        const StopScope stop([this, id] { return id != 0 && (ending_ || cancelled_.has(id)); });
        std::visit([&](const auto& command) { accept(id, command); }, posted->command);
    });
    if (!ending) return;
    if (id != 0)
        end(id, ending->outcome, ending->error);
    else
        emit(Problem{0, ending->error});
}

void Scheduler::step(Job& job) {
    const JobId id = job.id();
    const Clock::time_point begin = now_();
    bool more = true;
    const std::optional<Ending> ending = guarded([&] {
        const StopScope stop([this, &job] { return ends_within_step(job); });
        more = job.step();
    });
    jobs_.charge(id, now_() - begin);
    // A run stays open after an error in one of its steps, so that no progress is lost.
    if (ending && training_ == &job && training_->is_open()) {
        const std::optional<Ending> worse = guarded([&] { training_->pause(); });
        return emit(Problem{id, worse ? worse->error : ending->error});
    }
    if (ending)
        end(id, ending->outcome, ending->error);
    else if (!more && training_ == &job)
        end_closed(job);
    else if (!more)
        end(id, Outcome::done);
}

/// A run ends although there may be no memory for a copy of its EMA.
void Scheduler::keep_model_of(const TrainJob& job) {
    model_.reset();  // the model before would be taken for that of the run
    const std::optional<Ending> ending = guarded([&] { model_ = job.model(); });
    if (ending) emit(Problem{job.id(), ending->error});
}

void Scheduler::end(JobId id, Outcome outcome, const Error& error) {
    if (training_ != nullptr && training_->id() == id) {
        if (training_->is_open()) keep_model_of(*training_);
        training_ = nullptr;
    }
    jobs_.remove(id);
    failed_ = outcome == Outcome::failed;
    emit(JobEnded{id, outcome, error});
    update_state();
}

EngineState Scheduler::state_now() const {
    if (training_ != nullptr && training_->training()) return EngineState::training;
    if (training_ != nullptr && training_->diverged()) return EngineState::diverged;
    bool waiting = false, working = false;
    jobs_.for_each([&](const Job& job) {
        if (&job == training_ && training_->is_open()) return;
        (job.waits_for_dataset() ? waiting : working) = true;
    });
    if (waiting) return EngineState::preparing;
    if (working) return EngineState::sampling;
    if (training_ != nullptr) return EngineState::paused;
    if (failed_) return EngineState::error;
    return model_ || !datasets_.empty() ? EngineState::idle : EngineState::empty;
}

void Scheduler::update_state() {
    const EngineState now = state_now();
    if (now == announced_) return;
    announced_ = now;
    emit(StateChanged{now});
}

}  // namespace denoise
