#include "engine/device/devices.h"

#include <gmock/gmock.h>

#include "engine/base/error.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using test::error_of;
using testing::HasSubstr;

TEST(Devices, HaveTheProcessorFirstAndConsecutiveCards) {
    const std::vector<DeviceInfo>& devices = available_devices();
    ASSERT_FALSE(devices.empty());
    EXPECT_EQ(devices.front().device, ComputeDevice::cpu);
    for (std::size_t i = 1; i < devices.size(); ++i)
        EXPECT_EQ(devices[i].device, graphics_card(static_cast<int>(i) - 1));
    for (const DeviceInfo& each : devices) {
        EXPECT_FALSE(each.name.empty());
        EXPECT_TRUE(is_available(each.device));
        EXPECT_EQ(resolved_device(each.device), each.device);
        EXPECT_EQ(usable_device(each.device), each.device);
        wait_for(each.device);
    }
}

TEST(Devices, AutomaticIsTheFirstCardOrElseTheProcessor) {
    const std::vector<DeviceInfo>& devices = available_devices();
    const ComputeDevice first = devices.size() > 1 ? ComputeDevice::cuda_0 : ComputeDevice::cpu;
    EXPECT_EQ(resolved_device(ComputeDevice::automatic), first);
    EXPECT_EQ(usable_device(ComputeDevice::automatic), first);
    EXPECT_EQ(usable_device(ComputeDevice::cuda_7), devices.size() > 8 ? ComputeDevice::cuda_7 : first);
}

TEST(Devices, OneThatIsNotThereIsAnErrorWithARemedy) {
    if (is_available(ComputeDevice::cuda_7)) GTEST_SKIP() << "this computer has all of them";
    const Error error = error_of([] { resolved_device(ComputeDevice::cuda_7); });
    EXPECT_THAT(error.what, HasSubstr("cuda:7"));
    EXPECT_THAT(error.remedy, HasSubstr("automatic"));
    EXPECT_EQ(error.setting, "device");
    EXPECT_FALSE(error.why.empty());
}

TEST(Devices, OnlyCardsHaveTheirOwnMemoryAndName) {
    EXPECT_EQ(free_device_bytes(ComputeDevice::cpu), std::nullopt);
    EXPECT_EQ(measured_name(ComputeDevice::cpu), "");
    for (const DeviceInfo& each : available_devices()) {
        if (each.device == ComputeDevice::cpu) continue;
        EXPECT_EQ(measured_name(each.device), each.name);
        EXPECT_GT(each.memory_bytes, 0);
        EXPECT_GT(free_device_bytes(each.device).value_or(1), 0);
    }
}

TEST(ComputeDevice, NumbersItsCards) {
    EXPECT_FALSE(is_graphics_card(ComputeDevice::automatic));
    EXPECT_FALSE(is_graphics_card(ComputeDevice::cpu));
    EXPECT_TRUE(is_graphics_card(ComputeDevice::cuda));
    EXPECT_EQ(graphics_card_number(ComputeDevice::cuda), 0);
    for (int i = 0; i < most_graphics_cards; ++i) {
        EXPECT_TRUE(is_graphics_card(graphics_card(i)));
        EXPECT_EQ(graphics_card_number(graphics_card(i)), i);
        EXPECT_EQ(name_of(graphics_card(i)), "cuda:" + std::to_string(i));
    }
}

}  // namespace
}  // namespace denoise
