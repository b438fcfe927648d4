#include "engine/base/file_stamp.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/files.h"

namespace denoise {
namespace {

TEST(FileStamp, ChangesWithSizeTimeAndPath) {
    const test::TemporaryFolder folder;
    const std::filesystem::path file = folder / "file";
    EXPECT_EQ(file_stamp(file), "") << "there is none";
    test::write_bytes(file, "one");
    const std::string before = file_stamp(file);
    EXPECT_NE(before, "");
    EXPECT_EQ(file_stamp(file), before);
    const auto time = std::filesystem::last_write_time(file);
    test::write_bytes(file, "longer");
    std::filesystem::last_write_time(file, time);
    const std::string longer = file_stamp(file);
    EXPECT_NE(longer, before);
    std::filesystem::last_write_time(file, time + std::chrono::seconds(1));
    EXPECT_NE(file_stamp(file), longer);
    test::write_bytes(folder / "other", "longer");
    EXPECT_NE(file_stamp(folder / "other"), file_stamp(file));
}

}  // namespace
}  // namespace denoise
