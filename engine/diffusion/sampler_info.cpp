#include "engine/diffusion/sampler_info.h"

#include "engine/base/error.h"

namespace denoise {

const char* name_of(Clipping clipping) {
    switch (clipping) {
        case Clipping::none:
            return "none";
        case Clipping::range:
            return "range";
        case Clipping::dynamic:
            return "dynamic";
    }
    return "";
}

const std::vector<SamplerInfo>& sampler_infos() {
    static const std::vector<SamplerInfo> infos = {
        {SamplerKind::ddpm, "ddpm", "DDPM",
         "Ancestral sampling of Ho et al. 2020: fresh noise after every step; wants all timesteps", true, 0},
        {SamplerKind::ddim, "ddim", "DDIM",
         "Song et al. 2021: good pictures in few steps, and the same seed always gives the same ones", false,
         50},
        {SamplerKind::dpmpp_2m, "dpmpp-2m", "DPM-Solver++ 2M",
         "Lu et al. 2022: second order from the last two steps; good pictures in 15 to 25 steps", false, 20},
        {SamplerKind::dpmpp_2m_sde, "dpmpp-2m-sde", "DPM-Solver++ 2M SDE",
         "The same with fresh noise at every step, which corrects earlier errors", true, 30},
        {SamplerKind::unipc, "unipc", "UniPC",
         "Zhao et al. 2023: predicts and corrects with the same network calls; the fewest steps", false, 15},
        {SamplerKind::heun, "heun", "Heun",
         "Karras et al. 2022, alg. 1: second order, two network calls a step", false, 20},
        {SamplerKind::euler, "euler", "Euler",
         "The plain first-order solver in the noise level sigma; the same path as DDIM with eta 0", false,
         50},
        {SamplerKind::pndm, "pndm", "PNDM",
         "Liu et al. 2022: a linear multistep method on the last four answers", false, 25},
    };
    return infos;
}

const SamplerInfo& info_of(SamplerKind kind) {
    return sampler_infos().at(static_cast<std::size_t>(kind));
}

SamplerKind sampler_named(std::string_view name) {
    std::string names;
    for (const SamplerInfo& info : sampler_infos()) {
        if (info.name == name) return info.kind;
        names += (names.empty() ? "" : ", ") + info.name;
    }
    throw Error{"There is no sampler named \"" + std::string(name) + "\"", "the samplers are " + names,
                "Choose one of them"};
}

}  // namespace denoise
