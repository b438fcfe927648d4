#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/app/trained_run.h"
#include "tests/support/cache_fixture.h"

namespace denoise {
namespace {

using nlohmann::json;
using test::cli;
using test::expect_error;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class CacheCommand : public testing::Test {
  protected:
    void SetUp() override {
        for (int i = 0; i < 20; ++i)
            test::write_bytes(folder_ / ("set/" + std::to_string(i) + ".png"),
                              test::encoded(test::qt_image(test::pattern(16, 16, 3, i)), "png"));
    }
    std::string set() const { return (folder_ / "set").string(); }
    test::OwnCache cache_;
    test::TemporaryFolder folder_;
};

TEST_F(CacheCommand, ListsDecodedDatasetsAndRemovesThem) {
    EXPECT_THAT(cli({"cache"}).out, HasSubstr("0 MB of 20.0 GB in " + cache_.path().string()));
    const std::string first = cli({"prepare", set(), "--json"}).out;
    const json list = json::parse(cli({"cache", "--json"}).out);
    ASSERT_THAT(list["entries"], SizeIs(1));
    EXPECT_EQ(list["entries"][0]["source"], set());
    EXPECT_EQ(list["entries"][0]["images"], 20);
    EXPECT_EQ(list["entries"][0]["complete"], true);
    EXPECT_EQ(list["entries"][0]["in_use"], false);
    EXPECT_EQ(list["limit_bytes"], 20'000'000'000);
    EXPECT_EQ(cli({"prepare", set(), "--json"}).out, first);
    EXPECT_THAT(cli({"cache"}).out, HasSubstr(set() + "\n  20 images, 0 MB, complete, last used 20"));
    EXPECT_THAT(cli({"cache", "--clear"}).out, HasSubstr("freed"));
    EXPECT_THAT(json::parse(cli({"cache", "--json"}).out)["entries"], IsEmpty());
    EXPECT_EQ(cli({"prepare", set(), "--json"}).out, first);
}

TEST_F(CacheCommand, LimitsTheCacheForAllPrograms) {
    EXPECT_THAT(cli({"cache", "--limit", "1.5GB"}).out, HasSubstr("0 MB of 1.5 GB"));
    EXPECT_EQ(image_cache_settings().limit_bytes, 1'500'000'000);
    EXPECT_THAT(cli({"cache", "--limit", "off"}).out, HasSubstr("the cache is off"));
    EXPECT_EQ(cli({"prepare", set()}).exit_code, 0);
    EXPECT_THAT(cache_.entries(), IsEmpty());
    expect_error(cli({"cache", "--limit", "much"}), "\"much\" is not a size");
}

TEST_F(CacheCommand, PrepareSaysWhyImagesAreNotCached) {
    const test::Variable variable("DENOISE_LAB_DATASET_CACHE", "1kB");
    const json notes = json::parse(cli({"prepare", set(), "--json"}).out)["notes"];
    ASSERT_THAT(notes, SizeIs(1));
    EXPECT_THAT(notes[0].get<std::string>(), HasSubstr("The decoded images are not cached: they take"));
    EXPECT_THAT(cli({"prepare", set()}).out, HasSubstr("note: The decoded images are not cached"));
}

TEST_F(CacheCommand, TrainingIsTheSameFromTheCacheAndFromMemory) {
    const auto losses = [&](const char* limit, const std::string& run) {
        const test::Variable variable("DENOISE_LAB_DATASET_CACHE", limit);
        const test::ProgramResult result = cli(
            {"train", "--dataset", set(), "--preset", "tiny", "--steps", "8", "--set", "precision=float32",
             "--set", "layout=channels-last", "--threads", "1", "--out", (folder_ / run).string()});
        EXPECT_EQ(result.exit_code, 0) << result.err;
        std::istringstream lines(test::read_bytes(folder_ / run / "metrics.jsonl"));
        std::string all;
        for (std::string line; std::getline(lines, line);) all += json::parse(line)["loss"].dump() + " ";
        return all;
    };
    const std::string from_memory = losses("off", "a");
    EXPECT_THAT(cache_.entries(), IsEmpty());
    EXPECT_EQ(losses("1GB", "b"), from_memory);
    EXPECT_THAT(cache_.entries(), SizeIs(1));
    EXPECT_EQ(losses("1GB", "c"), from_memory);
}

}  // namespace
}  // namespace denoise
