#include "engine/model/ema_length_cache.h"

#include <gmock/gmock.h>

#include "engine/model/ema_lengths.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

class EmaLengthCacheTest : public testing::Test {
  protected:
    static constexpr std::int64_t numbers = 64, step = 100;

    EmaLengthCacheTest() {
        at::set_num_threads(1);
        model.file = folder / "checkpoints" / "00000100.safetensors";
        model.step = step;
        model.weights = torch::zeros({numbers});
        track(1);
        save_ema_snapshot(folder.path(), 64, {torch::ones({numbers}), 3 * torch::ones({numbers})});
    }
    void track(double value) {
        save_tracked_emas(model.file, step,
                          {torch::full({numbers}, value), torch::full({numbers}, 2 * value)});
    }

    const test::TemporaryFolder folder;
    Model model;
};

TEST_F(EmaLengthCacheTest, ComputesAnEmaOnce) {
    EmaLengthCache cache;
    const Model first = cache.open(model, 0.07), second = cache.open(model, 0.07);
    EXPECT_TRUE(torch::equal(first.weights, with_ema_length(model, 0.07).weights));
    EXPECT_EQ(second.weights.data_ptr(), first.weights.data_ptr()) << "it was not computed again";
    EXPECT_EQ(second.step, step);
    EXPECT_NE(cache.open(model, 0.1).weights.data_ptr(), first.weights.data_ptr());
    EXPECT_EQ(cache.open(model, 0.07).weights.data_ptr(), first.weights.data_ptr());
    EXPECT_EQ(cache.size(), 2U);
}

TEST_F(EmaLengthCacheTest, LeavesTheEmaOfTheRunAsItIs) {
    EmaLengthCache cache;
    EXPECT_EQ(cache.open(model, 0).weights.data_ptr(), model.weights.data_ptr());
    EXPECT_EQ(cache.size(), 0U);
}

TEST_F(EmaLengthCacheTest, NoticesChangedFiles) {
    EmaLengthCache cache;
    const torch::Tensor before = cache.open(model, 0.07).weights;
    const std::filesystem::path file = tracked_ema_file(model.file);
    const auto time = std::filesystem::last_write_time(file);
    track(5);
    std::filesystem::last_write_time(file, time + std::chrono::seconds(1));
    EXPECT_FALSE(torch::equal(cache.open(model, 0.07).weights, before));
    std::filesystem::remove(file);
    EXPECT_THROW(cache.open(model, 0.07), Error) << "the run has them no more";
}

TEST_F(EmaLengthCacheTest, KeepsNoMoreThanItsLimit) {
    EmaLengthCache cache(2 * numbers * sizeof(float));
    const auto first = cache.open(model, 0.05).weights.data_ptr();
    cache.open(model, 0.07);
    cache.open(model, 0.05);
    cache.open(model, 0.1);
    EXPECT_EQ(cache.size(), 2U);
    EXPECT_EQ(cache.open(model, 0.05).weights.data_ptr(), first) << "it was used after 0.07";
    EmaLengthCache none(0);
    EXPECT_TRUE(torch::equal(none.open(model, 0.07).weights, with_ema_length(model, 0.07).weights));
    EXPECT_EQ(none.size(), 0U);
}

}  // namespace
}  // namespace denoise
