#include "engine/jobs/sampling_executions.h"

#include <gmock/gmock.h>

#include "engine/base/processors.h"
#include "engine/network/flat_parameters.h"
#include "engine/network/unet.h"
#include "tests/support/cache_fixture.h"
#include "tests/support/run_header.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using test::error_of;
using test::is_error_about;

class SamplingExecutionsTest : public testing::Test {
  protected:
    SamplingExecutionsTest() {
        at::set_num_threads(1);
        RunConfig config = test::small_run();
        config.training.precision = Precision::automatic;
        model.header = test::run_header(config);
        model.header.measured = {of_run, machine_name()};
        UNet network(model.header.config.unet, 1, 28, 28);
        model.weights = FlatParameters(*network).values();
    }
    SamplingChoice choose(SamplingExecutions& executions, double images, const SampleRequest& request = {}) {
        return finish(executions.choose(model, request, 4, images));
    }

    const test::OwnCache cache;
    const Execution of_run{.bfloat16 = true, .channels_last = false, .threads = 1};
    Model model;
};

TEST_F(SamplingExecutionsTest, ASmallSampleDoesNotWait) {
    SamplingExecutions executions(1);
    const SamplingChoice choice = choose(executions, 4 * 20);
    EXPECT_EQ(choice.execution, of_run);
    EXPECT_TRUE(choice.timings.empty());
}

TEST_F(SamplingExecutionsTest, AShareOfManyImagesCountsLikeAllOfThem) {
    SampleRequest request;
    request.steps = 20;
    EXPECT_EQ(evaluated_images(model, request, 64), 64 * 20);
    request.total_images = 1000;
    EXPECT_EQ(evaluated_images(model, request, 64), 1000 * 20);
    request.guidance_scale = 2;
    EXPECT_EQ(evaluated_images(model, request, 64), 2 * 1000 * 20);
    EXPECT_EQ(evaluated_images(model, request, 2000), 2 * 2000 * 20);
}

TEST_F(SamplingExecutionsTest, AreMeasuredOnceAndThenTheSameForAllSamplesOfThisSize) {
    SamplingExecutions executions(1);
    const SamplingChoice measured = choose(executions, 1e9);
    ASSERT_GT(measured.timings.size(), 1U);
    EXPECT_EQ(measured.execution, measured.timings.front().execution);
    const SamplingChoice again = choose(executions, 4 * 20);
    EXPECT_EQ(again.execution, measured.execution);
    EXPECT_EQ(again.timings, measured.timings);
    SamplingExecutions after_a_restart(1);
    EXPECT_EQ(choose(after_a_restart, 4 * 20).timings, measured.timings);
}

TEST_F(SamplingExecutionsTest, ThatOfTheRequestIsUsed) {
    SamplingExecutions executions(1);
    choose(executions, 1e9);
    SampleRequest request;
    request.execution = Execution{.channels_last = false, .threads = 1, .kernels = Kernels::plain};
    const SamplingChoice choice = choose(executions, 1e9, request);
    EXPECT_EQ(choice.execution, request.execution);
    EXPECT_TRUE(choice.timings.empty());
    request.execution->threads = 1'000'000;
    EXPECT_THAT(error_of([&] { choose(executions, 1, request); }),
                is_error_about("this computer", "processors"));
}

}  // namespace
}  // namespace denoise
