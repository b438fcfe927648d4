// Worker: opening models, sampling and evaluation.

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

#include "engine/diffusion/variational_bound.h"
#include "engine/session/runs.h"
#include "engine/session/worker/worker.h"

namespace denoise {

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
