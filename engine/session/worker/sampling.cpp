#include "engine/session/worker/sampling.h"

namespace denoise {

DiffusionModel SamplingModel::diffusion() {
    const bool bfloat16 = uses_bfloat16(config.training.precision);
    return {[this, bfloat16](const torch::Tensor& x_t, const torch::Tensor& t) {
                return predict(network, x_t, t, bfloat16);
            },
            make_schedule(config.schedule), config.training.prediction, config.training.variance};
}

SamplingModel sampling_model(const RunHeader& header, const TrainerState& state) {
    SamplingModel model;
    model.config = header.config;
    model.channels = header.channels;
    model.height = header.height;
    model.width = header.width;
    model.step = state.step;
    model.network = make_network(header.config.unet, header.channels, header.height, header.width, state.ema);
    return model;
}

SamplerPlan plan_for(const SampleRequest& request, int timesteps) {
    // Trailing spacing starts at the last timestep, the only one that the network has learned to take for
    // pure noise.
    return {spaced_timesteps(timesteps, request.steps == 0 ? timesteps : request.steps, Spacing::trailing),
            request.eta};
}

ImageBatch to_images(const torch::Tensor& x) {
    const auto bytes = x.detach().clamp(-1, 1).add(1).mul(127.5).round().to(torch::kUInt8).contiguous();
    ImageBatch images{bytes.size(0),
                      static_cast<int>(bytes.size(1)),
                      static_cast<int>(bytes.size(2)),
                      static_cast<int>(bytes.size(3)),
                      {}};
    const auto* data = bytes.const_data_ptr<std::uint8_t>();
    images.pixels.assign(data, data + bytes.numel());
    return images;
}

torch::Tensor to_tensor(const ImageBatch& images) {
    return torch::from_blob(const_cast<std::uint8_t*>(images.pixels.data()),
                            {images.count, images.channels, images.height, images.width}, torch::kUInt8)
        .to(torch::kFloat32)
        .div_(127.5)
        .sub_(1.0);
}

torch::Tensor draw_samples(SamplingModel& model, const SampleRequest& request, const StepCallback& callback,
                           std::stop_token stop) {
    if (request.count < 1 || request.count > 4096)
        throw Error{"Cannot draw " + std::to_string(request.count) + " images",
                    "the count must be from 1 to 4096", "Choose another count"};
    if (!(request.eta >= 0 && request.eta <= 1))
        throw Error{"Cannot sample with eta " + format_setting(request.eta), "eta must be from 0 to 1",
                    "Choose 0 for a deterministic sampler"};
    const DiffusionModel diffusion = model.diffusion();
    const SamplerPlan plan = plan_for(request, diffusion.schedule.timesteps());
    BatchNoise noise(static_cast<std::uint64_t>(request.seed), request.count);
    auto x_T = noise.draw({model.channels, model.height, model.width});
    return sampler_of(request.sampler)
        .function(diffusion, plan, std::move(x_T), noise, callback, std::move(stop));
}

}  // namespace denoise
