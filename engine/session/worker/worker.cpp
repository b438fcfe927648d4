#include "engine/session/worker/worker.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace denoise {
namespace {

using std::chrono::milliseconds;

/// Makes the calling thread yield to the window's; the OpenMP pool that it starts inherits this.
void lower_priority() {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), 10);
}

}  // namespace

std::unique_ptr<Engine> make_engine(const EngineOptions& options) {
    return std::make_unique<Worker>(options);
}

Worker::Worker(const EngineOptions& options)
    : options_(options),
      loader_(
          [this](std::int64_t done, std::int64_t total) {
              emit(LoadingProgress{done, total});
          },
          [this](LoadResult result) { inbox_.put(std::move(result)); }),
      thread_([this](std::stop_token stop) { run(stop); }) {}

Worker::~Worker() {
    thread_.request_stop();  // a job in progress sees it after its step: see between_job_steps()
    inbox_.put(Wake{});
    thread_.join();
    loader_.cancel();
}

void Worker::post(Command command) {
    inbox_.put(std::move(command));
}

std::vector<Event> Worker::take_events() {
    auto events = events_.take_all();
    return {std::make_move_iterator(events.begin()), std::make_move_iterator(events.end())};
}

std::vector<Event> Worker::wait_events(milliseconds timeout) {
    auto events = events_.wait_for_any(timeout);
    return {std::make_move_iterator(events.begin()), std::make_move_iterator(events.end())};
}

// ------------------------------------------------------------------------------------------- the thread's
// loop

void Worker::run(const std::stop_token& stop) {
    closing_ = stop;
    if (options_.yield) lower_priority();
    use_threads(options_.threads);
    while (!stop.stop_requested()) {
        take_inbox();
        if (!jobs_.empty()) {
            run_next_job();
        } else if (training_now()) {
            training_step();
        } else {
            update_state();
            for (Inbound& item : inbox_.wait_for_any(milliseconds(500))) accept(item);
        }
    }
    loader_.cancel();
    if (run_) guarded([this] { end_training(false, !diverged_); });
}

void Worker::guarded(const Job& job) {
    try {
        job();
    } catch (const Cancelled&) {
    } catch (const Error& error) {
        fail(error);
    } catch (const c10::Error& error) {
        fail({"The engine could not go on", error.what_without_backtrace(),
              "Try smaller settings; if it happens again, report it with this text"});
    } catch (const std::bad_alloc&) {
        fail({"There is not enough memory", "the network or the batch is too large for this machine",
              "Choose a smaller batch or base width"});
    } catch (const std::exception& exception) {
        fail({"The engine could not go on", exception.what(), "Report it with this text"});
    }
}

void Worker::fail(const Error& error) {
    failed_ = true;
    emit(Failed{error});
    update_state();
}

EngineState Worker::state_now() const {
    if (training_now()) return EngineState::training;
    if (diverged_) return EngineState::diverged;
    if (loading_) return EngineState::preparing;
    if (job_running_ || !jobs_.empty()) return EngineState::sampling;
    if (run_) return EngineState::paused;
    if (failed_) return EngineState::error;
    return dataset_ || model_ ? EngineState::idle : EngineState::empty;
}

void Worker::update_state() {
    const EngineState now = state_now();
    if (now == announced_) return;
    announced_ = now;
    emit(StateChanged{now});
}

void Worker::take_inbox() {
    for (Inbound& item : inbox_.take_all()) accept(item);
}

void Worker::accept(Inbound& item) {
    guarded([&] {
        if (const auto* command = std::get_if<Command>(&item))
            std::visit([this](const auto& c) { handle(c); }, *command);
        else if (auto* result = std::get_if<LoadResult>(&item))
            loading_done(std::move(*result));
    });
    update_state();
}

// -------------------------------------------------------------------------------------------------------
// datasets

void Worker::with_dataset(const DatasetConfig& config, Job then) {
    if (dataset_ && dataset_config_ == config && !loading_) return then();
    after_loading_ = std::move(then);
    failed_ = false;
    if (loading_ && loading_config_ == config) return;
    loading_ = true;
    loading_config_ = config;
    update_state();
    loader_.start(config);
}

void Worker::loading_done(LoadResult result) {
    if (!loading_ || result.config != loading_config_) return;  // another load has taken its place
    loading_ = false;
    const Job then = std::exchange(after_loading_, {});
    if (result.error) return fail(*result.error);
    if (!result.dataset) return;
    dataset_ = std::move(result.dataset);
    dataset_config_ = result.config;
    emit(describe_dataset(dataset_config_, *dataset_));
    if (const std::size_t count = dataset_->skipped.size(); count > 0) {
        const SkippedFile& first = dataset_->skipped.front();
        emit(Notice{std::to_string(count) + (count == 1 ? " file was" : " files were") +
                    " skipped, the first: " + first.path.string() + ": " + first.why});
    }
    then();
}

void Worker::handle(const LoadDataset& command) {
    if (loading_ && loading_config_ == command.config) return;
    // A dataset that is there already is announced again, so that every request has its answer.
    const bool at_hand = dataset_ && dataset_config_ == command.config && !loading_;
    if (at_hand) return emit(describe_dataset(dataset_config_, *dataset_));
    with_dataset(command.config, [] {});
}

void Worker::handle(const CancelLoading&) {
    if (!loading_) return;
    loader_.cancel();
    after_loading_ = {};
    loading_ = false;
}

void Worker::use_threads(int wished) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    at::set_num_threads(wished > 0 ? wished : std::max(1, cores - 1));
}

}  // namespace denoise
