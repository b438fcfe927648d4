#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/formats/image_file.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::cli;
using test::expect_error;
using test::pattern;
using test::ProgramResult;
using test::TemporaryFolder;
using testing::HasSubstr;
using testing::Not;

/// A folder with wide pictures in two classes, of which one is small, and a duplicate.
class Prepare : public testing::Test {
  protected:
    void SetUp() override {
        for (int i = 0; i < 40; ++i) add("cat/" + std::to_string(i), i);
        for (int i = 0; i < 2; ++i) add("emu/" + std::to_string(i), 50 + i);
        add("cat/copy", 7);
    }
    void add(const std::string& name, int seed) {
        test::write_bytes(folder_ / ("set/" + name + ".png"),
                          test::encoded(test::qt_image(pattern(32, 16, 3, seed)), "png"));
    }
    std::string set() const { return (folder_ / "set").string(); }
    std::string file(const std::string& name) const { return (folder_ / name).string(); }
    TemporaryFolder folder_;
};

TEST_F(Prepare, ListsTheClassesWithTheirSizes) {
    const ProgramResult result = cli({"prepare", set(), "--set", "image_size=16"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("set: 43 images of 16 x 16, colour\n"));
    EXPECT_THAT(result.out, HasSubstr("\n  cat  41  ##############################\n  emu   2  ##\n"));
    EXPECT_THAT(result.out, HasSubstr("A class has very few images: emu (2 images)"));
    EXPECT_THAT(result.out, HasSubstr("Fingerprint: "));
}

TEST_F(Prepare, NamesWhatIsLeftOut) {
    const ProgramResult result = cli({"prepare", set(), "--set", "duplicates=identical", "--set",
                                      "exclude_classes=emu", "--set", "exclude_images=cat/1.png", "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const json object = json::parse(result.out);
    EXPECT_EQ(object.at("images"), 39);
    const json& left_out = object.at("left_out");
    EXPECT_EQ(left_out.at("classes"), json::parse(R"([{"name": "emu", "images": 2}])"));
    EXPECT_EQ(left_out.at("images"), json::parse(R"(["cat/1.png"])"));
    EXPECT_EQ(left_out.at("duplicates"),
              json::parse(R"([{"image": "cat/copy.png", "kept": "cat/7.png", "mirrored": false}])"));
    EXPECT_FALSE(object.at("flip").at("certain"));
}

TEST_F(Prepare, DrawsImagesBeforeAndAfter) {
    EXPECT_EQ(cli({"prepare", set(), "--set", "fit=pad", "--set", "image_size=16", "--count", "4", "--out",
                   file("strip.png")})
                  .exit_code,
              0);
    const Picture strip = read_picture(file("strip.png"), 4096);
    EXPECT_EQ(strip.width, 4 * 136 + 8);
    EXPECT_EQ(strip.height, 2 * 136 + 8);
    const auto red = [&](int x, int y) {
        return strip.pixels[static_cast<std::size_t>(3 * (y * strip.width + x))];
    };
    EXPECT_EQ(red(8 + 64, 8 + 4), 0x79);        // above the wide picture
    EXPECT_EQ(red(8 + 64, 136 + 8 + 4), 0xff);  // the bar of the image
}

TEST_F(Prepare, ErrorsNameTheSetting) {
    expect_error(cli({"prepare", set(), "--set", "background=blue"}), "background takes a colour");
    expect_error(cli({"prepare", set(), "--set", "fit=cut"}), "crop, pad or stretch");
    expect_error(cli({"prepare", set(), "--set", "exclude_classes=cat,emu"}), "all of its 43 images");
    expect_error(cli({"prepare", file("nothing")}), "no such file");
}

TEST_F(Prepare, KnownDatasetsHaveCertainAdviceOnFlips) {
    const ProgramResult result = cli({"prepare", "glyphs", "--set", "image_limit=50"});
    EXPECT_THAT(result.out, HasSubstr("Flips: off. Mirrored digits are no digits"));
}

std::vector<std::string> training_on(const std::string& set, const std::string& run) {
    return {"train",
            "--dataset",
            set,
            "--out",
            run,
            "--preset",
            "tiny",
            "--steps",
            "2",
            "--batch",
            "4",
            "--threads",
            "1",
            "--set",
            "image_size=16",
            "--set",
            "preview_seconds=0"};
}

TEST_F(Prepare, TrainingAndInfoTellTheSizesOfTheClasses) {
    std::vector<std::string> arguments = training_on(set(), file("run"));
    arguments.insert(arguments.end(), {"--json", "--set", "duplicates=identical"});
    const ProgramResult result = cli(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    std::istringstream lines(result.out);
    std::string first;
    std::getline(lines, first);
    const json sizes = json::parse(R"([{"name": "cat", "images": 40}, {"name": "emu", "images": 2}])");
    EXPECT_EQ(json::parse(first).at("class_sizes"), sizes);
    EXPECT_EQ(json::parse(first).at("left_out"), 1);
    EXPECT_EQ(json::parse(cli({"info", file("run"), "--json"}).out).at("class_sizes"), sizes);
    EXPECT_THAT(cli({"info", file("run")}).out, HasSubstr("Images of each class:\n  cat  40  ####"));
    EXPECT_THAT(cli({"info", file("run")}).out, HasSubstr("duplicates                   identical"));
}

TEST_F(Prepare, ARunFindsItsDataWhenBothHaveMoved) {
    ASSERT_EQ(cli(training_on(set(), file("runs/1"))).exit_code, 0);
    fs::create_directories(folder_ / "new/runs");
    fs::rename(folder_ / "set", folder_ / "new/set");
    fs::rename(folder_ / "runs/1", folder_ / "new/runs/1");
    const ProgramResult result = cli({"train", "--resume", file("new/runs/1"), "--steps", "3"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("The dataset was found in " + file("new/set")));
    // It is kept in the run.
    const ProgramResult again = cli({"train", "--resume", file("new/runs/1"), "--steps", "4"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.out, Not(HasSubstr("was found")));
}

TEST_F(Prepare, ARunWithoutItsDataSaysWhatToDo) {
    ASSERT_EQ(cli(training_on(set(), file("runs/1"))).exit_code, 0);
    fs::create_directories(folder_ / "far/away");
    fs::rename(folder_ / "set", folder_ / "far/away/pets");
    const ProgramResult missing = cli({"train", "--resume", file("runs/1"), "--steps", "3"});
    EXPECT_EQ(missing.exit_code, 1);
    EXPECT_THAT(missing.err, HasSubstr(set() + ": it is no longer there"));
    EXPECT_THAT(missing.err, HasSubstr("--data"));
    const ProgramResult given =
        cli({"train", "--resume", file("runs/1"), "--data", file("far/away/pets"), "--steps", "3"});
    EXPECT_EQ(given.exit_code, 0) << given.err;
    EXPECT_THAT(given.out, Not(HasSubstr("has changed")));
}

TEST_F(Prepare, OtherImagesInPlaceOfTheDatasetAreTold) {
    ASSERT_EQ(cli(training_on(set(), file("run"))).exit_code, 0);
    fs::copy(folder_ / "set", folder_ / "other", fs::copy_options::recursive);
    fs::remove(folder_ / "other/cat/copy.png");
    const ProgramResult result =
        cli({"train", "--resume", file("run"), "--data", file("other"), "--steps", "3"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out,
                HasSubstr("has changed since the start of this run: it has 42 images, before 43"));
}

TEST_F(Prepare, APathNeedNotBeUtf8) {
    const std::string strange = file("caf\xe9");
    fs::rename(folder_ / "set", strange);
    ASSERT_EQ(cli(training_on(strange, file("run"))).exit_code, 0);
    const ProgramResult result = cli({"train", "--resume", file("run"), "--steps", "3"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, Not(HasSubstr("was found")));
}

}  // namespace
}  // namespace denoise
