// What trains and samples on one device does so on all of them, with the same results up to rounding.

#include <gmock/gmock.h>

#include "engine/device/devices.h"
#include "engine/device/transfer.h"
#include "engine/jobs/sampling.h"
#include "engine/jobs/tensors.h"
#include "engine/model/checkpoint.h"
#include "engine/model/model.h"
#include "engine/training/trainer.h"
#include "tests/support/run_header.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using test::glyphs;
using test::small_run;

Execution exact_on(ComputeDevice device) {
    return {.threads = 1, .kernels = Kernels::plain, .device = device};
}

/// With everything that draws random numbers, except dropout.
RunConfig full_run() {
    RunConfig config = small_run();
    config.training.flip = true;
    config.training.held_out = 0.25;
    config.training.class_dropout = 0.2;
    config.training.loss_weighting = LossWeighting::min_snr;
    config.training.ema_snapshots = 2;
    return config;
}

std::vector<double> losses(Trainer& trainer, int steps) {
    std::vector<double> values;
    for (int i = 0; i < steps; ++i) values.push_back(trainer.step(0.5).loss);
    return values;
}

class OnDevices : public testing::TestWithParam<RunConfig> {};

TEST_P(OnDevices, TrainingGivesTheSameLosses) {
    Trainer reference(GetParam(), glyphs(), exact_on(ComputeDevice::cpu));
    const std::vector<double> wanted = losses(reference, 6);
    const HeldOutLosses held_out = reference.held_out_losses();
    for (const DeviceInfo& each : available_devices()) {
        Trainer trainer(GetParam(), glyphs(), exact_on(each.device));
        EXPECT_EQ(trainer.state().values.device(), torch_device(each.device));
        EXPECT_THAT(losses(trainer, 6), testing::Pointwise(testing::DoubleNear(1e-3), wanted));
        EXPECT_NEAR(trainer.held_out_losses().held_out, held_out.held_out, 1e-3);
    }
}

TEST_P(OnDevices, ARunContinuesOnAnotherDevice) {
    const test::TemporaryFolder folder;
    for (const DeviceInfo& from : available_devices()) {
        Trainer first(GetParam(), glyphs(), exact_on(from.device));
        losses(first, 3);
        RunHeader header = test::run_header();
        header.config = first.config();
        header.channels = 1;
        header.height = header.width = first.dataset().images.height;
        header.measured = {exact_on(from.device), "another"};
        const auto file = folder.path() / "step.safetensors";
        save_checkpoint(file, {header, 0, first.state()}, first.slices());
        const std::vector<double> wanted = losses(first, 3);
        const Checkpoint checkpoint = load_checkpoint(file);
        EXPECT_TRUE(checkpoint.state.values.device().is_cpu()) << "files are independent of devices";
        EXPECT_EQ(checkpoint.header.measured->execution.device, from.device);
        for (const DeviceInfo& to : available_devices()) {
            Trainer second(GetParam(), glyphs(), exact_on(to.device));
            second.restore(checkpoint.state);
            EXPECT_THAT(losses(second, 3), testing::Pointwise(testing::DoubleNear(1e-3), wanted));
            EXPECT_EQ(second.state().ema.device(), torch_device(to.device));
        }
    }
}

RunConfig with_adamw() {
    RunConfig config = full_run();
    config.training.optimizer = OptimizerKind::adamw;
    return config;
}

RunConfig with_learned_variance() {
    RunConfig config = full_run();
    config.unet.learned_variance = true;
    config.training.timestep_sampling = TimestepSampling::loss_second_moment;
    return config;
}

INSTANTIATE_TEST_SUITE_P(Runs, OnDevices, testing::Values(full_run(), with_adamw(), with_learned_variance()));

TEST(Sampling, GivesTheSameImagesOnAllDevices) {
    Trainer trainer(small_run(), glyphs(), exact_on(ComputeDevice::cpu));
    losses(trainer, 3);
    RunHeader header = test::run_header();
    header.config = trainer.config();
    header.channels = 1;
    header.height = header.width = trainer.dataset().images.height;
    header.class_names = trainer.dataset().class_names;
    const Model model{header, 3, trainer.state().ema.clone()};
    for (const char* sampler : {"ddpm", "dpmpp-2m-sde", "unipc", "pndm"}) {
        SampleRequest request;
        request.sampler = sampler;
        request.count = 2;
        request.steps = 4;
        request.guidance_scale = model.config().unet.unlabelled_class ? 2 : 1;
        const auto x0_on = [&](ComputeDevice device, ComputeDevice states) {
            Sampling sampling = sample_images(model, denoiser_of(model, exact_on(device)), request, states);
            while (sampling.step()) EXPECT_EQ(sampling.report().x_t.device(), torch_device(states));
            return sampling.result().cpu();
        };
        const torch::Tensor wanted = x0_on(ComputeDevice::cpu, ComputeDevice::cpu);
        for (const DeviceInfo& each : available_devices()) {
            EXPECT_TRUE(x0_on(each.device, each.device).allclose(wanted, 1e-3, 1e-3)) << sampler;
            EXPECT_TRUE(x0_on(each.device, ComputeDevice::cpu).allclose(wanted, 1e-3, 1e-3)) << sampler;
            const ImageBatch images = to_images(sent_to(torch_device(each.device), wanted));
            EXPECT_EQ(images.pixels, to_images(wanted).pixels);
        }
    }
}

}  // namespace
}  // namespace denoise
