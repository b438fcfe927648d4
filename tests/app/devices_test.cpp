#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/app/program.h"
#include "tests/support/files.h"

namespace denoise::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

bool has_all_cards() {
    return json::parse(cli({"devices", "--json"}).out).at("devices").size() > 8;
}

TEST(Devices, AreListedWithTheProcessorFirst) {
    EXPECT_THAT(cli({"devices"}).out, StartsWith("cpu: "));
    const json devices = json::parse(cli({"devices", "--json"}).out).at("devices");
    ASSERT_FALSE(devices.empty());
    EXPECT_EQ(devices[0].at("device"), "cpu");
    int automatic = 0;
    for (const json& each : devices) automatic += each.at("automatic").get<bool>() ? 1 : 0;
    EXPECT_EQ(automatic, 1);
}

TEST(Devices, ThatAreNotThereAreErrorsWithARemedy) {
    if (has_all_cards()) GTEST_SKIP() << "this computer has all of them";
    const TemporaryFolder folder;
    const std::string run = (folder / "run").string();
    const ProgramResult train = cli({"train", "--dataset", "glyphs", "--set", "image_limit=64", "--preset",
                                     "tiny", "--steps", "1", "--device", "cuda:7", "--out", run});
    EXPECT_EQ(train.exit_code, 1);
    EXPECT_THAT(train.err, HasSubstr("Cannot use the device cuda:7"));
    EXPECT_THAT(train.err, HasSubstr("automatic"));
    EXPECT_FALSE(std::filesystem::exists(run));
}

}  // namespace
}  // namespace denoise::test
