#include "engine/jobs/model_jobs.h"

#include <chrono>
#include <limits>
#include <numeric>

#include "engine/base/elapsed.h"
#include "engine/device/devices.h"
#include "engine/device/transfer.h"
#include "engine/jobs/evaluation.h"
#include "engine/jobs/sample_count.h"
#include "engine/jobs/tensors.h"
#include "engine/model/checkpoint.h"
#include "engine/runs/run_files.h"

namespace denoise {
namespace {

using Clock = std::chrono::steady_clock;

SampleStarted describe(JobId id, const SamplingSetup& setup) {
    SampleStarted started;
    started.job = id;
    started.request = setup.request;
    started.timesteps = setup.plan.timesteps;
    started.alpha_bar = make_schedule(setup.model.config().schedule).alpha_bar;
    started.model_step = setup.model.step;
    started.first_step = setup.start.i;
    started.branches = setup.branches;
    started.execution = setup.execution;
    started.speeds = setup.speeds;
    if (setup.model.config().unet.classes > 0) started.class_names = setup.model.header.class_names;
    return started;
}

void check_branch(const SampleStore::Sample& origin, const Branch& branch) {
    const int first = origin.setup.start.i, steps = static_cast<int>(origin.setup.plan.timesteps.size());
    const std::int64_t count = origin.setup.start.x.size(0);
    const std::string what =
        "Cannot branch at step " + std::to_string(branch.step) + " of image " + std::to_string(branch.image);
    if (branch.step < first || branch.step >= steps)
        throw Error{what,
                    "the sampler's steps are " + std::to_string(first) + " to " + std::to_string(steps - 1),
                    "Choose one of them"};
    if (branch.image < 0 || branch.image >= count)
        throw Error{what, "the images are 0 to " + std::to_string(count - 1), "Choose one of them"};
    if (origin.trajectory.empty())
        throw Error{what, "inpainting does not support branches", "Branch from another sample"};
}

/// The state from which a branch starts. It is computed again if it was not kept.
Work<SamplerState> find_state(SampleStore::Sample origin, Branch branch) {
    const auto again = [&origin](SamplerState state) {
        return continue_sampling(origin.setup, std::move(state));
    };
    Work<SamplerState, Step> work = state_at(origin.trajectory, branch.step, again);
    while (work.step()) {
        const Step& step = work.report();
        co_yield Progress(step.i, branch.step, "computing the steps before the branch");
    }
    co_return work.result();
}

/// The root mean square of each image of `x` [B,C,H,W], as float64 [B] in the memory of the processor.
torch::Tensor root_mean_squares(const torch::Tensor& x) {
    return x.detach().to(torch::kFloat64).square().flatten(1).mean(1).sqrt().contiguous().cpu();
}

/// `x0_before`: the prediction of the step before; undefined at the first step.
SampleFrame frame_of(JobId id, const Step& step, const torch::Tensor& x0_before) {
    const torch::Tensor x_t = root_mean_squares(step.x_t), x0 = root_mean_squares(step.x0),
                        eps = root_mean_squares(step.eps);
    const torch::Tensor change = x0_before.defined()
                                     ? root_mean_squares(step.x0 - x0_before)
                                     : torch::full_like(x0, std::numeric_limits<double>::quiet_NaN());
    SampleFrame frame{id,
                      step.i,
                      step.t,
                      to_images(step.x_t),
                      to_images(step.x0),
                      to_images(step.eps),
                      std::vector<StepNorms>(static_cast<std::size_t>(x_t.size(0)))};
    for (std::size_t k = 0; k < frame.norms.size(); ++k)
        frame.norms[k] = {x_t.data_ptr<double>()[k], x0.data_ptr<double>()[k], eps.data_ptr<double>()[k],
                          change.data_ptr<double>()[k]};
    return frame;
}

/// A network that adds the number of images that it evaluates to `images`.
ConditionalDenoiser counting(ConditionalDenoiser network, std::shared_ptr<std::int64_t> images) {
    return [network = std::move(network), images = std::move(images)](
               const torch::Tensor& x_t, const torch::Tensor& t, const torch::Tensor& labels) mutable {
        *images += x_t.size(0);
        return network(x_t, t, labels);
    };
}

/// The sum of the steps, where the first one, in which LibTorch prepares what later samples need no more,
/// counts as the mean of the others.
double sampler_seconds(const std::vector<double>& steps) {
    const double sum = std::accumulate(steps.begin(), steps.end(), 0.0);
    const auto count = static_cast<double>(steps.size());
    return steps.size() < 2 ? sum : (sum - steps.front()) * count / (count - 1);
}

}  // namespace

Work<void> run_sample(JobId id, Emit emit, SampleStore& store, SamplingExecutions& executions, Model model,
                      Sample job) {
    const Clock::time_point begin = Clock::now();
    const SampleRequest& request = job.request;
    check_memory(model, image_count(request), executions.device());
    SamplingSetup setup;
    if (request.branch) {
        const SampleStore::Sample origin = store.find(request.branch->job);
        check_branch(origin, *request.branch);
        const SamplerState state = co_await find_state(origin, *request.branch);
        setup = branch_off(origin.setup, request, state);
    } else {
        const std::int64_t count = image_count(request);
        const double images = evaluated_images(model, request, count);
        const SamplingChoice choice = co_await executions.choose(model, request, count, images);
        setup = set_up(model, denoiser_of(model, choice.execution), request, choice.execution.device);
        setup.execution = choice.execution;
        if (!choice.timings.empty()) setup.speeds = describe_timings(choice.timings);
    }
    SampleStarted started = describe(id, setup);
    started.model = job.model;
    started.keep_states = job.keep_states;
    emit(std::move(started));
    if (job.keep_states) store.add(id, setup);
    const int steps = static_cast<int>(setup.plan.timesteps.size());
    const bool records = job.keep_states && !setup.request.inpainting;
    const auto images_evaluated = std::make_shared<std::int64_t>(0);
    setup.denoiser = counting(std::move(setup.denoiser), images_evaluated);
    Sampling sampling = start_sampling(setup);
    std::vector<double> step_seconds;
    torch::Tensor x0_before;
    while (true) {
        const Clock::time_point step_begin = Clock::now();
        const bool more = sampling.step();
        wait_for(setup.execution.device);
        step_seconds.push_back(seconds_since(step_begin));
        if (!more) break;
        const Step& step = sampling.report();
        if (records) store.record(id, step);
        if (request.frames) emit(frame_of(id, step, x0_before));
        x0_before = step.x0;
        co_yield Progress(step.i + 1, steps, "denoising");
    }
    const torch::Tensor x0 = sampling.result();
    SampleResult result;
    result.job = id;
    result.seconds = seconds_since(begin);
    result.sampler_seconds = sampler_seconds(step_seconds);
    result.evaluations = static_cast<double>(*images_evaluated) / static_cast<double>(x0.size(0));
    result.images = to_images(x0);
    if (request.exact) result.x0 = to_numbers(x0);
    emit(std::move(result));
}

Work<void> run_predict(JobId id, Emit emit, Model model, Predict request, ComputeDevice device) {
    const torch::Tensor x_t = checked_input(model, request.x_t, "input");
    check_memory(model, x_t.size(0), device);
    const int T = model.config().schedule.timesteps;
    if (request.timestep < 0 || request.timestep >= T)
        throw Error{"There is no timestep " + std::to_string(request.timestep),
                    "the model's timesteps are 0 to " + std::to_string(T - 1), "Choose one of them"};
    const UNetConfig& unet = model.config().unet;
    torch::Tensor labels;
    if (request.label >= 0 || (unet.classes > 0 && !unet.unlabelled_class))
        labels = labels_of(model, request.label, x_t.size(0));
    const torch::Tensor t = torch::full({x_t.size(0)}, request.timestep, torch::kInt64);
    Execution exact = execution_of(model.header, device);
    exact.bfloat16 = false;
    if (is_graphics_card(exact.device)) exact.kernels = Kernels::plain;  // without TF32
    emit(Computed{id, to_numbers(denoiser_of(model, exact)(x_t, t, labels))});
    co_return;
}

Work<void> run_encode(JobId id, Emit emit, Model model, Encode request, ComputeDevice device) {
    const ImageBatch& images = request.images;
    const RunHeader& header = model.header;
    if (images.channels != header.channels || images.height != header.height || images.width != header.width)
        throw Error{"Cannot encode these pictures", "they do not have the size of the model's images",
                    "Resize them to " + std::to_string(header.width) + " x " + std::to_string(header.height)};
    check_memory(model, images.count, device);
    const Execution execution = execution_of(model.header, device);
    DiffusionModel diffusion =
        diffusion_model(model, denoiser_of(model, execution), labels_of(model, request.label, images.count));
    diffusion.clipping = Clipping::none;  // clipped values could not be reconstructed
    SampleRequest plan_request;
    plan_request.steps = request.steps;
    SamplerPlan plan = plan_for(model, plan_request);
    const int steps = static_cast<int>(plan.timesteps.size());
    Sampling encoding = encode_ddim(std::move(diffusion), std::move(plan),
                                    sent_to(torch_device(execution.device), to_tensor(images)));
    while (encoding.step()) {
        const Step& step = encoding.report();
        co_yield Progress(steps - step.i, steps, "encoding");
    }
    emit(Computed{id, to_numbers(encoding.result())});
}

Work<void> run_convert(JobId id, Emit emit, Model model, ConvertModel request) {
    require_outside_runs(request.path);
    if (request.format == ModelFormat::diffusers)
        save_as_diffusers(model, request.path);
    else
        save_weights(request.path, model, request.format == ModelFormat::safetensors_half);
    emit(ModelConverted{id, request.path});
    co_return;
}

Work<void> run_evaluate(JobId id, Emit emit, SamplingExecutions& executions, Model model, Evaluate request,
                        std::shared_ptr<const Dataset> dataset) {
    const std::function<void(std::string)> notice = [&](std::string text) {
        emit(Notice{id, std::move(text)});
    };
    EvaluationResult result = co_await evaluate(model, request, *dataset, executions, notice);
    result.job = id;
    emit(std::move(result));
}

}  // namespace denoise
