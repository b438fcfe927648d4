// Worker: opening models, and the jobs that use them.

#include <algorithm>

#include "engine/diffusion/editing.h"
#include "engine/session/runs.h"
#include "engine/session/worker/model_files.h"
#include "engine/session/worker/worker.h"

namespace denoise {

void Worker::handle(const OpenModel& command) {
    if (run_)
        throw Error{"Cannot open another model", "a run is open for training: " + run_->folder().string(),
                    "Stop it first"};
    std::vector<Error> passed_over;
    model_ = open_model(command.path, &passed_over);
    for (const Error& error : passed_over) emit(Notice{"A damaged checkpoint was passed over: " + error.why});
    failed_ = false;
    RunOpened event = describe_model(model_->header);
    std::error_code code;
    if (std::filesystem::exists(command.path / "run.json", code)) {
        event.folder = command.path;
        event.history = read_metrics(command.path);
    }
    event.step = model_->state.step;
    emit(std::move(event));
    if (!model_->state.timestep_losses.empty()) emit(TimestepLosses{model_->state.timestep_losses});
}

void Worker::require_model() const {
    if (!run_ && !model_)
        throw Error{"There is no model to sample with", "none has been trained or opened",
                    "Train one, or open a run"};
}

SamplingModel Worker::current_model() {
    require_model();
    if (run_) return sampling_model(run_->header(), run_->trainer().state());
    return sampling_model(model_->header, model_->state);
}

void Worker::handle(const Sample& command) {
    require_model();
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
    EvaluationEnded ended;
    ended.cancelled = true;
    if (std::erase_if(jobs_, [](const auto& job) { return job.first == 0; }) > 0) emit(std::move(ended));
    job_stop_.request_stop();
}

void Worker::add_job(Job job) {
    require_model();
    jobs_.emplace_back(0, std::move(job));
}

void Worker::handle(const Evaluate& command) {
    require_model();
    with_dataset(command.dataset, [this, command] {
        add_job([this, command, dataset = dataset_] { evaluate(command, dataset); });
    });
}

void Worker::handle(const Predict& command) {
    add_job([this, command] {
        SamplingModel model = current_model();
        const auto x_t = checked_input(model, command.x_t, "input");
        const int T = model.config.schedule.timesteps;
        if (command.timestep < 0 || command.timestep >= T)
            throw Error{"There is no timestep " + std::to_string(command.timestep),
                        "the model's timesteps are 0 to " + std::to_string(T - 1), "Choose one of them"};
        torch::Tensor labels;
        if (command.label >= 0 || (model.config.unet.classes > 0 && !model.config.unet.unlabelled_class))
            labels = model.labels(command.label, x_t.size(0));
        const auto t = torch::full({x_t.size(0)}, command.timestep, torch::kInt64);
        // In float32 whatever the run's precision is: who asks for numbers wants to compare them.
        emit(Computed{to_numbers(predict(model.network, x_t, t, labels, /*bfloat16=*/false))});
    });
}

void Worker::handle(const Encode& command) {
    add_job([this, command] {
        SamplingModel model = current_model();
        const ImageBatch& images = command.images;
        if (images.channels != model.channels || images.height != model.height || images.width != model.width)
            throw Error{"Cannot encode these pictures", "they are not of the model's size",
                        "Give them in " + std::to_string(model.width) + " x " + std::to_string(model.height)};
        DiffusionModel diffusion = model.diffusion(model.labels(command.label, images.count));
        diffusion.clipping = Clipping::none;  // what is clipped on the way cannot be found again
        const SamplerPlan plan = plan_for({.steps = command.steps}, diffusion.schedule);
        auto step_begin = Clock::now();
        const auto x_T = encode_ddim(
            diffusion, plan, to_tensor(images),
            [&](const Step& step) {
                emit(EvaluationProgress{static_cast<std::int64_t>(plan.timesteps.size()) - step.i,
                                        static_cast<std::int64_t>(plan.timesteps.size()), "encoding"});
                between_job_steps(step_begin);
            },
            job_stop_.get_token());
        emit(Computed{to_numbers(x_T)});
    });
}

void Worker::handle(const ConvertModel& command) {
    add_job([this, command] {
        const RunHeader& header = run_ ? run_->header() : model_->header;
        const TrainerState& state = run_ ? run_->trainer().state() : model_->state;
        export_model(header, state, command.format, command.path);
        emit(ModelConverted{command.path});
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
    const SamplerPlan plan = plan_for(request, schedule);
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
        const auto x0 = draw_samples(model, request, callback, job_stop_.get_token());
        ended.images = to_images(x0);
        if (request.exact) ended.x0 = to_numbers(x0);
        ended.cancelled = false;
    } catch (const Cancelled&) {
    } catch (...) {
        emit(ended);
        throw;
    }
    ended.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    emit(std::move(ended));
}

}  // namespace denoise
