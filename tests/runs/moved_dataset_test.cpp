#include "engine/runs/moved_dataset.h"

#include "engine/base/escaped_text.h"
#include "engine/runs/run_folder.h"
#include "tests/support/files.h"
#include "tests/support/run_header.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MovedData : public testing::Test {
  protected:
    /// A folder with one picture.
    void make_set(const fs::path& place, int seed = 1) {
        test::write_bytes(place / "1.png",
                          test::encoded(test::qt_image(test::pattern(8, 8, 1, seed)), "png"));
    }
    /// A run on the dataset at `set`.
    RunHeader make_run(const fs::path& folder, const fs::path& set) {
        RunHeader header = test::run_header();
        header.config.dataset = {.dataset = set.string()};
        header.dataset_fingerprint = load_dataset(header.config.dataset).fingerprint;
        RunFolder::create(folder, header);
        return read_run_header(folder);
    }
    /// Where the dataset of a run is found.
    static std::string found_for(const fs::path& run, std::vector<std::string> known = {}) {
        const RunHeader header = read_run_header(run);
        DatasetConfig config = header.config.dataset;
        EXPECT_TRUE(is_missing(config));
        const Dataset dataset = find_and_load({header, run, std::move(known)}, config);
        EXPECT_EQ(dataset.fingerprint, header.dataset_fingerprint);
        EXPECT_THAT(dataset.notes, testing::Contains("The dataset was found in " + config.dataset));
        return config.dataset;
    }
    TemporaryFolder folder_;
};

TEST_F(MovedData, MovesWithItsRun) {
    make_set(folder_ / "old/data/photos");
    const RunHeader header = make_run(folder_ / "old/runs/1", folder_ / "old/data/photos");
    EXPECT_EQ(header.dataset_beside, "../../data/photos");
    fs::rename(folder_ / "old", folder_ / "new");
    EXPECT_EQ(found_for(folder_ / "new/runs/1"), (folder_ / "new/data/photos").string());
}

TEST_F(MovedData, IsFoundInTheFoldersAroundARunOfAnOlderVersion) {
    make_set(folder_ / "disk/data/photos");
    make_run(folder_ / "disk/runs/1", folder_ / "disk/data/photos");
    const std::string json = test::read_bytes(folder_ / "disk/runs/1/run.json");
    const std::size_t beside = json.find("\"beside\"");
    ASSERT_NE(beside, std::string::npos);
    test::write_bytes(folder_ / "disk/runs/1/run.json",
                      json.substr(0, beside) + "\"other\"" + json.substr(beside + 8));
    fs::rename(folder_ / "disk", folder_ / "mount");
    EXPECT_EQ(found_for(folder_ / "mount/runs/1"), (folder_ / "mount/data/photos").string());
}

TEST_F(MovedData, IsFoundByTheOtherRunsThatUseIt) {
    make_set(folder_ / "photos");
    make_run(folder_ / "runs/1", folder_ / "photos");
    fs::create_directories(folder_ / "elsewhere");
    fs::rename(folder_ / "photos", folder_ / "elsewhere/holiday");
    make_run(folder_ / "runs/2", folder_ / "elsewhere/holiday");
    EXPECT_EQ(found_for(folder_ / "runs/1"), (folder_ / "elsewhere/holiday").string());
}

TEST_F(MovedData, IsFoundBesideKnownDatasets) {
    make_set(folder_ / "a/photos");
    make_run(folder_ / "b/c/d/e/f/g/h/run", folder_ / "a/photos");
    make_set(folder_ / "moved/others", 2);
    fs::rename(folder_ / "a/photos", folder_ / "moved/photos");
    EXPECT_EQ(found_for(folder_ / "b/c/d/e/f/g/h/run", {(folder_ / "moved/others").string()}),
              (folder_ / "moved/photos").string());
}

TEST_F(MovedData, OtherImagesOfTheSameNameAreNotTaken) {
    make_set(folder_ / "old/photos");
    make_run(folder_ / "old/run", folder_ / "old/photos");
    fs::rename(folder_ / "old", folder_ / "new");
    fs::remove_all(folder_ / "new/photos");
    make_set(folder_ / "new/photos", 2);
    const Error error = error_of([&] { found_for(folder_ / "new/run"); });
    EXPECT_EQ(error.setting, "dataset");
    EXPECT_THAT(error.why, HasSubstr((folder_ / "old/photos").string() + ": it is no longer there"));
    EXPECT_THAT(error.why, HasSubstr("these have other images: " + (folder_ / "new/photos").string()));
}

TEST_F(MovedData, WithoutAnyTraceTheErrorNamesTheOldPlace) {
    make_set(folder_ / "photos");
    make_run(folder_ / "run", folder_ / "photos");
    fs::remove_all(folder_ / "photos");
    EXPECT_THAT(error_of([&] { found_for(folder_ / "run"); }).why, HasSubstr("not near the run either"));
}

TEST_F(MovedData, APathNeedNotBeUtf8) {
    const fs::path set = folder_ / "caf\xe9/photos";
    make_set(set);
    const RunHeader header = make_run(folder_ / "run", set);
    EXPECT_EQ(header.config.dataset.dataset, set.string());
    EXPECT_EQ(header.dataset_beside, "../caf\xe9/photos");
    EXPECT_FALSE(is_missing(header.config.dataset));
    EXPECT_TRUE(is_utf8(test::read_bytes(folder_ / "run/run.json")));
    fs::create_directories(folder_ / "new");
    fs::rename(folder_ / "caf\xe9", folder_ / "new/caf\xe9");
    fs::rename(folder_ / "run", folder_ / "new/run");
    EXPECT_EQ(found_for(folder_ / "new/run"), (folder_ / "new/caf\xe9/photos").string());
}

TEST(RunConfigJson, TextsKeepBytesThatAreNotUtf8) {
    RunConfig config;
    config.dataset.dataset = "/data/caf\xe9/100%";
    config.dataset.exclude_images = "a\xff.png, b.png";
    const std::string json = run_config_to_json(config);
    EXPECT_TRUE(is_utf8(json));
    EXPECT_EQ(run_config_from_json(json), config);
    EXPECT_THAT(run_config_to_json({}), testing::Not(HasSubstr("_escaped")));
}

TEST(MovedDataset, BuiltInDatasetsAreNeverMissing) {
    EXPECT_FALSE(is_missing({}));
    EXPECT_EQ(path_beside("/runs/1", "glyphs"), "");
    EXPECT_EQ(path_beside("/home/me/runs/1", "/home/me/data/photos/"), "../../data/photos");
}

TEST(EscapedText, BytesAreReadAsTheyWereWritten) {
    std::string bytes;
    for (int i = 1; i < 256; ++i) bytes += static_cast<char>(i);
    for (const char c : percent_escaped(bytes)) EXPECT_TRUE(c > 0x20 && c < 0x7F) << int{c};
    EXPECT_EQ(percent_unescaped(percent_escaped(bytes)), bytes);
    EXPECT_EQ(percent_unescaped("100%, %4, %zz"), "100%, %4, %zz");
}

TEST(EscapedText, KnowsUtf8) {
    for (const char* text : {"", "abc", "grün", "\xe2\x82\xac", "\xf0\x9f\x98\x80"})
        EXPECT_TRUE(is_utf8(text)) << text;
    for (const char* text :
         {"\xff", "caf\xe9", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"})
        EXPECT_FALSE(is_utf8(text));
}

}  // namespace
}  // namespace denoise
