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

TEST(DeviceOfProcess, SharesTheCardsOfAMachineInTurn) {
    EXPECT_EQ(card_of_process(0, 2), 0);
    EXPECT_EQ(card_of_process(1, 2), 1);
    EXPECT_EQ(card_of_process(2, 2), 0);
    EXPECT_EQ(card_of_process(5, 1), 0) << "each sees only its own";
    for (const int processes : {1, 2, 3, 7, 8})
        for (const int cards : {1, 2, 3, 8})
            for (int process = 0; process < processes; ++process) {
                int sharing = 0;
                for (int other = 0; other < processes; ++other)
                    sharing += card_of_process(other, cards) == card_of_process(process, cards) ? 1 : 0;
                EXPECT_EQ(processes_on_card(process, processes, cards), sharing)
                    << process << " of " << processes << " with " << cards << " cards";
            }
}

TEST(DeviceOfProcess, IsTheProcessorForAllIfItIsForTheFirst) {
    for (const ComputeDevice wanted : {ComputeDevice::automatic, ComputeDevice::cpu, ComputeDevice::cuda})
        EXPECT_EQ(device_of_process(wanted, ComputeDevice::cpu, 3), ComputeDevice::cpu);
    EXPECT_EQ(device_of_process(ComputeDevice::automatic, ComputeDevice::automatic, 1),
              ComputeDevice::automatic);
}

TEST(DeviceOfProcess, IsACardOfThisMachineOrAnError) {
    for (const ComputeDevice wanted : {ComputeDevice::automatic, ComputeDevice::cuda}) {
        const auto of_process = [&](int process) {
            return device_of_process(wanted, ComputeDevice::cuda_0, process);
        };
        if (card_count() == 0) {
            EXPECT_EQ(error_of([&] { of_process(1); }).setting, "device");
            continue;
        }
        for (int process = 0; process < 9; ++process)
            EXPECT_EQ(of_process(process), graphics_card(process % card_count()));
    }
    if (is_available(ComputeDevice::cuda_7)) GTEST_SKIP() << "this computer has all of them";
    EXPECT_EQ(error_of([] { device_of_process(ComputeDevice::cuda_7, ComputeDevice::cuda_7, 0); }).setting,
              "device")
        << "a certain card is for all processes";
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
