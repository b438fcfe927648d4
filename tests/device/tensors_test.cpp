#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <gmock/gmock.h>

#include "engine/device/devices.h"
#include "engine/device/generator.h"
#include "engine/device/memory_errors.h"
#include "engine/device/precision.h"
#include "engine/device/transfer.h"

namespace denoise {
namespace {

TEST(Transfer, BringsNumbersThereAndBackUnchanged) {
    for (const DeviceInfo& each : available_devices()) {
        const torch::Device device = torch_device(each.device);
        const auto bytes = torch::arange(24, torch::kUInt8).view({2, 3, 4});
        const auto part = torch::randn({4, 6}).t();  // not contiguous
        EXPECT_EQ(sent_to(device, bytes).device(), device);
        EXPECT_TRUE(sent_to(device, bytes).cpu().equal(bytes));
        EXPECT_TRUE(sent_to(device, part).cpu().equal(part));
        EXPECT_TRUE(sent_to(torch::kCPU, sent_to(device, part)).equal(part));
        EXPECT_FALSE(sent_to(device, torch::Tensor()).defined());
        EXPECT_TRUE(sent_to(torch::kCPU, bytes).is_same(bytes)) << "no copy where none is needed";
    }
}

TEST(Transfer, ReadsTensorsOfDifferentShapesAndPlacesTogether) {
    for (const DeviceInfo& each : available_devices()) {
        const torch::Device device = torch_device(each.device);
        const std::vector<torch::Tensor> numbers = {torch::tensor(1.25f), torch::randn({3, 2}),
                                                    torch::randn({5}), torch::full({1}, std::nanf(""))};
        std::vector<torch::Tensor> sent;
        for (const torch::Tensor& each_number : numbers) sent.push_back(sent_to(device, each_number));
        sent[2] = numbers[2];  // stays on the processor
        const std::vector<torch::Tensor> read = read_together(sent);
        ASSERT_EQ(read.size(), 4U);
        for (std::size_t i = 0; i < 3; ++i) {
            EXPECT_TRUE(read[i].device().is_cpu());
            EXPECT_TRUE(read[i].equal(numbers[i])) << i;
        }
        EXPECT_TRUE(std::isnan(read[3].item<float>()));
    }
    EXPECT_TRUE(read_together({}).empty());
}

TEST(Generator, GivesTheSameNumbersForTheSameSeed) {
    for (const DeviceInfo& each : available_devices()) {
        const torch::Device device = torch_device(each.device);
        const auto draw = [&](std::uint64_t seed) {
            seed_generator(device, seed);
            return torch::dropout(torch::ones({1000}, device), 0.5, true).cpu();
        };
        const auto first = draw(3);
        EXPECT_TRUE(draw(3).equal(first));
        EXPECT_FALSE(draw(4).equal(first));
    }
}

/// Also for graphics cards that are not there: the switches are LibTorch's own.
TEST(PrecisionScope, SetsThePrecisionOfADeviceAndPutsItBack) {
    at::Context& context = at::globalContext();
    const auto switches = [&] {
        return std::vector<bool>{context.allowTF32CuBLAS(), context.allowTF32CuDNN(),
                                 context.benchmarkCuDNN(), at::autocast::is_autocast_enabled(at::kCPU),
                                 at::autocast::is_autocast_enabled(at::kCUDA)};
    };
    const std::vector<bool> before = switches();
    {
        const PrecisionScope scope(ComputeDevice::cpu, DevicePrecision::bfloat16);
        EXPECT_EQ(switches(), (std::vector<bool>{before[0], before[1], before[2], true, false}));
    }
    EXPECT_EQ(switches(), before);
    {
        const PrecisionScope scope(ComputeDevice::cuda_0, DevicePrecision::float32);
        EXPECT_EQ(switches(), (std::vector<bool>{true, true, true, false, false}));
        {
            const PrecisionScope inner(ComputeDevice::cuda_0, DevicePrecision::exact);
            EXPECT_EQ(switches(), (std::vector<bool>{false, false, false, false, false}));
        }
        EXPECT_EQ(switches(), (std::vector<bool>{true, true, true, false, false}));
    }
    {
        const PrecisionScope scope(ComputeDevice::cuda_0, DevicePrecision::bfloat16);
        EXPECT_EQ(switches(), (std::vector<bool>{true, true, true, false, true}));
        EXPECT_EQ(at::autocast::get_autocast_dtype(at::kCUDA), at::kBFloat16);
    }
    EXPECT_EQ(switches(), before);
}

TEST(MemoryError, TellsTheMemoryThatRanOut) {
    const auto error = [](const std::string& text) {
        return c10::Error(c10::SourceLocation{"f", "file", 1}, text);
    };
    EXPECT_EQ(memory_error(c10::OutOfMemoryError(c10::SourceLocation{"f", "file", 1}, "CUDA out of memory.")),
              MemoryError::graphics_card);
    EXPECT_EQ(memory_error(error("cuDNN error: CUDNN_STATUS_ALLOC_FAILED")), MemoryError::graphics_card);
    EXPECT_EQ(
        memory_error(error("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")),
        MemoryError::processor);
    EXPECT_EQ(memory_error(error("shapes do not match")), MemoryError::none);
    release_kept_memory();  // does nothing without a card
}

}  // namespace
}  // namespace denoise
