#include "engine/model/model_cache.h"

#include "engine/model/checkpoint.h"
#include "engine/training/trainer.h"
#include "tests/support/run_header.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::error_of;

class ModelCacheTest : public testing::Test {
  protected:
    RunHeader header_ = test::run_header(test::small_run());
    torch::Tensor weights_ = Trainer(header_.config, test::glyphs()).state().ema;
    test::TemporaryFolder folder_;

    fs::path save(const std::string& name, std::int64_t step = 1) {
        save_weights(folder_ / name, {header_, step, weights_});
        return folder_ / name;
    }
};

TEST_F(ModelCacheTest, ReadsAFileOnceAndAgainAfterItHasChanged) {
    ModelCache cache;
    const fs::path path = save("a.safetensors");
    const Model first = cache.open(path);
    EXPECT_TRUE(torch::equal(first.weights, weights_));
    EXPECT_EQ(cache.open(path).weights.data_ptr(), first.weights.data_ptr()) << "the same memory";

    save("a.safetensors", 20);
    fs::last_write_time(path, fs::last_write_time(path) + std::chrono::seconds(2));
    EXPECT_EQ(cache.open(path).step, 20);
    EXPECT_EQ(cache.size(), 1u);

    fs::remove(path);
    EXPECT_EQ(error_of([&] { cache.open(path); }).what, "Cannot open the model");
    EXPECT_EQ(cache.size(), 0u) << "what has gone is not kept";
}

TEST_F(ModelCacheTest, KeepsTheModelsUsedLast) {
    ModelCache cache(2 * weights_.nbytes());
    const fs::path a = save("a.safetensors"), b = save("b.safetensors"), c = save("c.safetensors");
    const void* memory = cache.open(a).weights.data_ptr();
    cache.open(b);
    EXPECT_EQ(cache.open(a).weights.data_ptr(), memory);
    cache.open(c);
    EXPECT_EQ(cache.size(), 2u);
    const Model held = cache.open(a);
    EXPECT_EQ(held.weights.data_ptr(), memory) << "b was used least recently";

    ModelCache small(1);
    EXPECT_EQ(small.open(a).step, 1) << "a model that is too large is opened, but not kept";
    EXPECT_EQ(small.size(), 0u);
}

}  // namespace
}  // namespace denoise
