#include "engine/model/sampling_calibration.h"

#include <gmock/gmock.h>

#include "engine/base/processors.h"
#include "engine/network/flat_parameters.h"
#include "engine/network/unet.h"
#include "engine/network/winograd_plan.h"
#include "tests/support/run_header.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using testing::Contains;
using testing::Each;
using testing::Field;
using testing::Gt;
using testing::SizeIs;

/// Untrained, of a run that has measured its execution here.
Model small_model(const Execution& execution = {.threads = 1}) {
    at::set_num_threads(1);
    RunConfig config = test::small_run();
    config.training.precision = Precision::automatic;
    config.training.layout = MemoryLayout::automatic;
    Model model;
    model.header = test::run_header(config);
    model.header.measured = {execution, machine_name()};
    UNet network(model.header.config.unet, 1, 28, 28);
    model.weights = FlatParameters(*network).values();
    return model;
}

std::vector<Execution> executions(const Timings& timings) {
    std::vector<Execution> list;
    for (const Timing& timing : timings) list.push_back(timing.execution);
    return list;
}

TEST(SamplingCalibration, BeginsWithTheExecutionOfTheRun) {
    const Execution of_run{.bfloat16 = true, .channels_last = false, .threads = 1};
    const Timings candidates = sampling_candidates(small_model(of_run), 0);
    EXPECT_EQ(candidates.front().execution, of_run);
    EXPECT_THAT(candidates, SizeIs(can_use_winograd({}) ? 7 : 6));
    EXPECT_THAT(executions(candidates),
                Contains(Execution{.bfloat16 = true, .threads = 1, .attention = AttentionKernel::products}));
    EXPECT_THAT(executions(candidates), Contains(Execution{false, true, 1}));
    EXPECT_THAT(executions(candidates),
                Contains(Execution{.threads = 1, .winograd = to_string(usual_winograd_plan())}));
}

TEST(SamplingCalibration, SettingsDecide) {
    Model model = small_model();
    model.header.config.training.precision = Precision::float32;
    model.header.config.training.layout = MemoryLayout::channels_last;
    model.header.config.training.kernels = Kernels::plain;
    model.header.measured->execution.kernels = Kernels::plain;
    EXPECT_THAT(executions(sampling_candidates(model, 0)),
                testing::ElementsAre(Execution{.threads = 1, .kernels = Kernels::plain}));
    model.header.config.training.threads = 0;
    EXPECT_EQ(sampling_candidates(model, 0).size() > 1, processor_count() > 1);
    EXPECT_THAT(sampling_candidates(model, 2), SizeIs(1));
}

TEST(SamplingCalibration, ModelsOfOtherProgramsKeepTheirPrecisionAndConvolutions) {
    Model model = small_model();
    model.header.measured.reset();
    model.header.config.training.precision = Precision::float32;
    const Timings candidates = sampling_candidates(model, 0);
    EXPECT_THAT(candidates, SizeIs(2)) << "two layouts";
    EXPECT_THAT(executions(candidates), Each(Field(&Execution::bfloat16, false)));
    EXPECT_THAT(executions(candidates), Each(Field(&Execution::winograd, "")));
}

TEST(SamplingCalibration, TimesAllAndPutsTheFastestFirst) {
    const Model model = small_model();
    const Timings timings = finish(time_sampling(model, 3, 1));
    EXPECT_THAT(executions(timings),
                testing::UnorderedElementsAreArray(executions(sampling_candidates(model, 1))));
    EXPECT_THAT(timings, Each(Field(&Timing::images_per_second, Gt(0))));
    EXPECT_TRUE(std::ranges::is_sorted(timings, std::greater{}, &Timing::images_per_second));
}

TEST(SamplingCalibration, IsForBatchesOfASizeAndOneNetwork) {
    EXPECT_EQ(batch_class(1), 1);
    EXPECT_EQ(batch_class(2), 4);
    EXPECT_EQ(batch_class(16), 16);
    EXPECT_EQ(batch_class(17), 64);
    EXPECT_EQ(batch_class(4096), 256);
    Model model = small_model();
    const std::string key = sampling_key(model, 16, 1);
    EXPECT_EQ(sampling_key(model, 9, 1), key);
    EXPECT_NE(sampling_key(model, 17, 1), key);
    model.header.config.unet.base_width = 12;
    EXPECT_NE(sampling_key(model, 16, 1), key);
    model = small_model();
    model.header.config.training.precision = Precision::float32;
    EXPECT_NE(sampling_key(model, 16, 1), key);
}

TEST(SamplingCalibration, IsOnlyWorthItForMuchWork) {
    const Model model = small_model();
    EXPECT_FALSE(worth_calibrating(model, 16 * 20));
    EXPECT_TRUE(worth_calibrating(model, 1e9));
}

}  // namespace
}  // namespace denoise
