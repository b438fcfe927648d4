#include <gmock/gmock.h>

#include <QImageReader>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/base/processors.h"
#include "engine/runs/run_config.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::cli;
using test::expect_error;
using test::ProgramResult;
using test::TemporaryFolder;
using testing::HasSubstr;

TEST(Cli, HelpListsEverySetting) {
    const ProgramResult help = cli({"train", "--help"});
    EXPECT_EQ(help.exit_code, 0);
    for (const Setting<RunConfig>& setting : run_settings())
        EXPECT_THAT(help.out, HasSubstr(setting.info.key));
    for (const char* command : {"train", "sample", "noise", "info", "datasets", "evaluate"})
        EXPECT_THAT(cli({"--help"}).out, HasSubstr(command));
}

TEST(Cli, NoiseDrawsAStripOfTheForwardProcess) {
    const TemporaryFolder folder;
    test::write_bytes(folder / "a.png", test::encoded(test::qt_image(test::pattern(20, 10, 3)), "PNG"));
    const ProgramResult outcome = cli({"noise", (folder / "a.png").string(), "--timesteps", "0,999",
                                       "--schedule", "cosine", "--out", (folder / "strip.png").string()});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(QImageReader(QString::fromStdString((folder / "strip.png").string())).size(),
              QSize(2 * 20 + 6, 14));
    expect_error(cli({"noise", (folder / "a.png").string(), "--timesteps", "1000", "--out", "x.png"}),
                 "0 to 999");
}

TEST(Cli, ListsDatasetsAndPresets) {
    EXPECT_EQ(json::parse(cli({"datasets", "--json"}).out).at(0).at("name"), "glyphs");
    EXPECT_EQ(
        json::parse(cli({"info", "quick", "--json", "--size", "32", "--channels", "3"}).out).at("width"), 32);
}

TEST(CliErrors, NumbersAreCheckedBeforeTheyAreUsed) {
    const std::string large = "99999999999999999999";
    for (const char* option : {"--seed", "--to-seed"}) {
        const ProgramResult seed = cli({"sample", "none", "--out", "x.png", option, large});
        EXPECT_EQ(seed.exit_code, 2);
        EXPECT_THAT(seed.err, HasSubstr(large));
    }
    for (const char* steps : {"0", "-3", "nan", "inf"}) {
        const ProgramResult result = cli({"sample", "none", "--out", "x.png", "--steps", steps});
        EXPECT_EQ(result.exit_code, 2) << steps;
        EXPECT_THAT(result.err, HasSubstr("greater than 0"));
        EXPECT_LT(result.err.size(), 200u) << "without a bound of 300 digits";
    }
    for (const char* option : {"--seed", "--steps"}) {
        const ProgramResult result = cli({"train", "--dataset", "glyphs", option, large});
        EXPECT_EQ(result.exit_code, 2);
        EXPECT_THAT(result.err, HasSubstr(std::string(option) + ": \"" + large));
    }
    EXPECT_THAT(cli({"train", "--dataset", "glyphs", "--steps", "1.5"}).err, HasSubstr("a whole number"));
    for (const char* eta : {"nan", "-0.1", "1.1", "inf", "0x1", ""})
        EXPECT_THAT(cli({"sample", "none", "--out", "x.png", "--eta", eta}).err,
                    HasSubstr("is not a number from 0 to 1"))
            << eta;
    for (const std::vector<const char*>& branch : {std::vector{"0", "-1"}, {"-1", "0"}, {"0", "1.5"}}) {
        const ProgramResult result =
            cli({"sample", "none", "--out", "x.png", "--branch", branch[0], branch[1]});
        EXPECT_EQ(result.exit_code, 2);
        EXPECT_THAT(result.err, HasSubstr("is not a whole number of at least 0"));
        EXPECT_LT(result.err.size(), 200u);
    }
    EXPECT_EQ(cli({"sample", "none", "--out", "x.png", "--threads", "1000000"}).exit_code, 2);
    EXPECT_EQ(cli({"sample", "none", "--out", "x.png", "--count", "0x10"}).exit_code, 2);
    const ProgramResult minutes = cli({"train", "--dataset", "glyphs", "--minutes", "nan"});
    EXPECT_EQ(minutes.exit_code, 2);
    EXPECT_THAT(minutes.err, HasSubstr("--minutes"));
}

TEST(CliErrors, TooManyThreadsAreRefusedInBothSpellings) {
    const TemporaryFolder folder;
    const std::string most = std::to_string(most_threads() + 1);
    expect_error(cli({"train", "--dataset", "glyphs", "--preset", "tiny", "--steps", "1", "--set",
                      "threads=" + most, "--out", folder / "run"}),
                 most + " threads");
    EXPECT_EQ(cli({"train", "--dataset", "glyphs", "--threads", most}).exit_code, 2);
    EXPECT_EQ(cli({"train", "--dataset", "glyphs", "--device", "gpu"}).exit_code, 2);
    EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST(CliErrors, OutputThatIsLostIsAnError) {
    if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
    EXPECT_NE(std::system("'" DENOISE_LAB_CLI "' datasets --json > /dev/full 2>/dev/null"), 0);
}

TEST(CliErrors, NameWhatIsWrong) {
    const TemporaryFolder folder;
    const std::string none = (folder / "none").string(), out = (folder / "out.png").string();
    expect_error(cli({"train", "--dataset", none}), none);
    expect_error(cli({"train"}), "--dataset");
    expect_error(cli({"train", "--dataset", "glyphs", "--preset", "huge"}), "quick");
    expect_error(cli({"train", "--dataset", "glyphs", "--set", "batch=3"}), "batch_size");
    expect_error(cli({"train", "--dataset", "glyphs", "--set", "groups=7"}), "groups = 7 does not divide");
    expect_error(cli({"train", "--dataset", "glyphs", "--set", "image_limit=10"}),
                 "batch_size is 32 and the set has 10 images");
    expect_error(cli({"train", "--dataset", "glyphs", "--out", "/proc/nowhere"}), "/proc/nowhere");
    expect_error(cli({"train", "--resume", none}), none);
    expect_error(cli({"sample", none, "--out", out}), none);
    expect_error(cli({"noise", none, "--out", out}), none);
    expect_error(cli({"info", none}), none);
    test::write_bytes(folder / "empty.safetensors", "");
    expect_error(cli({"sample", (folder / "empty.safetensors").string(), "--out", out}), "empty.safetensors");
    EXPECT_FALSE(fs::exists(out));
}

TEST(CliErrors, ACommandLineThatCannotBeReadEndsWithTwo) {
    EXPECT_EQ(cli({}).exit_code, 2);
    EXPECT_EQ(cli({"train", "--stepz", "3"}).exit_code, 2);
    EXPECT_EQ(cli({"sample", "x", "--sampler", "magic", "--out", "x.png"}).exit_code, 2);
    EXPECT_EQ(cli({"train", "--dataset", "glyphs", "--steps", "3", "--minutes", "1"}).exit_code, 2);
    EXPECT_EQ(cli({"noise", "x.png", "--schedule", "magic", "--out", "y.png"}).exit_code, 2);
    EXPECT_EQ(cli({"evaluate", "x", "--dataset", "glyphs", "--metric", "magic"}).exit_code, 2);
}

TEST(CliErrors, AResumedRunKeepsItsSettings) {
    for (const auto& [option, value] :
         {std::pair("--dataset", "glyphs"), std::pair("--out", "x"), std::pair("--preset", "quick"),
          std::pair("--seed", "1"), std::pair("--set", "groups=4")}) {
        const ProgramResult result = cli({"train", "--resume", "run", option, value});
        EXPECT_EQ(result.exit_code, 2);
        EXPECT_THAT(result.err, testing::AllOf(HasSubstr("--resume"), HasSubstr(option)));
    }
}

}  // namespace
}  // namespace denoise
