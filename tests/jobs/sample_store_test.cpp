#include "engine/jobs/sample_store.h"

#include <gtest/gtest.h>

#include "engine/network/flat_parameters.h"
#include "engine/network/inference.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

constexpr std::int64_t weight_count = 1000;
constexpr std::size_t weight_bytes = 4 * weight_count;

SamplingSetup setup_with(const torch::Tensor& weights) {
    SamplingSetup setup;
    setup.model.weights = weights;
    return setup;
}

void record_a_state(SampleStore& store, JobId job) {
    const torch::Tensor x = torch::zeros({1, 1, 2, 2});
    store.record(job, Step(0, 9, x, x, x, {}));
}

bool holds(const SampleStore& store, JobId job) {
    try {
        store.find(job);
        return true;
    } catch (const Error&) {
        return false;
    }
}

TEST(SampleStore, HoldsTheWeightsOfAModelOnceForAllItsSamples) {
    SampleStore store(weight_bytes + weight_bytes / 2);
    const torch::Tensor weights = torch::zeros({weight_count});
    for (const JobId job : {1, 2, 3}) {
        store.add(job, setup_with(weights));
        record_a_state(store, job);
    }
    for (const JobId job : {1, 2, 3}) EXPECT_TRUE(holds(store, job)) << job;
}

TEST(SampleStore, DropsTheOldestSampleWhenOtherWeightsDoNotFit) {
    SampleStore store(2 * weight_bytes + weight_bytes / 2);
    for (const JobId job : {1, 2, 3}) {  // as during a training
        store.add(job, setup_with(torch::zeros({weight_count})));
        record_a_state(store, job);
    }
    EXPECT_FALSE(holds(store, 1));
    EXPECT_TRUE(holds(store, 2));
    EXPECT_TRUE(holds(store, 3));
}

TEST(Network, ForSamplingHasNoWeightsOfItsOwn) {
    const RunConfig config = test::small_run();
    UNet original(config.unet, 1, 28, 28);
    const torch::Tensor weights = FlatParameters(*original).values();
    const UNet network = make_network(config.unet, 1, 28, 28, weights);
    const auto* const begin = static_cast<const std::byte*>(weights.const_data_ptr());
    for (const auto& parameter : network->named_parameters()) {
        const auto* const data = static_cast<const std::byte*>(parameter.value().const_data_ptr());
        EXPECT_TRUE(data >= begin && data < begin + weights.nbytes()) << parameter.key();
        EXPECT_FALSE(parameter.value().requires_grad()) << parameter.key();
        EXPECT_FALSE(parameter.value().grad().defined()) << parameter.key();
    }
}

}  // namespace
}  // namespace denoise
