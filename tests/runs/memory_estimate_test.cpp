#include "engine/runs/memory_estimate.h"

#include <gmock/gmock.h>

#include <fstream>

#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

/// A measured peak of the resident memory, for glyphs (28 x 28).
struct Measured {
    const char* preset;
    int batch;
    double float32_megabytes, bfloat16_megabytes;
};
constexpr Measured measured[] = {
    {"tiny", 16, 188, 199},       {"quick", 32, 300, 299},       {"quick", 128, 529, 405},
    {"classic", 32, 496, 409},    {"classic", 128, 1189, 764},   {"balanced", 64, 514, 495},
    {"annotated", 64, 1063, 707}, {"ho-cifar10", 8, 1452, 1538},
};

RunConfig run_of(const char* preset, int batch, Precision precision) {
    RunConfig config = find_preset(preset).config;
    config.training.batch_size = batch;
    config.training.precision = precision;
    return config;
}

double megabytes_for(const char* preset, int batch, Precision precision) {
    return static_cast<double>(estimate_training_memory(run_of(preset, batch, precision), 1, 28, 28)) / 1e6;
}

TEST(MemoryEstimate, IsCloseToMeasurements) {
    for (const Measured& m : measured) {
        EXPECT_NEAR(megabytes_for(m.preset, m.batch, Precision::float32) / m.float32_megabytes, 1, 0.3)
            << m.preset << " " << m.batch;
        EXPECT_NEAR(megabytes_for(m.preset, m.batch, Precision::bfloat16) / m.bfloat16_megabytes, 1, 0.3)
            << m.preset << " " << m.batch;
    }
}

TEST(MemoryEstimate, SuggestsALargestBatchThatFits) {
    RunConfig config = run_of("classic", 4096, Precision::automatic);
    EXPECT_NO_THROW(check_training_memory(config, 1, 28, 28, std::int64_t{100} << 30));
    try {
        check_training_memory(config, 1, 28, 28, 2'000'000'000);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.setting, "batch_size");
        EXPECT_THAT(error.why, testing::HasSubstr("2.0 GB are available"));
        config.training.batch_size = std::stoi(error.remedy.substr(error.remedy.find("most ") + 5));
        EXPECT_NO_THROW(check_training_memory(config, 1, 28, 28, 2'000'000'000));
        EXPECT_LE(estimate_training_memory(config, 1, 28, 28), 2'000'000'000);
        config.training.batch_size = config.training.batch_size * 3 / 2;
        EXPECT_THROW(check_training_memory(config, 1, 28, 28, 2'000'000'000), Error);
    }
}

TEST(MemoryEstimate, SuggestsASmallerNetworkIfNoBatchFits) {
    RunConfig config = run_of("quick", 1, Precision::automatic);
    config.unet.base_width = 1024;
    config.unet.multipliers = {8, 8};
    try {
        check_training_memory(config, 1, 28, 28, 16'000'000'000);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.setting, "base_width");
    }
}

TEST(MemoryEstimate, OfSamplingIsCloseToMeasurements) {
    const auto megabytes = [](const char* preset, Precision precision) {
        return static_cast<double>(estimate_sampling_memory(run_of(preset, 1, precision), 1, 28, 28, 1)) /
               1e6;
    };
    EXPECT_NEAR(megabytes("quick", Precision::float32) / 0.575, 1, 0.3);
    EXPECT_NEAR(megabytes("quick", Precision::bfloat16) / 0.216, 1, 0.3);
    EXPECT_NEAR(megabytes("classic", Precision::float32) / 1.229, 1, 0.3);
    EXPECT_NEAR(megabytes("annotated", Precision::float32) / 2.743, 1, 0.3);
}

TEST(MemoryEstimate, RefusesToSampleMoreImagesThanFit) {
    const RunConfig config = run_of("classic", 1, Precision::float32);
    const std::int64_t one = estimate_sampling_memory(config, 1, 28, 28, 1);
    EXPECT_EQ(estimate_sampling_memory(config, 1, 28, 28, 100), 100 * one);
    EXPECT_NO_THROW(check_sampling_memory(config, 1, 28, 28, 100, 100 * one));
    const Error error = test::error_of([&] { check_sampling_memory(config, 1, 28, 28, 100, 20 * one); });
    EXPECT_THAT(error.why, testing::HasSubstr("100 images of 28 x 28"));
    EXPECT_EQ(error.remedy, "Sample at most 20 at once");
    EXPECT_THAT(
        test::error_of([&] { check_sampling_memory(config, 3, 4096, 4096, 1, 1'000'000'000); }).remedy,
        testing::HasSubstr("smaller model"));
}

void write_group(const std::filesystem::path& folder, const std::string& limit, int used, int cache) {
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "memory.max") << limit << "\n";
    std::ofstream(folder / "memory.current") << used << "\n";
    std::ofstream(folder / "memory.stat")
        << "anon 77\nfile 5\ninactive_file " << cache << "\nslab_reclaimable 1\n";
}

TEST(Memory, OfControlGroupsIsTheSmallestAmongTheParentsWithoutCaches) {
    const test::TemporaryFolder folder;
    EXPECT_EQ(allowed_by_groups(folder.path(), "/a/b"), std::nullopt);
    write_group(folder / "a" / "b", "max", 500, 0);
    EXPECT_EQ(allowed_by_groups(folder.path(), "/a/b"), std::nullopt);
    write_group(folder / "a" / "b", "1000", 900, 300);
    EXPECT_EQ(allowed_by_groups(folder.path(), "/a/b"), 401);
    write_group(folder / "a", "1000", 900, 50);
    EXPECT_EQ(allowed_by_groups(folder.path(), "/a/b"), 151);
    write_group(folder / "a", "1000", 2000, 50);
    EXPECT_EQ(allowed_by_groups(folder.path(), "/a/b"), 0);
    EXPECT_EQ(allowed_by_groups(folder.path(), ""), std::nullopt);
}

TEST(Memory, IsKnownAndReadable) {
    EXPECT_GT(resident_bytes(), 1'000'000);
    ASSERT_TRUE(available_bytes());
    EXPECT_EQ(memory_text(850'400'000), "850 MB");
    EXPECT_EQ(memory_text(999'900'000), "1.0 GB");
    EXPECT_EQ(memory_text(2'449'000'000), "2.4 GB");
}

}  // namespace
}  // namespace denoise
