// Unlucky surroundings: names that control a terminal, closed streams, other locales, no home folder.

#include <gmock/gmock.h>
#include <unistd.h>

#include <QImageReader>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/formats/image_file.h"
#include "engine/runs/run_list.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::cli;
using test::expect_error;
using test::ProgramResult;
using test::TemporaryFolder;
using test::training;
using testing::HasSubstr;
using testing::Not;

std::string command_line(const std::vector<std::string>& arguments) {
    std::string line = "'" DENOISE_LAB_CLI "'";
    for (const std::string& argument : arguments) line += " '" + argument + "'";
    return line;
}

/// Runs the program from a shell, with `before` and `after` around its command line.
ProgramResult shell(const std::string& before, const std::vector<std::string>& arguments,
                    const std::string& after = "") {
    const TemporaryFolder folder;
    const std::string out = folder / "out", err = folder / "err";
    const std::string line =
        "exec >'" + out + "' 2>'" + err + "'; " + before + " " + command_line(arguments) + " " + after;
    const int status = std::system(line.c_str());
    return {WEXITSTATUS(status), false, test::read_bytes(out), test::read_bytes(err)};
}

TEST(Names, CannotControlTheTerminal) {
    const TemporaryFolder folder;
    const std::string evil = "a\x1b[2J\nb\x07\xc2\x9b\xe2\x80\xae\xff.png";
    const std::string shown = "a\\x1b[2J\\nb\\x07\\xc2\\x9b\\xe2\\x80\\xae\\xff.png";
    expect_error(cli({"noise", folder / evil, "--out", folder / "x.png"}), shown);
    expect_error(cli({"train", "--dataset", folder / evil, "--out", folder / "run"}), shown);
    const ProgramResult parse = cli({"info", "quick", "--" + evil});
    EXPECT_EQ(parse.exit_code, 2);
    EXPECT_THAT(parse.err, HasSubstr(shown));
    EXPECT_THAT(parse.err, Not(HasSubstr("\x1b")));

    const std::string umlauts = folder / "Größe 日本 \xf0\x9f\x98\x80.png";
    expect_error(cli({"noise", umlauts, "--out", folder / "x.png"}), umlauts);
}

TEST(Names, OfEveryKindAreWritten) {
    const TemporaryFolder folder;
    write_picture(test::pattern(16, 16, 1), folder / "in.png");
    for (const std::string& name :
         {std::string("new\nline \x1b[31m.png"), std::string("caf\xe9.png"), std::string(251, 'n') + ".png",
          std::string("-o.png"), std::string("$(x) ';\".png")}) {
        const ProgramResult result = cli({"noise", folder / "in.png", "--out", folder / name});
        EXPECT_EQ(result.exit_code, 0) << result.err;
        EXPECT_TRUE(fs::exists(folder / name)) << name;
    }
}

TEST(Names, ThatAreNotUtf8AreKeptInARun) {
    const TemporaryFolder folder;
    const std::string run = folder / "caf\xe9\n'run", model = folder / "caf\xe9.safetensors";
    const ProgramResult trained = cli(training(run, 2));
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_THAT(trained.out, HasSubstr("caf\\xe9\\n'run"));
    EXPECT_EQ(cli({"convert", run, "--to", "safetensors", "--out", model}).exit_code, 0);
    EXPECT_EQ(cli({"sample", model, "--count", "1", "--steps", "1", "--out", folder / "a.png"}).exit_code, 0);
    const ProgramResult info = cli({"info", run, "--json"});
    EXPECT_EQ(info.exit_code, 0) << info.err;
    EXPECT_EQ(nlohmann::json::parse(info.out).at("step"), 2);
    EXPECT_EQ(cli({"train", "--resume", run, "--steps", "3"}).exit_code, 0);
}

TEST(Names, ThatAreNotUtf8CanBeThoseOfADatasetAndItsClasses) {
    const TemporaryFolder folder;
    const fs::path pictures = folder / "caf\xe9";
    for (const char* name : {"a\xe9", "b"}) {
        fs::create_directories(pictures / name);
        write_picture(test::pattern(8, 8, 1), pictures / name / "1.png");
    }
    const std::string run = folder / "run";
    const ProgramResult trained =
        cli({"train", "--dataset", pictures, "--preset", "tiny", "--set", "base_width=8", "--set", "groups=4",
             "--batch", "2", "--steps", "2", "--out", run});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_EQ(cli({"sample", run, "--class", "b", "--count", "1", "--steps", "1", "--out", folder / "a.png"})
                  .exit_code,
              0);
}

TEST(Paths, EmptyOnesAreRefused) {
    const std::vector<std::vector<std::string>> commands = {
        {"sample", "", "--out", "x.png"},
        {"sample", "no-model", "--out", ""},
        {"sample", "no-model", "--out", "x.png", "--initial-noise", ""},
        {"info", ""},
        {"noise", "", "--out", "x.png"},
        {"evaluate", "no-model", "--dataset", ""},
        {"encode", "no-model", "", "--out", "x.npy"},
        {"convert", "no-model", "--to", "diffusers", "--out", ""},
        {"train", "--dataset", ""},
        {"train", "--resume", ""},
    };
    for (const std::vector<std::string>& command : commands) {
        const ProgramResult result = cli(command);
        EXPECT_EQ(result.exit_code, 2) << command.front();
        EXPECT_THAT(result.err, HasSubstr("the path is empty")) << command.front();
    }
}

TEST(Streams, ThatAreClosedDoNotMixOutputIntoFiles) {
    const TemporaryFolder folder;
    write_picture(test::pattern(16, 16, 1), folder / "in.png");
    const std::string strip = folder / "strip.png", run = folder / "run";
    EXPECT_EQ(shell("", {"noise", folder / "in.png", "--out", strip}, "0<&- 1>&- 2>&-").exit_code, 1)
        << "its output is lost";
    EXPECT_EQ(read_picture(strip).height, 16 + 4);
    shell("", training(run, 3), "0<&- 1>&- 2>&-");
    EXPECT_EQ(read_metrics(run, 100).size(), 3u);
    EXPECT_EQ(read_run(run).state, RunState::finished);
    EXPECT_EQ(cli({"sample", run, "--count", "1", "--steps", "1", "--out", folder / "a.png"}).exit_code, 0);
    const ProgramResult info = shell("", {"info", "quick"}, ">&-");
    EXPECT_EQ(info.exit_code, 1);
    EXPECT_THAT(info.err, HasSubstr("Cannot write the output"));
}

/// Compiles a locale with decimal commas; fails if its source is not installed.
bool make_german_locale(const fs::path& folder) {
    fs::create_directories(folder);
    const std::string to = (folder / "de_DE.UTF-8").string();
    return std::system(("localedef -i de_DE -f UTF-8 '" + to + "' >/dev/null 2>&1").c_str()) == 0;
}

TEST(Locales, WithDecimalCommasChangeNothing) {
    const TemporaryFolder folder;
    if (!make_german_locale(folder / "locales")) GTEST_SKIP() << "the source of de_DE is not installed";
    const std::string german = "LOCPATH='" + (folder / "locales").string() + "' LC_ALL=de_DE.UTF-8";
    write_picture(test::pattern(16, 16, 1), folder / "in.png");
    const std::string run = folder / "run";
    const std::vector<std::vector<std::string>> commands = {
        training(run, 4, {"--set", "learning_rate=0.002", "--json"}),
        {"sample", run, "--sampler", "ddim", "--eta", "0.5", "--guidance", "1.5", "--count", "2", "--steps",
         "2", "--out", folder / "a.npy"},
        {"noise", folder / "in.png", "--out", folder / "strip.png"},
        {"evaluate", run, "--dataset", "glyphs", "--count", "2"},
        {"info", run},
    };
    for (const std::vector<std::string>& command : commands) {
        SCOPED_TRACE(command.front());
        const ProgramResult result = shell(german, command);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        if (command.front() == "noise" || command.front() == "info") {
            EXPECT_EQ(result.out, cli(command).out);
        } else {
            EXPECT_THAT(result.out, Not(testing::ContainsRegex("[0-9],[0-9]"))) << "only decimal points";
        }
    }
}

/// Runs a program as another user, for whom there are no permissions and no home folder. Only root can.
constexpr const char* nobody = "setpriv --reuid=54321 --clear-groups";

bool nobody_can_run_the_program() {
    return std::system((std::string(nobody) + " test -x '" DENOISE_LAB_CLI "' 2>/dev/null").c_str()) == 0;
}

TEST(HomeFolder, ARunWithoutOneIsRefusedWithARemedy) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can run a program as a user without a home folder";
    if (!nobody_can_run_the_program()) GTEST_SKIP() << "another user cannot run the program";
    const ProgramResult result =
        shell(std::string(nobody) + " env -u HOME -u XDG_DATA_HOME -u XDG_CACHE_HOME -u DENOISE_LAB_RUNS",
              {"train", "--dataset", "glyphs", "--preset", "tiny", "--steps", "2"});
    expect_error(result, "HOME");
    EXPECT_EQ(result.out, "") << "before the dataset is loaded";
}

TEST(ReadOnlyRun, IsNotResumed) {
    const bool root = ::geteuid() == 0;  // for whom no folder is read-only
    if (root && !nobody_can_run_the_program()) GTEST_SKIP() << "another user cannot run the program";
    const TemporaryFolder folder;
    const fs::path run = folder / "run";
    ASSERT_EQ(cli(training(run, 5)).exit_code, 0);
    fs::permissions(folder.path(), fs::perms::all);
    constexpr fs::perms writing = fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
    const std::vector<fs::path> parts = {run, run / "checkpoints", run / "lock"};
    for (const fs::path& path : parts) {
        SCOPED_TRACE(path);
        for (const fs::path& part : parts) fs::permissions(part, fs::perms::all);
        fs::permissions(path, writing, fs::perm_options::remove);
        const ProgramResult result =
            shell(root ? nobody : "", {"train", "--resume", run, "--steps", "10", "--threads", "1"});
        fs::permissions(path, fs::perms::all);
        expect_error(result, path.string());
        EXPECT_THAT(result.err, HasSubstr("Cannot write to the run folder"));
        EXPECT_EQ(result.out, "") << "before the dataset is loaded";
    }
}

}  // namespace
}  // namespace denoise
