#include "engine/runs/run_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/runs/run_folder.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

TEST(RunChanges, OnlyLiveSettingsAreAdopted) {
    RunConfig wanted;
    wanted.training.learning_rate = 0.5;
    wanted.training.batch_size = 7;
    wanted.unet.base_width = 64;
    const RunConfig now = with_live_settings({}, wanted);
    EXPECT_EQ(now.training.learning_rate, 0.5);
    EXPECT_EQ(now.training.batch_size, RunConfig().training.batch_size);
    EXPECT_EQ(now.unet, RunConfig().unet);
    EXPECT_TRUE(same_fixed_settings({}, now));
    EXPECT_FALSE(same_fixed_settings({}, wanted));
    EXPECT_TRUE(same_fixed_settings({}, with_classes({}, 10))) << "the classes are those of the dataset";
}

TEST(RunChanges, AreWrittenAndReadInOrder) {
    const test::TemporaryFolder folder;
    EXPECT_TRUE(read_changes(folder.path()).empty());
    RunConfig first, second;
    second.training.learning_rate = 0.001;
    second.training.minutes = 20;
    const std::vector<SettingChange> changes = changes_between(first, second, 224);
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_EQ(changes[0], (SettingChange{224, "minutes", "10", "20"}));
    append_changes(folder.path(), changes);
    std::ofstream(folder.path() / run_file::changes, std::ios::app) << "{\"step\": 3, \"ke\nnull\n[]\n{}\n";
    append_changes(folder.path(), {{300, "ema_share", "0.05", "0.1"}});
    EXPECT_THAT(read_changes(folder.path()),
                testing::ElementsAre(changes[0], changes[1], SettingChange{300, "ema_share", "0.05", "0.1"}));
    EXPECT_EQ(describe(changes[1]), "Learning rate: 0.002 → 0.001");
}

}  // namespace
}  // namespace denoise
