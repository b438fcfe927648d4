#include "engine/diffusion/samplers.h"

#include "engine/diffusion/prediction.h"
#include "engine/diffusion/sampler_loop.h"

namespace denoise {
namespace {

Sampler function_of(SamplerKind kind) {
    switch (kind) {
        case SamplerKind::ddpm:
            return &sample_ddpm;
        case SamplerKind::ddim:
            return &sample_ddim;
        case SamplerKind::dpmpp_2m:
            return &sample_dpmpp_2m;
        case SamplerKind::dpmpp_2m_sde:
            return &sample_dpmpp_2m_sde;
        case SamplerKind::unipc:
            return &sample_unipc;
        case SamplerKind::heun:
            return &sample_heun;
        case SamplerKind::euler:
            return &sample_euler;
        case SamplerKind::pndm:
            return &sample_pndm;
    }
    return &sample_ddim;
}

}  // namespace

const std::vector<SamplerEntry>& samplers() {
    static const std::vector<SamplerEntry> table = [] {
        std::vector<SamplerEntry> entries;
        for (const SamplerInfo& info : sampler_infos()) entries.push_back({info, function_of(info.kind)});
        return entries;
    }();
    return table;
}

const SamplerEntry& sampler_of(SamplerKind kind) {
    return samplers().at(static_cast<std::size_t>(kind));
}

Reading read_model(const DiffusionModel& model, const torch::Tensor& x_t, int t, double log_beta,
                   double log_beta_tilde) {
    torch::Tensor output =
        model.denoiser(x_t, torch::full({x_t.size(0)}, t, x_t.options().dtype(torch::kInt64)));
    Reading reading;
    if (model.learned_variance) {
        const auto halves = output.chunk(2, 1);
        output = halves[0];
        // f log beta + (1 - f) log beta_tilde with f = (v + 1) / 2
        reading.log_variance =
            torch::mul(halves[1], (log_beta - log_beta_tilde) / 2).add_((log_beta + log_beta_tilde) / 2);
    }
    Denoised found =
        read_prediction(model.prediction, output, x_t,
                        model.schedule.alpha_bar.at(static_cast<std::size_t>(t)), model.clipping);
    reading.x0 = std::move(found.x0);
    reading.eps = std::move(found.eps);
    return reading;
}

}  // namespace denoise
