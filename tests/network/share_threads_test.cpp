#include "engine/network/share_threads.h"

#include <gmock/gmock.h>

#include "engine/base/cancelled.h"
#include "engine/base/error.h"
#include "engine/network/flat_parameters.h"
#include "engine/network/inference.h"
#include "engine/network/stop_check.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using testing::ElementsAre;

/// Other tests use one thread.
class Shares : public testing::Test {
  protected:
    Shares() { at::set_num_threads(1); }
    ~Shares() override { at::set_num_threads(1); }
};

Execution divided(int threads, int shares) {
    return {.threads = threads, .batch_shares = shares};
}

TEST_F(Shares, DivideABatchEvenly) {
    EXPECT_THAT(divide_batch(6, 2), ElementsAre(ImageRange{0, 3}, ImageRange{3, 3}));
    EXPECT_THAT(divide_batch(8, 3), ElementsAre(ImageRange{0, 3}, ImageRange{3, 3}, ImageRange{6, 2}));
    EXPECT_THAT(divide_batch(5, 1), ElementsAre(ImageRange{0, 5}));
}

TEST_F(Shares, AreAtMostAsManyAsImagesAndThreads) {
    EXPECT_EQ(shares_of_batch(divided(4, 4), 32, 4), 4);
    EXPECT_EQ(shares_of_batch(divided(4, 4), 3, 4), 3);
    EXPECT_EQ(shares_of_batch(divided(4, 4), 1, 4), 1);
    EXPECT_EQ(shares_of_batch(divided(4, 4), 0, 4), 1);
    EXPECT_EQ(shares_of_batch(divided(2, 4), 32, 2), 2);
    EXPECT_EQ(shares_of_batch(divided(4, 1), 32, 4), 1);
    Execution plain = divided(4, 4), card = divided(4, 4);
    plain.kernels = Kernels::plain;
    card.device = ComputeDevice::cuda_0;
    EXPECT_EQ(shares_of_batch(plain, 32, 4), 1);
    EXPECT_EQ(shares_of_batch(card, 32, 4), 1);
}

TEST_F(Shares, AreDescribed) {
    EXPECT_EQ(describe_execution(divided(2, 2)), "float32, channels last, 2 threads, batch in 2 shares");
    EXPECT_EQ(describe_execution(divided(2, 1)), "float32, channels last, 2 threads");
}

TEST_F(Shares, ComputeLikeTheCallingThread) {
    ShareThreads threads;
    for (const bool gradients : {true, false}) {
        const torch::AutoGradMode mode(gradients);
        std::vector<int> modes(3, -1), counts(3, -1);
        threads.compute(divided(6, 3), 3, [&](int share, const Execution& execution) {
            const ExecutionScope scope(execution);
            modes[static_cast<std::size_t>(share)] = at::GradMode::is_enabled();
            counts[static_cast<std::size_t>(share)] = at::get_num_threads();
        });
        EXPECT_THAT(modes, testing::Each(gradients ? 1 : 0));
        EXPECT_THAT(counts, testing::Each(2));
        EXPECT_EQ(at::get_num_threads(), 6);
    }
}

TEST_F(Shares, AllEndWhenOneFails) {
    ShareThreads threads;
    for (const int failing : {0, 1}) {
        const auto compute = [&](int share, const Execution&) {
            if (share == failing) throw Error{"broken", "", ""};
            while (true) check_stop();
        };
        EXPECT_THROW(threads.compute(divided(2, 2), 2, compute), Error) << failing;
    }
}

TEST_F(Shares, AllEndWhenTheCallingThreadIsStopped) {
    ShareThreads threads;
    bool asked = false;
    const StopScope stop([&asked] { return std::exchange(asked, true); });
    const auto compute = [](int, const Execution&) {
        while (true) check_stop();
    };
    EXPECT_THROW(threads.compute(divided(2, 2), 2, compute), Cancelled);
    EXPECT_NO_THROW(threads.compute(divided(2, 2), 2, [](int, const Execution&) {})) << "usable afterwards";
}

class SharedPrediction : public Shares, public testing::WithParamInterface<bool> {};

TEST_P(SharedPrediction, IsThatOfTheWholeBatch) {
    RunConfig config = test::small_run();
    config.unet.classes = 3;
    torch::manual_seed(1);
    UNet original(config.unet, 1, 28, 28);
    const torch::Tensor weights = FlatParameters(*original).values();
    weights.add_(torch::randn_like(weights), 0.01);  // the last layer is zero at first
    UNet network = make_network(config.unet, 1, 28, 28, weights);
    ShareThreads threads;
    for (const std::int64_t images : {1, 2, 5}) {
        const auto x = torch::randn({images, 1, 28, 28});
        const auto t = torch::arange(images) * 9, labels = torch::arange(images) % 3;
        Execution execution{.bfloat16 = GetParam(), .threads = 1};
        const torch::Tensor whole = predict(network, x, t, labels, execution);
        execution.threads = 3;
        execution.batch_shares = 3;
        const torch::Tensor shared = predict(network, x, t, labels, execution, threads);
        EXPECT_TRUE(shared.is_contiguous());
        EXPECT_GT(whole.abs().max().item<float>(), 0.01f);
        const double tolerance = (GetParam() ? 3e-2 : 1e-5) * whole.abs().max().item<double>();
        EXPECT_LT((shared - whole).abs().max().item<double>(), tolerance) << images;
        EXPECT_TRUE(torch::equal(predict(network, x, t, labels, execution, threads), shared)) << images;
    }
}
INSTANTIATE_TEST_SUITE_P(InFormats, SharedPrediction, testing::Bool(),
                         [](const auto& tested) { return tested.param ? "bfloat16" : "float32"; });

}  // namespace
}  // namespace denoise
