#include "engine/runs/run_list.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/runs/run_folder.h"
#include "tests/support/files.h"
#include "tests/support/run_header.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::error_of;
using test::is_error_about;
using test::run_header;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(RunList, ShowsARunWithItsState) {
    const TemporaryFolder folder;
    {
        RunFolder run = RunFolder::create(folder / "a", run_header());
        EXPECT_EQ(read_run(folder / "a").state, RunState::running);
        run.append({1, 0.5, 0.1, 0.01, 2.5, 100});
        run.append({2, 0.25, 0.1, 0.01, 5.0, 100});
        run.flush_metrics();
        test::write_bytes(run.checkpoint_path(2), "12345");
        run.set_status(RunStatus::stopped);
    }
    const std::vector<RunSummary> runs = list_runs(folder.path());
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].name, "a");
    EXPECT_EQ(runs[0].state, RunState::stopped);
    EXPECT_EQ(runs[0].dataset, "Glyphs");
    EXPECT_EQ(runs[0].config, run_header().config);
    EXPECT_EQ(runs[0].step, 2);
    EXPECT_DOUBLE_EQ(runs[0].loss, 0.375);
    EXPECT_DOUBLE_EQ(runs[0].seconds, 5.0);
    ASSERT_EQ(runs[0].checkpoints.size(), 1u);
    EXPECT_EQ(runs[0].checkpoints[0].bytes, 5u);
}

TEST(RunList, HasAStateForEveryStatusOfARunThatNobodyTrains) {
    const TemporaryFolder folder;
    const std::pair<RunStatus, RunState> pairs[] = {{RunStatus::running, RunState::interrupted},
                                                    {RunStatus::stopped, RunState::stopped},
                                                    {RunStatus::finished, RunState::finished}};
    for (const auto& [status, state] : pairs) {
        const fs::path path = folder / name_of(status);
        RunFolder::create(path, run_header()).set_status(status);
        EXPECT_EQ(read_run(path).state, state) << name_of(status);
    }
}

TEST(RunList, IsSortedByTimeAndThenByName) {
    const TemporaryFolder folder;
    for (const auto& [name, created] :
         {std::pair("a", "2026-01-01T00:00:00+0000"), std::pair("b", "2026-03-01"),
          std::pair("c", "2026-01-01T00:00:00+0000")}) {
        RunHeader header = run_header();
        header.created = created;
        RunFolder::create(folder / name, header);
    }
    fs::create_directories(folder / "not a run");
    std::vector<std::string> names;
    for (const RunSummary& run : list_runs(folder.path())) names.push_back(run.name);
    EXPECT_THAT(names, ElementsAre("b", "c", "a"));
    EXPECT_TRUE(list_runs(folder / "none").empty());
}

TEST(RunList, SaysWhyARunCannotBeRead) {
    const TemporaryFolder folder;
    RunFolder::create(folder / "a", run_header());
    write_text_file(folder / "a" / "run.json", "{\"schema\": 9}");
    const std::vector<RunSummary> runs = list_runs(folder.path());
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].state, RunState::unreadable);
    EXPECT_THAT(runs[0].problem, HasSubstr("newer version"));
}

TEST(RunList, ARunInTrainingIsNeitherDeletedNorRenamed) {
    const TemporaryFolder folder;
    const RunFolder run = RunFolder::create(folder / "a", run_header());
    EXPECT_THAT(error_of([&] { delete_run(folder / "a"); }), is_error_about(folder / "a", "being trained"));
    EXPECT_THAT(error_of([&] { rename_run(folder / "a", "b"); }),
                is_error_about(folder / "a", "being trained"));
    EXPECT_TRUE(is_run_folder(folder / "a"));
}

TEST(RunList, ARunIsRenamedToAFreeName) {
    const TemporaryFolder folder;
    for (const char* name : {"a", "b"}) RunFolder::create(folder / name, run_header());
    rename_run(folder / "a", "my best run");
    EXPECT_THAT(folder.names(), ElementsAre("b", "my best run"));
    EXPECT_THAT(error_of([&] { rename_run(folder / "b", "my best run"); }),
                is_error_about(folder / "my best run", "already exists"));
    for (const char* bad : {"", ".", "..", "a/b"}) EXPECT_THROW(rename_run(folder / "b", bad), Error) << bad;
}

// ------------------------------------------------------------------ runs of earlier versions

class OldRun : public testing::TestWithParam<const char*> {
  protected:
    fs::path path_ = fs::path(DENOISE_LAB_SOURCE_DIR "/tests/data/museum") / GetParam();
};

TEST_P(OldRun, HasTheSameConfigInTheSameWords) {
    const json config = json::parse(read_text_file(path_ / "run.json")).at("config");
    const json written = json::parse(run_config_to_json(read_run_header(path_).config));
    for (const auto& [key, value] : config.items()) EXPECT_EQ(written.value(key, json()), value) << key;
}

TEST_P(OldRun, IsListedWithItsMetrics) {
    const RunSummary run = read_run(path_);
    EXPECT_EQ(run.state, RunState::stopped);
    EXPECT_EQ(run.dataset, "Glyphs");
    ASSERT_FALSE(run.checkpoints.empty());
    const std::vector<StepMetrics> metrics = read_metrics(path_);
    ASSERT_FALSE(metrics.empty());
    EXPECT_EQ(metrics.front().step, 1);
    EXPECT_EQ(metrics.back().step, run.step);
    EXPECT_EQ(static_cast<std::int64_t>(metrics.size()), run.step);
}

INSTANTIATE_TEST_SUITE_P(Museum, OldRun, testing::Values("68d24e0-tiny", "68d24e0-learned"),
                         [](const auto& param) {
                             std::string name = param.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace denoise
