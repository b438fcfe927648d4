#include "engine/training/trainer.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <limits>
#include <random>
#include <span>

#include "engine/data/intact_images.h"
#include "engine/data/prefetch.h"
#include "engine/device/devices.h"
#include "engine/device/generator.h"
#include "engine/device/precision.h"
#include "engine/device/transfer.h"
#include "engine/distributed/together.h"
#include "engine/model/ema_lengths.h"
#include "engine/network/inference.h"
#include "engine/network/stop_check.h"
#include "engine/runs/batch_parts.h"
#include "engine/runs/run_changes.h"
#include "engine/training/shared_step.h"

namespace denoise {
namespace {

/// Processors or graphics cards of different models round differently. So that the weights of processes on
/// them stay the same, they get those of process 0 after so many steps.
constexpr std::int64_t steps_with_own_rounding = 500;

/// The independent streams of random numbers of a run.
enum class Stream : std::uint64_t { weights = 1, order, batch, dropout, held_out };

std::uint64_t stream_seed(std::int64_t seed, Stream stream, std::int64_t index) {
    std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(stream),
                           static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32)};
    std::array<std::uint32_t, 2> words{};
    sequence.generate(words.begin(), words.end());
    return (std::uint64_t{words[0]} << 32) | words[1];
}

UNet seeded_network(const RunConfig& config, const ImageBatch& images, const torch::Device& device) {
    seed_generator(torch::kCPU, stream_seed(config.training.seed, Stream::weights, 0));
    UNet network(config.unet, images.channels, images.height, images.width);
    if (!device.is_cpu()) network->to(device);
    return network;
}

RunConfig checked(const RunConfig& config, const Dataset& dataset) {
    const ImageBatch& images = dataset.images;
    check_run(config, images.count, images.channels, images.height, images.width);
    return config;
}

Objective objective_of(const RunConfig& config) {
    const TrainingConfig& training = config.training;
    return {training.prediction,        training.loss,
            training.loss_weighting,    training.min_snr_gamma,
            training.timestep_sampling, config.unet.learned_variance,
            training.noise_pairing};
}

/// Puts other weights into a network and evaluation mode, during its lifetime.
class BorrowedWeights {
  public:
    BorrowedWeights(UNet& network, torch::Tensor values, const torch::Tensor& others)
        : network_(network), values_(std::move(values)), before_(values_.clone()) {
        values_.copy_(others);
        network_->eval();
    }
    ~BorrowedWeights() {
        const torch::NoGradGuard no_grad;
        values_.copy_(before_);
        network_->train();
    }
    BorrowedWeights(const BorrowedWeights&) = delete;
    BorrowedWeights& operator=(const BorrowedWeights&) = delete;

  private:
    UNet& network_;
    torch::Tensor values_, before_;
};

/// The precision of the gradients, which are computed outside of the denoiser, and of the optimizer. Autograd
/// computes the gradients of what was in bfloat16 in bfloat16.
DevicePrecision precision_outside(const Execution& execution) {
    return execution.kernels == Kernels::plain ? DevicePrecision::exact : DevicePrecision::float32;
}

/// The denoiser for the loss, with gradients.
ConditionalDenoiser training_denoiser(UNet network, const Execution& execution) {
    return [network, execution](const torch::Tensor& x_t, const torch::Tensor& t,
                                const torch::Tensor& labels) mutable {
        const ExecutionScope scope(execution);
        return network(scope.input(x_t), t, labels).to(torch::kFloat32);
    };
}

}  // namespace

bool can_be_divided(const RunConfig& config) {
    return config.unet.dropout == 0 && config.training.noise_pairing == NoisePairing::independent;
}

Trainer::Trainer(const RunConfig& config, std::shared_ptr<const Dataset> dataset, const Execution& execution)
    : config_(checked(with_classes(config, dataset->class_names.size()), *dataset)),
      dataset_(std::move(dataset)),
      split_(split_dataset(dataset_->labels, config_.training.held_out, config_.training.seed)),
      images_(torch::from_blob(const_cast<std::uint8_t*>(dataset_->images.pixels.data()),
                               {dataset_->images.count, dataset_->images.channels, dataset_->images.height,
                                dataset_->images.width},
                               torch::kUInt8)),
      device_(torch_device(execution.device)),
      loss_(make_schedule(config.schedule), objective_of(config_), device_),
      network_(seeded_network(config_, dataset_->images, device_)),
      execution_(execution),
      denoiser_(training_denoiser(network_, execution)),
      parameters_(*network_),
      shares_(network_, parameters_),
      adamw_(parameters_.values(), config_.training.adam_beta2) {
    if (config_.training.optimizer == OptimizerKind::muon) muon_.emplace(parameters_.slices());
    state_.values = parameters_.values();
    state_.ema = parameters_.values().clone();
    if (config_.training.ema_snapshots > 0)
        for (torch::Tensor& ema : state_.tracked_emas) ema = parameters_.values().clone();
    state_.first_moment = adamw_.first_moment();
    state_.second_moment = adamw_.second_moment();
    state_.timestep_losses.assign(timestep_bins, std::numeric_limits<double>::quiet_NaN());
    if (loss_.importance()) {
        state_.loss_history = loss_.importance()->history();
        state_.losses_seen = loss_.importance()->filled();
    }
    network_->train();
}

void Trainer::train_with(Communicator& group) {
    group_ = &group;
    held_out_.reset();
    TrainingState state = state_;
    group.broadcast(std::as_writable_bytes(std::span(&state.step, 1)), 0);
    take_state_from_first();
    if (group.rank() == 0) return;
    state.tracked_emas = {};  // process 0 has them
    restore(state);
}

void Trainer::take_state_from_first() {
    for (const torch::Tensor& part : {state_.values, state_.ema, state_.first_moment, state_.second_moment,
                                      state_.loss_history, state_.losses_seen})
        if (part.defined()) take_from_first(*group_, part);
}

std::int64_t Trainer::images_per_step() const {
    return share().total;
}

ProcessShare Trainer::share() const {
    const std::int64_t B = config_.training.batch_size;
    return group_ ? process_share(*group_, B) : ProcessShare{0, B};
}

void Trainer::use(const Execution& execution) {
    TORCH_CHECK(torch_device(execution.device) == device_, "the trainer is on another device");
    execution_ = execution;
    denoiser_ = training_denoiser(network_, execution);
}

void Trainer::adopt(const RunConfig& config) {
    config_ = with_live_settings(config_, config);
}

void Trainer::restore(const TrainingState& state) {
    const torch::NoGradGuard no_grad;
    state_.step = state.step;
    state_.values.copy_(state.values);
    state_.ema.copy_(state.ema);
    // A run that has trained without them for a while, with an older version, goes on without.
    // Before their first update, their values do not matter.
    for (std::size_t i = 0; i < state.tracked_emas.size(); ++i)
        if (state.tracked_emas[i].defined())
            state_.tracked_emas[i] = state.tracked_emas[i].to(device_, false, /*copy=*/true);
        else if (last_tracked_step(state.step) > 0)
            state_.tracked_emas[i] = torch::Tensor();
    state_.timestep_losses = state.timestep_losses;
    adamw_.restore(state.first_moment, state.second_moment, state.step);
    if (loss_.importance() && state.loss_history.defined())
        loss_.importance()->restore(state.loss_history, state.losses_seen);
    torn_ = false;
}

std::vector<std::int64_t> Trainer::next_indices() {
    // The position in the epoch follows from the step, so it does not have to be saved.
    const std::int64_t N = std::ssize(split_.training), B = config_.training.batch_size;
    std::vector<std::int64_t> indices(static_cast<std::size_t>(B));
    const auto [first, total] = share();
    for (std::int64_t i = 0; i < B; ++i) {
        const std::int64_t position = state_.step * total + first + i, epoch = position / N;
        if (epoch != order_epoch_) {
            order_ = split_.training;
            std::mt19937_64 random(stream_seed(config_.training.seed, Stream::order, epoch));
            for (std::int64_t k = N - 1; k > 0; --k)
                std::swap(order_[k], order_[random() % static_cast<std::uint64_t>(k + 1)]);
            order_epoch_ = epoch;
        }
        indices[i] = order_[position % N];
    }
    return indices;
}

Trainer::Batch Trainer::next_batch(at::Generator& generator) {
    const std::vector<std::int64_t> indices = next_indices();
    const auto B = static_cast<std::int64_t>(indices.size());
    // Numbers are drawn for the batch of all processes, of which each takes its own.
    const auto drawn = [&, shared = share()](std::vector<std::int64_t> shape) {
        shape[0] = shared.total;
        return torch::rand(shape, generator).narrow(0, shared.first, B);
    };
    prefetch(dataset_->images, indices);
    const auto bytes = images_.index_select(0, torch::tensor(indices));
    require_intact(dataset_->images);
    auto x0 = sent_to(device_, bytes).to(torch::kFloat32).div_(127.5).sub_(1.0);
    if (config_.training.flip) {
        const auto mirrored = sent_to(device_, drawn({B, 1, 1, 1}) < 0.5);
        x0 = torch::where(mirrored, x0.flip(3), x0);
    }
    Batch batch{x0, {}};
    if (config_.unet.classes > 0) {
        std::vector<std::int64_t> labels(indices.size());
        for (std::size_t i = 0; i < indices.size(); ++i)
            labels[i] = dataset_->labels[static_cast<std::size_t>(indices[i])];
        batch.labels = torch::tensor(labels);
        if (config_.unet.unlabelled_class) {
            const auto left_out = drawn({B}) < config_.training.class_dropout;
            batch.labels = batch.labels.masked_fill(left_out, config_.unet.classes);
        }
    }
    return batch;
}

void Trainer::seed_dropout(std::int64_t part) const {
    // Each part, of each process, has other images, and needs other dropout.
    const std::int64_t before = group_ ? group_->rank() * config_.training.batch_parts : 0;
    seed_generator(
        device_, stream_seed(config_.training.seed, Stream::dropout, state_.step + ((before + part) << 40)));
}

int Trainer::shares_of_step() const {
    return can_be_divided(config_) ? shares_here(execution_, images_of_part(config_.training)) : 1;
}

ImageLosses Trainer::compute_gradients() {
    at::Generator generator =
        at::detail::createCPUGenerator(stream_seed(config_.training.seed, Stream::batch, state_.step));
    const Batch batch = next_batch(generator);
    const LossDraws drawn = loss_.draw(batch.x0.sizes(), generator, share());
    const std::int64_t parts = config_.training.batch_parts, count = images_of_part(config_.training),
                       parts_of_all = parts * (group_ ? group_->size() : 1);
    const int shares = shares_of_step();
    const std::vector<ImageRange> ranges = divide_batch(count, shares);
    std::vector<ImageLosses> losses(static_cast<std::size_t>(parts * shares));
    const auto compute = [&](int share, const ConditionalDenoiser& denoiser) {
        const ImageRange& range = ranges[static_cast<std::size_t>(share)];
        // The mean of the losses of all images is the sum of the means of the shares, divided by this.
        const double divisor = static_cast<double>(parts_of_all * count) / static_cast<double>(range.count);
        for (std::int64_t part = 0; part < parts; ++part) {
            const std::int64_t first = part * count + range.first;
            if (config_.unet.dropout > 0) seed_dropout(part);
            const ImageLosses of_share =
                loss_(denoiser, batch.x0.narrow(0, first, range.count),
                      batch.labels.defined() ? batch.labels.narrow(0, first, range.count) : batch.labels,
                      drawn.of(first, range.count));
            const auto loss = of_share.mean();
            stoppable_backward(divisor > 1 ? loss / divisor : loss);
            losses[static_cast<std::size_t>(part * shares + share)] = of_share.detached();
        }
    };
    parameters_.gradients().zero_();
    if (shares == 1)
        compute(0, denoiser_);
    else
        shares_.compute(execution_, shares, batch.x0.sizes(),
                        [&](int share, const UNet& network, const Execution& of_share) {
                            compute(share, training_denoiser(network, of_share));
                        });
    return joined(losses);
}

TrainStep Trainer::step(double fraction) {
    const torch::AutoGradMode with_gradients(true);
    const PrecisionScope precision(execution_.device, precision_outside(execution_));
    const TrainingConfig& training = config_.training;
    ImageLosses losses;
    if (group_) {
        const auto part = [&] {
            try {
                losses = compute_gradients();
                wait_for(execution_.device);  // what fails on a card fails here, and not between the sums
            } catch (const c10::Error& error) {
                if (group_->rank() == 0) throw;
                throw_in_words(error);
            }
        };
        fraction = do_together(*group_, part, StopScope::asked, fraction).front().number;
        losses = losses_of_all(*group_, losses);
        sum_over_all(*group_, parameters_.gradients());
    } else {
        losses = compute_gradients();
    }

    // The only time that a step waits for the device.
    const std::vector<torch::Tensor> numbers =
        read_together({losses.mean(), parameters_.gradients().norm(), losses.losses});
    losses.losses = numbers[2];
    TrainStep result;
    result.loss = numbers[0].item<double>();
    result.gradient_norm = numbers[1].item<double>();
    result.learning_rate =
        learning_rate_at(fraction, training.learning_rate, training.warmup, training.anneal);
    result.finite = std::isfinite(result.loss) && std::isfinite(result.gradient_norm);
    if (!result.finite) return result;
    limit_gradients(parameters_.gradients(), result.gradient_norm, training.gradient_clip);

    if (!group_) check_stop();  // from here on, the state changes
    torn_ = true;
    change_weights(result.learning_rate);
    ++state_.step;
    const torch::NoGradGuard no_grad;
    state_.ema.lerp_(parameters_.values(),
                     1.0 - ema_decay(training.ema_share > 0 ? state_.step : 0, training.ema_share));
    update_tracked_emas(state_.tracked_emas, parameters_.values(), state_.step);
    if (group_ && state_.step % steps_with_own_rounding == 0) take_state_from_first();
    note_losses(losses);
    torn_ = false;
    return result;
}

bool Trainer::held_out_due() const {
    return !split_.held_out.empty() &&
           state_.step % held_out_interval(static_cast<int>(images_per_step())) == 0;
}

HeldOutLosses Trainer::held_out_losses() {
    const torch::NoGradGuard no_grad;
    if (!held_out_)
        held_out_.emplace(images_, dataset_->labels, config_.unet.classes > 0, split_, loss_,
                          static_cast<int>(images_per_step()),
                          static_cast<std::int64_t>(stream_seed(config_.training.seed, Stream::held_out, 0)));
    const BorrowedWeights weights(network_, parameters_.values(), state_.ema);
    if (!group_) return held_out_->measure(loss_, denoiser_);
    HeldOutLosses losses;
    const auto part = [&] {
        losses = held_out_->measure_share(loss_, denoiser_, group_->rank(), group_->size());
    };
    do_together(*group_, part, StopScope::asked);
    return {group_->sum(losses.held_out), group_->sum(losses.training)};
}

void Trainer::change_weights(double learning_rate) {
    const torch::Tensor &values = parameters_.values(), &gradients = parameters_.gradients();
    const double weight_decay = config_.training.weight_decay;
    if (!muon_) {
        adamw_.step(values, gradients, learning_rate, weight_decay);
        return;
    }
    adamw_.step(values, gradients, learning_rate, weight_decay, muon_->rest());
    muon_->step(values, gradients, adamw_.first_moment(), learning_rate, weight_decay);
}

void Trainer::note_losses(const ImageLosses& losses) {
    const torch::Tensor values = losses.losses.detach();
    const auto timesteps = losses.t.accessor<std::int64_t, 1>();
    const auto of_image = values.accessor<float, 1>();
    for (std::int64_t i = 0; i < losses.t.size(0); ++i) {
        const std::int64_t bin = timesteps[i] * timestep_bins / config_.schedule.timesteps;
        double& mean = state_.timestep_losses[static_cast<std::size_t>(bin)];
        mean = std::isnan(mean) ? of_image[i] : 0.98 * mean + 0.02 * of_image[i];
    }
    if (loss_.importance()) loss_.importance()->note(losses.t, values);
}

}  // namespace denoise
