#include "engine/session/worker/worker.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include <ATen/CPUGeneratorImpl.h>

#include "engine/diffusion/variational_bound.h"
#include "engine/session/runs.h"

namespace denoise {
namespace {

using std::chrono::milliseconds;

/// Makes the calling thread yield to the window's; the OpenMP pool that it starts inherits this.
void lower_priority() {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), 10);
}

int threads_for(int wished) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return wished > 0 ? wished : std::max(1, cores - 1);
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
    thread_.request_stop();
    job_stop_.request_stop();
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
    at::set_num_threads(threads_for(options_.threads));
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

// -------------------------------------------------------------------------------------------------------
// training

void Worker::begin_training(TrainingRun run) {
    run_.emplace(std::move(run));
    model_.reset();
    diverged_ = false;
    failed_ = false;
    training_ = true;
    at::set_num_threads(threads_for(run_->header().config.training.threads > 0
                                        ? run_->header().config.training.threads
                                        : options_.threads));
    emit(run_->opened());
    update_state();
}

void Worker::handle(const StartTraining& command) {
    if (run_)
        throw Error{"Cannot start another run", "one is open for training: " + run_->folder().string(),
                    "Stop it first"};
    with_dataset(command.config.dataset, [this, command] {
        const auto folder =
            command.folder.empty() ? new_run_folder(default_runs_folder(), dataset_->name) : command.folder;
        begin_training(TrainingRun::start(command.config, dataset_, folder));
    });
}

void Worker::handle(const ResumeTraining& command) {
    if (run_)
        throw Error{"Cannot resume a run", "another is open for training: " + run_->folder().string(),
                    "Stop it first"};
    const RunHeader header = read_run_header(command.folder);
    with_dataset(header.config.dataset, [this, command] {
        RunFolder folder = RunFolder::open(command.folder);
        std::vector<Error> passed_over;
        Checkpoint checkpoint = load_newest_checkpoint(command.folder, &passed_over);
        for (const Error& error : passed_over)
            emit(Notice{"A damaged checkpoint was passed over: " + error.why});
        if (dataset_->fingerprint != checkpoint.header.dataset_fingerprint)
            emit(Notice{
                "The dataset has changed since this run began; it goes on with the images as they are now"});
        begin_training(TrainingRun::resume(std::move(folder), std::move(checkpoint), dataset_, command));
    });
}

void Worker::handle(const PauseTraining&) {
    if (!training_now()) return;
    training_ = false;
    save_run();
    report_progress();
}

void Worker::handle(const ContinueTraining&) {
    if (!run_) throw Error{"Cannot continue", "no run is open for training", "Start or resume one"};
    if (diverged_) {
        run_->rewind();
        diverged_ = false;
        emit(Notice{"Training goes on from step " + std::to_string(run_->trainer().steps_done()) +
                    " with half the learning rate"});
        emit(run_->opened());
    }
    run_->set_status(RunStatus::running);
    failed_ = false;
    training_ = true;
}

void Worker::handle(const StepTraining&) {
    if (!run_ || diverged_)
        throw Error{"Cannot do a step", "no run is open for training", "Start or resume one"};
    ++single_steps_;
    training_ = true;
}

void Worker::handle(const StopTraining&) {
    after_loading_ = {};
    if (run_) end_training(false, !diverged_);
}

void Worker::handle(const DiscardTraining&) {
    after_loading_ = {};
    if (run_) end_training(false, false);
}

void Worker::handle(const SaveCheckpoint&) {
    if (!run_ || diverged_)
        throw Error{"Cannot save a checkpoint", "no run is open for training", "Start or resume one"};
    save_run();
}

void Worker::save_run() {
    try {
        if (run_->unsaved()) emit(run_->save());
        run_->flush_metrics();
    } catch (const Error& error) {
        run_->postpone_save();
        emit(Failed{error});  // training goes on: what it has learned is still in memory
    }
}

void Worker::end_training(bool completed, bool save) {
    training_ = false;
    diverged_ = false;
    single_steps_ = 0;
    const TrainerState& state = run_->trainer().state();
    TrainingEnded ended{run_->folder(), state.step, completed};
    // What was learned stays at hand for sampling, whether or not the disk takes it.
    model_ = Checkpoint{run_->header(), 0, {state.step, {}, state.ema.clone(), {}, {}, {}}};
    std::optional<Error> error;
    try {
        if (save && run_->unsaved()) emit(run_->save());
        run_->flush_metrics();
        run_->set_status(completed ? RunStatus::finished : RunStatus::stopped);
    } catch (const Error& caught) {
        error = caught;
    }
    run_.reset();
    emit(ended);
    if (error) fail(*error);
    update_state();
}

void Worker::training_step() {
    guarded([this] {
        StepMetrics metrics;
        const TrainStep result = run_->step(metrics);
        emit(MetricsBatch{{metrics}});
        if (!result.finite) {
            training_ = false;
            diverged_ = true;
            single_steps_ = 0;
            run_->flush_metrics();
            run_->set_status(RunStatus::stopped);
            throw Error{"Training has paused: the loss is not a number any more",
                        "step " + std::to_string(metrics.step) + " at learning rate " +
                            format_setting(metrics.learning_rate) +
                            " gave NaN or infinity; the weights before it and the last checkpoint are intact",
                        "Continue to go back to the last checkpoint with half the learning rate, or stop"};
        }
        if (run_->budget_used()) {
            report_progress();
            draw_preview();
            end_training(true, true);
            return;
        }
        if (single_steps_ > 0 && --single_steps_ == 0) training_ = false;
        if (Clock::now() >= next_report_) report_progress();
        if (run_->save_due()) save_run();
        if (training_ && run_->preview_due()) draw_preview();
    });
}

void Worker::report_progress() {
    next_report_ = Clock::now() + milliseconds(200);
    try {
        run_->flush_metrics();
    } catch (const Error&) {
        // The next save reports a full disk, with more to say about it.
    }
    emit(run_->progress());
    emit(TimestepLosses{run_->trainer().timestep_losses()});
}

void Worker::draw_preview() {
    if (job_running_) return;
    const SampleRequest request{.sampler = SamplerKind::ddim,
                                .count = 16,
                                .steps = std::min(20, run_->header().config.schedule.timesteps),
                                .frames = false};
    const auto begin = Clock::now();
    SamplingModel model = current_model();
    const ImageBatch images = to_images(draw_samples(model, request, {}, closing_));
    emit(PreviewReady{run_->trainer().steps_done(), images});
    run_->save_preview(images, std::chrono::duration<double>(Clock::now() - begin).count());
}

// ------------------------------------------------------------------------------------ models, sampling,
// evaluation

void Worker::handle(const OpenModel& command) {
    if (run_)
        throw Error{"Cannot open another model", "a run is open for training: " + run_->folder().string(),
                    "Stop it first"};
    std::vector<Error> passed_over;
    model_ = load_newest_checkpoint(command.path, &passed_over);
    for (const Error& error : passed_over) emit(Notice{"A damaged checkpoint was passed over: " + error.why});
    failed_ = false;
    RunOpened event;
    std::error_code code;
    const RunHeader& header = model_->header;
    if (std::filesystem::is_directory(command.path, code)) {
        event.folder = command.path;
        event.history = read_metrics(command.path);
    }
    event.config = header.config;
    event.parts = describe_unet(header.config.unet, header.channels, header.height, header.width);
    event.channels = header.channels;
    event.height = header.height;
    event.width = header.width;
    event.step = model_->state.step;
    emit(std::move(event));
}

SamplingModel Worker::current_model() {
    if (run_) return sampling_model(run_->header(), run_->trainer().state());
    if (model_) return sampling_model(model_->header, model_->state);
    throw Error{"There is no model to sample with", "none has been trained or opened",
                "Train one, or open a run"};
}

void Worker::handle(const Sample& command) {
    if (!run_ && !model_) current_model();  // throws
    const int id = next_sample_id_++;
    jobs_.emplace_back(id, [this, id, request = command.request] { sample(id, request); });
}

void Worker::handle(const CancelSampling&) {
    for (const auto& [id, job] : jobs_)
        if (id != 0) emit(SampleEnded{id, true, 0, {}});
    std::erase_if(jobs_, [](const auto& job) { return job.first != 0; });
    job_stop_.request_stop();
}

void Worker::handle(const CancelEvaluation&) {
    std::erase_if(jobs_, [](const auto& job) { return job.first == 0; });
    job_stop_.request_stop();
}

void Worker::handle(const Evaluate& command) {
    if (!run_ && !model_) current_model();  // throws
    with_dataset(command.dataset, [this, command] {
        jobs_.emplace_back(0, [this, command, dataset = dataset_] { evaluate(command, dataset); });
    });
}

void Worker::run_next_job() {
    const Job job = std::move(jobs_.front().second);
    jobs_.pop_front();
    job_running_ = true;
    failed_ = false;
    job_stop_ = std::stop_source();
    if (closing_.stop_requested()) job_stop_.request_stop();
    update_state();
    guarded(job);
    job_running_ = false;
    update_state();
}

void Worker::between_job_steps(Clock::time_point& step_begin) {
    const auto took = Clock::now() - step_begin;
    const auto until = Clock::now() + took;
    take_inbox();
    while (training_now() && Clock::now() < until && !closing_.stop_requested()) training_step();
    if (closing_.stop_requested()) job_stop_.request_stop();
    step_begin = Clock::now();
}

void Worker::sample(int id, const SampleRequest& request) {
    const auto begin = Clock::now();
    SamplingModel model = current_model();
    const NoiseSchedule schedule = make_schedule(model.config.schedule);
    const SamplerPlan plan = plan_for(request, schedule.timesteps());
    SampleRequest actual = request;
    actual.steps = static_cast<int>(plan.timesteps.size());
    emit(SampleStarted{id, actual, plan.timesteps, schedule.alpha_bar, model.step});
    auto step_begin = Clock::now();
    const auto callback = [&](const Step& step) {
        if (request.frames) emit(SampleFrame{id, step.i, step.t, to_images(step.x_t), to_images(step.x0)});
        between_job_steps(step_begin);
    };
    SampleEnded ended{id, true, 0, {}};
    try {
        ended.images = to_images(draw_samples(model, request, callback, job_stop_.get_token()));
        ended.cancelled = false;
    } catch (const Cancelled&) {
    } catch (...) {
        emit(ended);
        throw;
    }
    ended.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    emit(std::move(ended));
}

void Worker::evaluate(const Evaluate& command, const std::shared_ptr<const Dataset>& dataset) {
    SamplingModel model = current_model();
    const ImageBatch& all = dataset->images;
    if (all.channels != model.channels || all.height != model.height || all.width != model.width)
        throw Error{"Cannot evaluate on this dataset",
                    "its images are " + std::to_string(all.channels) + " x " + std::to_string(all.height) +
                        " x " + std::to_string(all.width) + ", the model's " +
                        std::to_string(model.channels) + " x " + std::to_string(model.height) + " x " +
                        std::to_string(model.width),
                    "Choose a dataset of the same size, or set image_size and colour"};
    const ImageBatch images =
        thumbnails_of(*dataset, static_cast<int>(std::clamp<std::int64_t>(command.count, 1, all.count)));
    const DiffusionModel diffusion = model.diffusion();
    const int T = diffusion.schedule.timesteps();
    auto generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<std::uint64_t>(command.seed));
    auto step_begin = Clock::now();
    EvaluationEnded ended;
    ended.images = images.count;
    try {
        const VariationalBound bound = variational_bound(
            diffusion, to_tensor(images), generator,
            [&](int done) {
                emit(EvaluationProgress{done, T});
                between_job_steps(step_begin);
            },
            job_stop_.get_token());
        ended.total_bits_per_dim = bound.total();
        ended.prior_bits_per_dim = bound.prior;
        ended.terms = bound.terms;
    } catch (const Cancelled&) {
        ended.cancelled = true;
    }
    emit(std::move(ended));
}

}  // namespace denoise
