// Runs that older versions of the program have written, in tests/data/museum/: they must stay usable.

#include <gmock/gmock.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/runs/metrics.h"
#include "engine/runs/run_list.h"
#include "tests/app/program.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::cli;
using test::ProgramResult;
using test::TemporaryFolder;

/// A run at a checkpoint, with the metrics that the older version wrote when it continued from there.
std::vector<fs::path> museum() {
    std::vector<fs::path> runs;
    for (const auto& entry : fs::directory_iterator(fs::path(DENOISE_LAB_SOURCE_DIR) / "tests/data/museum"))
        runs.push_back(entry.path());
    return runs;
}

using Losses = std::vector<std::pair<std::int64_t, double>>;

/// Those that `train --json` has printed.
Losses printed_losses(const std::string& output) {
    Losses losses;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        const auto object = nlohmann::json::parse(line);
        if (object.at("event") == "step") losses.emplace_back(object.at("step"), object.at("loss"));
    }
    return losses;
}

/// Keeps LibTorch to instructions that every x86-64 processor has, as when the runs were written: the last
/// digits of a loss depend on them. Child processes inherit it.
class PlainInstructions {
  public:
    PlainInstructions() {
        for (const auto& [name, value] : settings) ::setenv(name, value, 1);
    }
    ~PlainInstructions() {
        for (const auto& [name, value] : settings) ::unsetenv(name);
    }

  private:
    static constexpr std::pair<const char*, const char*> settings[] = {
        {"ATEN_CPU_CAPABILITY", "default"}, {"ONEDNN_MAX_CPU_ISA", "SSE41"}, {"MKL_CBWR", "COMPATIBLE"}};
};

// Also with the same instructions, the libraries divide their loops by the sizes of a processor's caches, and
// so add up in another order: the losses of the same program differ by 6e-8 between an AMD EPYC and an Intel
// Xeon.
#if defined(__x86_64__)
constexpr double tolerance = 1e-6;
#else
constexpr double tolerance = 1e-5;  // the runs were written on x86-64
#endif

TEST(Museum, HasRuns) {
    EXPECT_THAT(museum(), testing::Not(testing::IsEmpty()));
}

TEST(Museum, EveryRunContinuesWithTheLossesThatItHadThen) {
    for (const fs::path& kept : museum()) {
        SCOPED_TRACE(kept.filename().string());
        const TemporaryFolder folder;
        const fs::path run = folder / "run";
        fs::copy(kept, run, fs::copy_options::recursive);
        const std::vector<StepMetrics> expected = read_metrics_file(kept / "expected_metrics.jsonl");
        ASSERT_FALSE(expected.empty());
        const PlainInstructions plain;
        const ProgramResult result =
            cli({"train", "--resume", run, "--steps", std::to_string(expected.back().step), "--json"});
        ASSERT_EQ(result.exit_code, 0) << result.err;
        const Losses losses = printed_losses(result.out);
        ASSERT_EQ(losses.size(), expected.size());
        for (std::size_t i = 0; i < losses.size(); ++i) {
            EXPECT_EQ(losses[i].first, expected[i].step);
            EXPECT_NEAR(losses[i].second, expected[i].loss, tolerance) << "step " << losses[i].first;
        }
    }
}

TEST(Museum, EveryRunCanBeSampledFrom) {
    for (const fs::path& run : museum()) {
        SCOPED_TRACE(run.filename().string());
        const TemporaryFolder folder;
        const ProgramResult result =
            cli({"sample", run, "--count", "4", "--steps", "5", "--out", folder / "grid.png"});
        EXPECT_EQ(result.exit_code, 0) << result.err;
        EXPECT_TRUE(fs::exists(folder / "grid.png"));
    }
}

/// A copy of a run as a version with a newer layout would have written it, with settings that are unknown
/// here.
void make_newer(const fs::path& run) {
    nlohmann::json header = nlohmann::json::parse(test::read_bytes(run / "run.json"));
    header["schema"] = 1000;
    header["program_version"] = "77.0";
    header["config"]["something_newer"] = {1, 2, 3};
    test::write_bytes(run / "run.json", header.dump());
}

TEST(Museum, ARunOfANewerVersionCanBeSampledFromButNotChanged) {
    for (const fs::path& kept : museum()) {
        SCOPED_TRACE(kept.filename().string());
        const TemporaryFolder folder;
        const fs::path run = folder / "run";
        fs::copy(kept, run, fs::copy_options::recursive);
        make_newer(run);
        const std::string before = test::read_bytes(run / "run.json");
        const ProgramResult sample =
            cli({"sample", run, "--count", "1", "--steps", "2", "--out", folder / "grid.png"});
        EXPECT_EQ(sample.exit_code, 0) << sample.err;
        EXPECT_THAT(sample.out, testing::HasSubstr("A newer version of Denoise Lab (77.0, layout 1000)"));
        const ProgramResult resume = cli({"train", "--resume", run, "--steps", "1000"});
        EXPECT_EQ(resume.exit_code, 1);
        EXPECT_THAT(resume.err,
                    testing::AllOf(testing::HasSubstr("77.0"), testing::HasSubstr("Update Denoise Lab")));
        EXPECT_EQ(test::read_bytes(run / "run.json"), before);
        const RunSummary summary = read_run(run);
        EXPECT_EQ(summary.state, RunState::stopped);
        EXPECT_THAT(summary.problem, testing::HasSubstr("newer version"));
    }
}

TEST(Museum, ARunOfANewerVersionThatCannotBeUnderstoodSaysSo) {
    const TemporaryFolder folder;
    const fs::path run = folder / "run";
    fs::copy(museum().front(), run, fs::copy_options::recursive);
    make_newer(run);
    nlohmann::json header = nlohmann::json::parse(test::read_bytes(run / "run.json"));
    header["config"]["schedule"] = "a schedule of the future";
    test::write_bytes(run / "run.json", header.dump());
    for (const char* command : {"info", "train"}) {
        const ProgramResult result =
            std::string(command) == "info" ? cli({"info", run}) : cli({"train", "--resume", run});
        EXPECT_EQ(result.exit_code, 1) << command;
        EXPECT_THAT(result.err, testing::HasSubstr("newer version of Denoise Lab (77.0"));
    }
}

TEST(Museum, EveryRunIsListedWithItsCheckpoint) {
    for (const fs::path& run : museum()) {
        SCOPED_TRACE(run.filename().string());
        const RunSummary summary = read_run(run);
        EXPECT_EQ(summary.state, RunState::stopped) << summary.problem;
        EXPECT_EQ(summary.step, read_metrics(run, 1'000'000).back().step);
    }
}

}  // namespace
}  // namespace denoise
