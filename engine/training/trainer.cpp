#include "engine/training/trainer.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/autocast_mode.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "engine/diffusion/objective.h"
#include "engine/diffusion/prediction.h"

namespace denoise {
namespace {

/// Seeds for the independent streams of chance within a run.
enum class Stream : std::uint64_t { weights = 1, order, batch, dropout };

std::uint64_t stream_seed(std::int64_t seed, Stream stream, std::int64_t index) {
    std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(stream),
                           static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32)};
    std::array<std::uint32_t, 2> words{};
    sequence.generate(words.begin(), words.end());
    return (std::uint64_t{words[0]} << 32) | words[1];
}

void seed_default_generator(std::uint64_t seed) {
    at::Generator generator = at::globalContext().defaultGenerator(at::kCPU);
    const std::lock_guard lock(generator.mutex());
    generator.set_current_seed(seed);
}

/// bfloat16 multiplications within its scope, for the calling thread.
class Autocast {
  public:
    explicit Autocast(bool bfloat16) : on_(bfloat16) {
        if (!on_) return;
        at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
        at::autocast::set_autocast_enabled(at::kCPU, true);
        at::autocast::increment_nesting();
    }
    ~Autocast() {
        if (!on_) return;
        if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
        at::autocast::set_autocast_enabled(at::kCPU, false);
    }
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

  private:
    bool on_;
};

UNet seeded_network(const RunConfig& config, const ImageBatch& images) {
    seed_default_generator(stream_seed(config.training.seed, Stream::weights, 0));
    return UNet(config.unet, images.channels, images.height, images.width);
}

torch::Tensor snr_table(const NoiseSchedule& schedule) {
    std::vector<double> snr(static_cast<std::size_t>(schedule.timesteps()));
    for (int t = 0; t < schedule.timesteps(); ++t) snr[t] = schedule.snr(t);
    return torch::tensor(snr, torch::kFloat64).to(torch::kFloat32);
}

RunConfig checked(const RunConfig& config, const Dataset& dataset) {
    const ImageBatch& images = dataset.images;
    check_run(config, images.count, images.channels, images.height, images.width);
    return config;
}

}  // namespace

bool uses_bfloat16(Precision precision) {
    switch (precision) {
        case Precision::float32:
            return false;
        case Precision::bfloat16:
            return true;
        case Precision::automatic:
            break;
    }
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

torch::Tensor predict(UNet& network, const torch::Tensor& x_t, const torch::Tensor& t,
                      const torch::Tensor& labels, bool bfloat16) {
    const torch::NoGradGuard no_grad;
    const Autocast autocast(bfloat16);
    return network(x_t.contiguous(at::MemoryFormat::ChannelsLast), t, labels)
        .to(torch::kFloat32)
        .contiguous();
}

UNet make_network(const UNetConfig& config, int channels, int height, int width,
                  const torch::Tensor& values) {
    UNet network(config, channels, height, width);
    const FlatParameters parameters(*network);
    TORCH_CHECK(values.numel() == parameters.values().numel(), "parameters of another network");
    const torch::NoGradGuard no_grad;
    parameters.values().copy_(values);
    for (torch::Tensor& parameter : network->parameters()) {
        parameter.set_requires_grad(false);
        parameter.mutable_grad().reset();
    }
    network->eval();
    return network;
}

Trainer::Trainer(const RunConfig& config, std::shared_ptr<const Dataset> dataset)
    : config_(checked(with_classes(config, dataset->class_names.size()), *dataset)),
      dataset_(std::move(dataset)),
      images_(torch::from_blob(const_cast<std::uint8_t*>(dataset_->images.pixels.data()),
                               {dataset_->images.count, dataset_->images.channels, dataset_->images.height,
                                dataset_->images.width},
                               torch::kUInt8)),
      schedule_(make_schedule(config.schedule)),
      tables_(make_forward_tables(schedule_)),
      bound_tables_(make_bound_tables(schedule_)),
      snr_(snr_table(schedule_)),
      network_(seeded_network(config_, dataset_->images)),
      parameters_(*network_),
      optimizer_(parameters_.values()),
      bfloat16_(uses_bfloat16(config.training.precision)) {
    state_.values = parameters_.values();
    state_.ema = parameters_.values().clone();
    state_.first_moment = optimizer_.first_moment();
    state_.second_moment = optimizer_.second_moment();
    state_.timestep_losses.assign(timestep_bins, std::numeric_limits<double>::quiet_NaN());
    if (config.training.timestep_sampling == TimestepSampling::loss_second_moment) {
        timestep_sampler_.emplace(schedule_.timesteps());
        state_.loss_history = timestep_sampler_->history();
        state_.losses_seen = timestep_sampler_->filled();
    }
    network_->train();
}

void Trainer::restore(const TrainerState& state) {
    const torch::NoGradGuard no_grad;
    state_.step = state.step;
    state_.values.copy_(state.values);
    state_.ema.copy_(state.ema);
    state_.timestep_losses = state.timestep_losses;
    optimizer_.restore(state.first_moment, state.second_moment, state.step);
    if (timestep_sampler_ && state.loss_history.defined())
        timestep_sampler_->restore(state.loss_history, state.losses_seen);
}

void Trainer::set_budget(std::int64_t steps, double minutes) {
    config_.training.steps = steps;
    config_.training.minutes = minutes;
}

Trainer::Batch Trainer::next_batch(at::Generator& generator) {
    // The position in the epoch follows from the step, so there is none to save.
    const std::int64_t N = dataset_->images.count, B = config_.training.batch_size;
    std::vector<std::int64_t> chosen(static_cast<std::size_t>(B));
    for (std::int64_t i = 0; i < B; ++i) {
        const std::int64_t position = state_.step * B + i, epoch = position / N;
        if (epoch != order_epoch_) {
            order_.resize(static_cast<std::size_t>(N));
            std::iota(order_.begin(), order_.end(), std::int64_t{0});
            std::mt19937_64 random(stream_seed(config_.training.seed, Stream::order, epoch));
            for (std::int64_t k = N - 1; k > 0; --k)
                std::swap(order_[k], order_[random() % static_cast<std::uint64_t>(k + 1)]);
            order_epoch_ = epoch;
        }
        chosen[i] = order_[position % N];
    }
    auto x0 = images_.index_select(0, torch::tensor(chosen)).to(torch::kFloat32).div_(127.5).sub_(1.0);
    if (config_.training.flip) {
        const auto mirrored = torch::rand({B, 1, 1, 1}, generator) < 0.5;
        x0 = torch::where(mirrored, x0.flip(3), x0);
    }
    Batch batch{x0, {}};
    if (config_.unet.classes > 0) {
        std::vector<std::int64_t> labels(chosen.size());
        for (std::size_t i = 0; i < chosen.size(); ++i)
            labels[i] = dataset_->labels[static_cast<std::size_t>(chosen[i])];
        batch.labels = torch::tensor(labels);
        if (config_.unet.unlabelled_class) {
            const auto left_out = torch::rand({B}, generator) < config_.training.class_dropout;
            batch.labels = batch.labels.masked_fill(left_out, config_.unet.classes);
        }
    }
    return batch;
}

torch::Tensor Trainer::variance_loss(const Batch& batch, const torch::Tensor& x_t, const torch::Tensor& t,
                                     const torch::Tensor& answer, const torch::Tensor& v) const {
    // The mean is left to the simple loss: no gradient flows to it from here.
    const auto a = at_timesteps(tables_.sqrt_alpha_bar, t),
               s = at_timesteps(tables_.sqrt_one_minus_alpha_bar, t);
    const auto found = predicted_x0(config_.training.prediction, answer.detach(), x_t, a, s);
    const auto terms =
        bound_terms(bound_tables_, batch.x0, x_t, t, found, learned_log_variance(bound_tables_, t, v));
    return (terms * (static_cast<double>(schedule_.timesteps()) / 1000)).to(torch::kFloat32);
}

TrainStep Trainer::step(double fraction) {
    const torch::AutoGradMode with_gradients(
        true);  // a sampler that calls between its steps has them turned off
    const TrainingConfig& training = config_.training;
    at::Generator generator =
        at::detail::createCPUGenerator(stream_seed(training.seed, Stream::batch, state_.step));
    if (config_.unet.dropout > 0)
        seed_default_generator(stream_seed(training.seed, Stream::dropout, state_.step));

    const Batch batch = next_batch(generator);
    const torch::Tensor& x0 = batch.x0;
    const std::int64_t B = x0.size(0), C = x0.size(1), T = schedule_.timesteps();
    // One t from each of B equal parts of 0..T-1: uniform for each image, and a steadier loss (Kingma et al.
    // 2021, app. I).
    const auto u = (torch::arange(B, torch::kFloat64) + torch::rand({B}, generator, torch::kFloat64)) /
                   static_cast<double>(B);
    torch::Tensor t, weight;
    if (timestep_sampler_) {
        const auto drawn = timestep_sampler_->draw(u);
        t = drawn.t;
        weight = drawn.weight;
    } else {
        t = (u * static_cast<double>(T)).to(torch::kInt64).clamp_max(T - 1);
    }
    if (training.loss_weighting == LossWeighting::min_snr) {
        const auto by_snr =
            min_snr_weights(training.prediction, snr_.index_select(0, t), training.min_snr_gamma);
        weight = weight.defined() ? weight * by_snr : by_snr;
    }
    const auto eps = torch::randn(x0.sizes(), generator);
    const auto a = at_timesteps(tables_.sqrt_alpha_bar, t),
               s = at_timesteps(tables_.sqrt_one_minus_alpha_bar, t);
    const auto x_t = (a * x0 + s * eps).contiguous(at::MemoryFormat::ChannelsLast);

    torch::Tensor output;
    {
        const Autocast autocast(bfloat16_);
        output = network_(x_t, t, batch.labels).to(torch::kFloat32);
    }
    const bool learned = config_.unet.learned_variance;
    const auto answer = learned ? output.narrow(1, 0, C) : output;
    auto losses = simple_loss(training.loss, answer, prediction_target(training.prediction, x0, eps, a, s));
    if (learned) losses = losses + variance_loss(batch, x_t, t, answer, output.narrow(1, C, C));
    const auto loss = weight.defined() ? (losses * weight).mean() : losses.mean();
    parameters_.gradients().zero_();
    loss.backward();

    TrainStep result;
    result.loss = loss.item<double>();
    result.learning_rate =
        learning_rate_at(fraction, training.learning_rate, training.warmup, training.anneal);
    result.gradient_norm = clip_gradients(parameters_.gradients(), training.gradient_clip);
    result.finite = std::isfinite(result.loss) && std::isfinite(result.gradient_norm);
    if (!result.finite) return result;

    optimizer_.step(parameters_.values(), parameters_.gradients(), result.learning_rate,
                    training.weight_decay);
    ++state_.step;
    const torch::NoGradGuard no_grad;
    state_.ema.lerp_(parameters_.values(),
                     1.0 - ema_decay(training.ema_share > 0 ? state_.step : 0, training.ema_share));
    note_timestep_losses(t, losses.detach());
    if (timestep_sampler_) timestep_sampler_->note(t, losses.detach());
    return result;
}

void Trainer::note_timestep_losses(const torch::Tensor& t, const torch::Tensor& losses) {
    const auto timesteps = t.accessor<std::int64_t, 1>();
    const auto values = losses.accessor<float, 1>();
    for (std::int64_t i = 0; i < t.size(0); ++i) {
        double& bin = state_.timestep_losses[static_cast<std::size_t>(timesteps[i] * timestep_bins /
                                                                      schedule_.timesteps())];
        bin = std::isnan(bin) ? values[i] : 0.98 * bin + 0.02 * values[i];
    }
}

}  // namespace denoise
