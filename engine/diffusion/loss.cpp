#include "engine/diffusion/loss.h"

#include "engine/device/transfer.h"
#include "engine/diffusion/noise_pairing.h"
#include "engine/diffusion/variational_bound.h"

namespace denoise {

namespace {

ScheduleTables tables_on(const torch::Device& device, ScheduleTables tables) {
    for (torch::Tensor* table :
         {&tables.sqrt_alpha_bar, &tables.sqrt_one_minus_alpha_bar, &tables.snr, &tables.posterior_mean_x0,
          &tables.posterior_mean_xt, &tables.log_beta, &tables.log_beta_tilde})
        *table = sent_to(device, *table);
    return tables;
}

}  // namespace

Loss::Loss(const NoiseSchedule& schedule, const Objective& objective, const torch::Device& device)
    : objective_(objective), device_(device), tables_(schedule) {
    if (objective.timestep_sampling == TimestepSampling::loss_second_moment)
        importance_.emplace(schedule.timesteps());
    if (objective.timestep_sampling == TimestepSampling::log_snr)
        cumulative_ = log_snr_probabilities(tables_.snr).cumsum(0);
    tables_ = tables_on(device, std::move(tables_));
}

ImageLosses ImageLosses::detached() const {
    return {t, losses.detach(), weight.defined() ? weight.detach() : weight};
}

ImageLosses joined(const std::vector<ImageLosses>& parts) {
    if (parts.size() == 1) return parts.front();
    std::vector<torch::Tensor> t, losses, weights;
    for (const ImageLosses& part : parts) {
        t.push_back(part.t);
        losses.push_back(part.losses);
        if (part.weight.defined()) weights.push_back(part.weight);
    }
    return {torch::cat(t), torch::cat(losses), weights.empty() ? torch::Tensor() : torch::cat(weights)};
}

LossDraws LossDraws::of(std::int64_t first, std::int64_t count) const {
    const auto some = [&](const torch::Tensor& of_batch) {
        return of_batch.defined() && count < of_batch.size(0) ? of_batch.narrow(0, first, count).contiguous()
                                                              : of_batch;
    };
    return {some(t), some(weight), some(eps)};
}

LossDraws Loss::draw(at::IntArrayRef images, at::Generator& generator, const ProcessShare& share) const {
    const std::int64_t B = images[0], total = share.total > 0 ? share.total : B;
    std::vector<std::int64_t> shape = images.vec();
    shape[0] = total;
    const LossSecondMomentSampler::Draw drawn = draw_timesteps(total, generator);
    return LossDraws{drawn.t, drawn.weight, torch::randn(shape, generator)}.of(share.first, B);
}

ImageLosses Loss::operator()(const ConditionalDenoiser& network, const torch::Tensor& x0,
                             const torch::Tensor& labels, const LossDraws& drawn) const {
    const bool paired = objective_.noise_pairing == NoisePairing::immiscible;
    ImageLosses losses = at(network, x0, labels, drawn.t, paired ? paired_noise(x0, drawn.eps) : drawn.eps);
    if (const torch::Tensor weight = sent_to(device_, drawn.weight); weight.defined())
        losses.weight = losses.weight.defined() ? weight * losses.weight : weight;
    return losses;
}

ImageLosses Loss::operator()(const ConditionalDenoiser& network, const torch::Tensor& x0,
                             const torch::Tensor& labels, at::Generator& generator,
                             const ProcessShare& share) const {
    return (*this)(network, x0, labels, draw(x0.sizes(), generator, share));
}

ImageLosses Loss::at(const ConditionalDenoiser& network, const torch::Tensor& x0_given,
                     const torch::Tensor& labels, const torch::Tensor& t_given,
                     const torch::Tensor& eps_given) const {
    const auto x0 = sent_to(device_, x0_given), eps = sent_to(device_, eps_given),
               t = sent_to(device_, t_given);
    const auto alpha = at_timesteps(tables_.sqrt_alpha_bar, t),
               sigma = at_timesteps(tables_.sqrt_one_minus_alpha_bar, t);
    const auto x_t = add_noise(x0, eps, alpha, sigma);
    const NetworkOutput output =
        split_output(network(x_t, t, sent_to(device_, labels)), objective_.learned_variance);
    const auto target = prediction_target(objective_.prediction, x0, eps, alpha, sigma);
    auto losses = simple_loss(objective_.loss, output.prediction, target);
    if (objective_.learned_variance) losses = losses + variance_loss(x0, x_t, t, output);
    torch::Tensor weight;
    if (objective_.weighting == LossWeighting::min_snr)
        weight =
            min_snr_weights(objective_.prediction, tables_.snr.index_select(0, t), objective_.min_snr_gamma);
    return {t_given, losses, weight};
}

torch::Tensor Loss::typical_timesteps(std::int64_t count) const {
    return timesteps_for((torch::arange(count, torch::kFloat64) + 0.5) / static_cast<double>(count));
}

LossSecondMomentSampler::Draw Loss::draw_timesteps(std::int64_t count, at::Generator& generator) const {
    // One t from each of `count` equal parts: t is uniform for each image, and the loss varies less (Kingma
    // et al. 2021, app. I).
    const auto u =
        (torch::arange(count, torch::kFloat64) + torch::rand({count}, generator, torch::kFloat64)) /
        static_cast<double>(count);
    if (importance_) return importance_->draw(u);
    return {timesteps_for(u), {}};
}

torch::Tensor Loss::timesteps_for(const torch::Tensor& u) const {
    if (cumulative_.defined()) return timesteps_at(cumulative_, u);
    const std::int64_t T = tables_.snr.size(0);
    return (u * static_cast<double>(T)).to(torch::kInt64).clamp_max(T - 1);
}

torch::Tensor Loss::variance_loss(const torch::Tensor& x0, const torch::Tensor& x_t, const torch::Tensor& t,
                                  const NetworkOutput& output) const {
    const auto predicted_x0 =
        x0_of(objective_.prediction, output.prediction.detach(), x_t, at_timesteps(tables_.sqrt_alpha_bar, t),
              at_timesteps(tables_.sqrt_one_minus_alpha_bar, t));
    const auto log_variance = learned_log_variance(output.v, at_timesteps(tables_.log_beta, t),
                                                   at_timesteps(tables_.log_beta_tilde, t));
    const auto terms = bound_terms(tables_, x0, x_t, t, predicted_x0, log_variance);
    const double T = static_cast<double>(tables_.snr.size(0));
    return (terms * (T / 1000)).to(torch::kFloat32);
}

torch::Tensor simple_loss(LossKind kind, const torch::Tensor& prediction, const torch::Tensor& target) {
    torch::Tensor loss;
    switch (kind) {
        case LossKind::mse:
            loss = torch::mse_loss(prediction, target, at::Reduction::None);
            break;
        case LossKind::huber:
            loss = torch::smooth_l1_loss(prediction, target, at::Reduction::None);
            break;
        case LossKind::l1:
            loss = torch::l1_loss(prediction, target, at::Reduction::None);
            break;
    }
    return loss.flatten(1).mean(1);
}

torch::Tensor min_snr_weights(PredictionType type, const torch::Tensor& snr, double gamma) {
    const auto capped = snr.clamp_max(gamma);
    switch (type) {
        case PredictionType::eps:
            return torch::where(snr > 0, capped / snr,
                                1.0);  // 0/0 at zero terminal SNR, where the limit is 1
        case PredictionType::x0:
            return capped;
        case PredictionType::v:
            return capped / (snr + 1);
    }
    return capped;
}

}  // namespace denoise
