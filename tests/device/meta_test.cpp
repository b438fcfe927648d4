// The device "meta" has no memory, and operators refuse to mix it with others, as graphics cards do. What
// runs there makes no tensor in the memory of the processor, and never waits for a number.

#include <gmock/gmock.h>

#include "engine/diffusion/guidance.h"
#include "engine/network/flat_parameters.h"
#include "engine/sampling/editing.h"
#include "engine/sampling/sampler.h"
#include "engine/schedule/spacing.h"
#include "engine/training/muon.h"

namespace denoise {
namespace {

const torch::Device meta = torch::kMeta;

torch::Tensor images(std::int64_t count) {
    return torch::empty({count, 1, 16, 16}, meta);
}
torch::Tensor numbers(std::int64_t count) {
    return torch::zeros({count}, torch::dtype(torch::kInt64).device(meta));
}

ConditionalDenoiser halving() {
    return [](const torch::Tensor& x_t, const torch::Tensor& t, const torch::Tensor& labels) {
        EXPECT_EQ(x_t.device(), meta);
        EXPECT_EQ(t.device(), meta);
        EXPECT_TRUE(!labels.defined() || labels.device() == meta);
        return x_t * 0.5;
    };
}

DiffusionModel model() {
    DiffusionModel model;
    model.schedule = make_schedule({});
    model.denoiser = guided(halving(), numbers(2), {2.0, 0.0, 3});
    return model;
}

SamplerPlan plan() {
    return {spaced_timesteps(make_schedule({}), 5, Spacing::leading), 1};
}

void expect_on_meta(Sampling sampling) {
    while (sampling.step()) {
        const Step& step = sampling.report();
        for (const torch::Tensor& part : {step.x_t, step.x0, step.eps}) EXPECT_EQ(part.device(), meta);
        for (const torch::Tensor& past : step.history) EXPECT_EQ(past.device(), meta);
    }
    EXPECT_EQ(sampling.result().device(), meta);
}

TEST(Meta, SamplersKeepTheirStatesOnTheDeviceWithoutWaitingForIt) {
    for (const Solver& solver : solvers()) {
        SCOPED_TRACE(solver.name);
        expect_on_meta(sample(solver, model(), plan(), {0, images(2)}, StepNoise(1, 2)));
    }
    expect_on_meta(encode_ddim(model(), plan(), images(2)));
    const torch::Tensor picture = torch::zeros({1, 1, 16, 16}), mask = torch::ones({1, 1, 16, 16});
    expect_on_meta(inpaint(model(), plan(), images(2), picture, mask, StepNoise(1, 2), {2, 2}));
}

TEST(Meta, MuonMakesItsMatricesOnTheDevice) {
    const std::vector<FlatParameters::Slice> slices = {{"down.weight", {8, 4, 3, 3}, 0, 288},
                                                       {"up.weight", {4, 8, 3, 3}, 320, 288},
                                                       {"norm.bias", {8}, 640, 8}};
    const torch::Tensor values = torch::zeros({704}, meta);
    Muon(slices).step(values, torch::zeros_like(values), torch::zeros_like(values), 0.1, 0.1);
    EXPECT_EQ(orthogonalizers(torch::zeros({2, 8, 8}, meta)).device(), meta);
}

}  // namespace
}  // namespace denoise
