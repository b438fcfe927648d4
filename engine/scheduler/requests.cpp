// Scheduler: the implementation of each request and command.

#include <tuple>
#include <utility>

#include "engine/jobs/forecast.h"
#include "engine/jobs/group_training.h"
#include "engine/jobs/model_jobs.h"
#include "engine/jobs/open_run.h"
#include "engine/model/stoppable_read.h"
#include "engine/runs/ema_snapshots.h"
#include "engine/runs/moved_dataset.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_list.h"
#include "engine/scheduler/scheduler.h"

namespace denoise {
namespace {

/// The work of a job without further steps.
Work<void> nothing_more() {
    co_return;
}

/// The settings with the device of EngineOptions where theirs is automatic.
RunConfig with_device(RunConfig config, ComputeDevice device) {
    if (config.training.device == ComputeDevice::automatic) config.training.device = device;
    return config;
}

/// Whether the budget of a run is used up. Sampling is possible although its state.json is damaged; the error
/// is added to `problems`.
bool is_finished(const std::filesystem::path& run, std::vector<Error>& problems) {
    try {
        return read_run_status(run) == RunStatus::finished;
    } catch (const Error& error) {
        problems.push_back({"The state of the run is unknown", error.why,
                            "Delete the file; the run then counts as stopped"});
        return false;
    }
}

}  // namespace

void Scheduler::add_work(JobId id, WorkJob::Start start, std::shared_ptr<DatasetLoad> load, JobId after) {
    jobs_.add(std::make_unique<WorkJob>(id, emitter(), std::move(start), std::move(load)), after);
}

void Scheduler::announce(JobId id, const std::shared_ptr<DatasetLoad>& load) {
    const std::shared_ptr<const Dataset> dataset = load->dataset();
    datasets_.keep(load);
    emit(describe_dataset(id, load->loaded_config(), *dataset));
    if (std::string skipped = describe_skipped(*dataset); !skipped.empty())
        emit(Notice{id, std::move(skipped)});
}

void Scheduler::accept(JobId id, const LoadDataset& request) {
    const auto load = datasets_.load(request.config, id);
    add_work(
        id,
        [this, id, load](const std::shared_ptr<const Dataset>&) -> Work<void> {
            announce(id, load);
            return nothing_more();
        },
        load);
}

// ------------------------------------------------------------------ training

void Scheduler::require_no_run(const char* what) const {
    if (training_ == nullptr) return;
    const std::string why = training_->is_open()
                                ? "one is open for training: " + training_->run().folder().string()
                                : std::string("one is waiting for its dataset");
    throw Error{what, why, "Stop it first"};
}

void Scheduler::add_training(JobId id, std::shared_ptr<DatasetLoad> load, TrainJob::Open open) {
    const bool at_hand = datasets_.holds(load->config());
    auto job = std::make_unique<TrainJob>(
        id, emitter(), load,
        [this, id, load, at_hand, open = std::move(open)](std::shared_ptr<const Dataset> dataset) {
            if (!at_hand) announce(id, load);
            return open(std::move(dataset));
        });
    training_ = job.get();
    jobs_.add(std::move(job));
}

void Scheduler::accept(JobId id, const ForecastTraining& request) {
    try {
        ForecastTraining on_device = request;
        on_device.config = with_device(request.config, options_.device);
        emit(forecast(id, on_device, options_.threads));
    } catch (const Error&) {  // incompatible settings, which the form has marked already
    }
    // Not end(), because a forecast does not change whether the last request failed.
    emit(JobEnded{id, Outcome::done, {}});
}

void Scheduler::accept(JobId id, const StartTraining& request) {
    require_no_run("Cannot start another run");
    if (options_.group) announce_training(*options_.group, request.config);
    add_training(id, datasets_.load(request.config.dataset, id),
                 [this, request](std::shared_ptr<const Dataset> dataset) {
                     StartTraining on_device = request;
                     on_device.config = with_device(request.config, options_.device);
                     return start_run(std::move(on_device), std::move(dataset), options_.threads,
                                      options_.group);
                 });
}

void Scheduler::accept(JobId id, const ResumeTraining& request) {
    require_no_run("Cannot resume a run");
    // What keeps the run from being trained is said now, and not after its dataset has been loaded.
    const auto [header, dataset_is_missing] = read_stoppably([folder = request.folder] {
        const RunHeader of_run = RunFolder::open(folder).header();
        return std::pair(of_run, is_missing(of_run.config.dataset));
    });
    DatasetConfig config = header.config.dataset;
    DatasetLoader loader;
    if (!request.dataset.empty())
        config.dataset = request.dataset;
    else if (dataset_is_missing)
        loader = [moved = MovedDataset{header, request.folder, request.known_datasets}](
                     DatasetConfig& found, const LoadProgress& progress, const std::stop_token& stop) {
            return find_and_load(moved, found, progress, stop);
        };
    if (options_.group) {
        RunConfig announced = header.config;
        announced.dataset = config;
        announce_training(*options_.group, announced);
    }
    auto load = datasets_.load(config, id, std::move(loader));
    add_training(id, load, [this, id, request, load](std::shared_ptr<const Dataset> dataset) {
        ResumeTraining found = request;
        found.dataset = load->loaded_config().dataset;
        return resume_run(id, emitter(), std::move(found), std::move(dataset), options_.threads,
                          options_.group, options_.device);
    });
}

TrainJob& Scheduler::open_run(const char* what) {
    if (training_ == nullptr || !training_->is_open())
        throw Error{what, "no run is open for training", "Start or resume one"};
    return *training_;
}

void Scheduler::accept(JobId, const PauseTraining&) {
    if (training_ != nullptr) training_->pause();
}

void Scheduler::accept(JobId, const ContinueTraining&) {
    TrainJob& job = open_run("Cannot resume");
    job.continue_training();
    if (job.ended()) end(job.id(), Outcome::done);
}

void Scheduler::accept(JobId, const StepTraining&) {
    open_run("Cannot do a step").single_step();
}

void Scheduler::accept(JobId, const SaveCheckpoint&) {
    open_run("Cannot save a checkpoint").save();
}

void Scheduler::accept(JobId, const ChangeTraining& command) {
    open_run("Cannot change the settings").change(command.config);
}

void Scheduler::close_run(bool save) {
    if (training_ == nullptr) return;
    if (training_->stop(save)) end_closed(*training_);
}

void Scheduler::end_closed(const Job& job) {
    const bool completed = &job == training_ && training_->is_open() && training_->run().budget_used();
    end(job.id(), completed ? Outcome::done : Outcome::cancelled);
}

void Scheduler::accept(JobId, const StopTraining&) {
    close_run(true);
}

void Scheduler::accept(JobId, const DiscardTraining&) {
    close_run(false);
}

void Scheduler::accept(JobId, const Cancel& command) {
    Job* job = jobs_.find(command.job);
    if (job != nullptr && job->cancel()) end_closed(*job);
}

// ------------------------------------------------------------------ models

Model Scheduler::current_model(double ema_length) {
    if (training_ != nullptr && training_->is_open()) return training_->model(ema_length);
    if (model_) return ema_lengths_.open(*model_, ema_length);
    throw Error{"There is no model", "none has been trained or opened", "Train one, or open a run"};
}

void Scheduler::accept(JobId id, const OpenModel& request) {
    require_no_run("Cannot open another model");
    std::vector<Error> passed_over;
    Model model = open_model(request.path, &passed_over);
    for (const Error& error : passed_over) emit(skipped_checkpoint(id, error));
    RunOpened event = describe_model(id, model.header);
    std::vector<Error> problems;
    std::tie(event, problems) =
        read_stoppably([event = std::move(event), path = request.path, file = model.file]() mutable {
            std::vector<Error> found;
            event.no_ema_lengths = why_no_ema_lengths(file);
            if (is_run_folder(path)) {
                event.folder = path;
                found = add_history(event, path);
                event.completed = is_finished(path, found);
            }
            return std::pair(std::move(event), std::move(found));
        });
    event.step = model.step;
    emit(std::move(event));
    for (const Error& error : problems) emit(Problem{id, error});
    if (!model.timestep_losses.empty()) emit(TimestepLosses{id, model.timestep_losses});
    if (const std::string& newer = model.header.newer_version; !newer.empty())
        emit(Notice{id, "A newer version of Denoise Lab (" + newer +
                            ") has written this model. You can sample from it, but not train it further"});
    model_ = std::move(model);
    end(id, Outcome::done);
}

void Scheduler::accept(JobId id, const Sample& request) {
    const double length = request.request.ema_length;
    const std::optional<Model> open =
        request.model.empty() ? std::optional(current_model(length)) : std::nullopt;
    add_work(
        id,
        [this, id, open, length, request](const auto&) {
            return run_sample(id, emitter(), samples_, executions_,
                              open ? *open : ema_lengths_.open(models_.open(request.model), length), request);
        },
        nullptr, request.after);
}

void Scheduler::accept(JobId id, const Predict& request) {
    add_work(id, [this, id, model = current_model(), request](const auto&) {
        return run_predict(id, emitter(), model, request, options_.device);
    });
}

void Scheduler::accept(JobId id, const Encode& request) {
    add_work(id, [this, id, model = current_model(), request](const auto&) {
        return run_encode(id, emitter(), model, request, options_.device);
    });
}

void Scheduler::accept(JobId id, const ConvertModel& request) {
    add_work(id, [this, id, model = current_model(request.ema_length), request](const auto&) {
        return run_convert(id, emitter(), model, request);
    });
}

void Scheduler::accept(JobId id, const Evaluate& request) {
    const auto load = datasets_.load(request.dataset, id);
    const bool at_hand = datasets_.holds(request.dataset);
    add_work(
        id,
        [this, id, load, at_hand, model = current_model(request.samples.ema_length),
         request](std::shared_ptr<const Dataset> dataset) {
            if (!at_hand) announce(id, load);
            return run_evaluate(id, emitter(), executions_, model, request, std::move(dataset));
        },
        load);
}

}  // namespace denoise
