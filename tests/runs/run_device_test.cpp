#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/files.h"
#include "tests/support/run_header.h"

namespace denoise {
namespace {

using nlohmann::json;

RunHeader read_back(const json& object) {
    return run_header_from_json(object, "run.json");
}

TEST(RunDevice, IsKeptInTheSettingsAndInTheExecution) {
    RunHeader header = test::run_header();
    EXPECT_EQ(header.config.training.device, ComputeDevice::automatic) << "of a preset";
    header.config.training.device = ComputeDevice::cuda;
    header.measured = {{.bfloat16 = true, .device = ComputeDevice::cuda_1}, "here"};
    const json object = run_header_to_json(header);
    EXPECT_EQ(object.at("config").at("device"), "cuda");
    EXPECT_EQ(object.at("execution").at("device"), "cuda:1");
    const RunHeader read = read_back(object);
    EXPECT_EQ(read.config.training.device, ComputeDevice::cuda);
    EXPECT_EQ(read.measured, header.measured);
}

TEST(RunDevice, OfOlderVersionsIsTheProcessor) {
    RunHeader header = test::run_header();
    header.measured = {{.bfloat16 = true, .threads = 2}, "here"};
    json object = run_header_to_json(header);
    EXPECT_FALSE(object.at("execution").contains("device")) << "nothing is new for the processor";
    object.at("config").erase("device");
    const RunHeader read = read_back(object);
    EXPECT_EQ(read.config.training.device, ComputeDevice::cpu);
    EXPECT_EQ(read.measured->execution.device, ComputeDevice::cpu);
}

TEST(RunDevice, ThatIsNoneIsAnErrorWithTheValidOnes) {
    RunConfig config;
    const Error error = test::error_of([&] { set_from_text(config, "device", "gpu"); });
    EXPECT_THAT(error.why, testing::HasSubstr("automatic, cpu, cuda, cuda:0"));
    set_from_text(config, "device", "cuda:3");
    EXPECT_EQ(config.training.device, ComputeDevice::cuda_3);
}

TEST(Execution, OnACardIsDescribedWithItsNameAndWithoutThreads) {
    EXPECT_EQ(describe_execution({.threads = 2}), "float32, channels last, 2 threads");
    EXPECT_EQ(describe_execution({.bfloat16 = true, .threads = 2, .device = ComputeDevice::cuda_0}),
              "cuda:0, bfloat16, channels last");
}

}  // namespace
}  // namespace denoise
