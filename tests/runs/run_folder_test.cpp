#include "engine/runs/run_folder.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine/base/atomic_file.h"
#include "engine/formats/image_file.h"
#include "engine/formats/safetensors.h"
#include "engine/runs/run_list.h"
#include "tests/support/files.h"
#include "tests/support/full_disk.h"
#include "tests/support/run_header.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::error_of;
using test::FullDisk;
using test::is_error_about;
using test::run_header;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

StepMetrics at_step(std::int64_t step) {
    return {step, 0.5, 0.1, 0.01, 2.5, 100};
}

/// Every line of metrics.jsonl but the broken ones, as a strict reader of JSON Lines takes them.
void expect_json_lines(const std::string& text, std::size_t broken = 0) {
    ASSERT_FALSE(text.empty());
    EXPECT_EQ(text.front(), '{');
    EXPECT_EQ(text.back(), '\n');
    EXPECT_EQ(text.find("\n\n"), std::string::npos) << text;
    std::istringstream lines(text);
    std::size_t refused = 0;
    for (std::string line; std::getline(lines, line);) refused += json::accept(line) ? 0 : 1;
    EXPECT_EQ(refused, broken) << text;
}

void move_if_there(const fs::path& from, const fs::path& to) {
    if (fs::exists(from)) fs::rename(from, to);
}

const RunFolder::Usable any_file = [](const fs::path&) { return true; };

class RunFolderTest : public testing::Test {
  protected:
    RunFolder create() { return RunFolder::create(path_, run_header()); }

    /// Opens the run again and appends these steps.
    void append(std::int64_t first, std::int64_t last) {
        RunFolder run = RunFolder::open(path_);
        for (std::int64_t step = first; step <= last; ++step) run.append(at_step(step));
        run.flush_metrics();
    }
    std::vector<std::int64_t> checkpoint_steps() const {
        std::vector<std::int64_t> steps;
        for (const CheckpointFile& file : list_checkpoints(path_)) steps.push_back(file.step);
        return steps;
    }
    fs::path metrics_file() const { return path_ / "metrics.jsonl"; }
    std::vector<std::int64_t> steps() const {
        std::vector<std::int64_t> steps;
        for (const StepMetrics& metrics : read_metrics_file(metrics_file())) steps.push_back(metrics.step);
        return steps;
    }
    /// Cuts the last bytes off the metrics.
    void cut_metrics(std::uintmax_t bytes) {
        fs::resize_file(metrics_file(), fs::file_size(metrics_file()) - bytes);
    }

    TemporaryFolder folder_;
    fs::path path_ = folder_ / "run";
};

TEST_F(RunFolderTest, HasTheFilesThatOthersLookFor) {
    const RunFolder run = create();
    EXPECT_TRUE(fs::is_regular_file(path_ / "run.json"));
    EXPECT_TRUE(fs::is_regular_file(path_ / "state.json"));
    EXPECT_TRUE(fs::is_directory(path_ / "checkpoints"));
    EXPECT_TRUE(fs::is_directory(path_ / "samples"));
    EXPECT_TRUE(is_run_folder(path_));
    EXPECT_FALSE(is_run_folder(folder_.path()));
    EXPECT_EQ(run.checkpoint_path(40), path_ / "checkpoints" / "00000040.safetensors");
}

TEST_F(RunFolderTest, KeepsItsHeader) {
    create();
    const RunHeader header = read_run_header(path_);
    EXPECT_EQ(header.config, run_header().config);
    EXPECT_EQ(header.dataset_name, "Glyphs");
    EXPECT_EQ(header.dataset_fingerprint, "0123456789abcdef");
    EXPECT_EQ(header.image_count, 64);
    EXPECT_EQ(header.height, 28);
    EXPECT_FALSE(header.created.empty());
}

TEST_F(RunFolderTest, KeepsItsStatus) {
    RunFolder run = create();
    EXPECT_EQ(read_run_status(path_), RunStatus::running);
    for (const NamedValue<RunStatus>& status : names_of<RunStatus>) {
        run.set_status(status.value);
        EXPECT_EQ(read_run_status(path_), status.value);
        EXPECT_EQ(json::parse(read_text_file(path_ / "state.json")).at("status"), status.name);
    }
    write_text_file(path_ / "state.json", "{\"status\": \"of a later version\"}");
    EXPECT_EQ(read_run_status(path_), RunStatus::stopped);
    fs::remove(path_ / "state.json");
    EXPECT_EQ(read_run_status(path_), RunStatus::stopped);
}

TEST_F(RunFolderTest, ADamagedStateIsNamed) {
    create();
    for (const char* text : {"", "[]", "{\"status\": 7}", "{\"status\": null}"}) {
        write_text_file(path_ / "state.json", text);
        EXPECT_THAT(error_of([&] { read_run_status(path_); }),
                    is_error_about(path_ / "state.json", "damaged"))
            << text;
        EXPECT_EQ(read_run(path_).state, RunState::stopped) << text << ": it can be opened and resumed";
        EXPECT_THAT(read_run(path_).problem, HasSubstr("state.json")) << text;
    }
}

TEST_F(RunFolderTest, IsTrainedByOneAtATime) {
    const RunFolder run = create();
    EXPECT_TRUE(run_is_locked(path_));
    EXPECT_THAT(error_of([&] { RunFolder::open(path_); }),
                is_error_about(path_, "another window or command"));
    EXPECT_THAT(error_of([&] { create(); }), is_error_about(path_, "already contains a run"));
}

TEST_F(RunFolderTest, OfADeadProcessCanBeOpened) {
    const pid_t child = ::fork();
    if (child == 0) {
        const RunFolder run = create();
        ::_exit(0);  // like kill -9, without any cleanup
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(read_run(path_).state, RunState::interrupted);
    EXPECT_NO_THROW(RunFolder::open(path_));
}

TEST_F(RunFolderTest, OfANewerProgramIsLeftAlone) {
    create().set_status(RunStatus::stopped);
    std::string text = read_text_file(path_ / "run.json");
    text.replace(text.find("\"schema\": 1"), 11, "\"schema\": 9");
    write_text_file(path_ / "run.json", text);
    EXPECT_THAT(error_of([&] { RunFolder::open(path_); }).why, HasSubstr("newer version"));
    EXPECT_EQ(read_text_file(path_ / "run.json"), text);
}

TEST_F(RunFolderTest, ADamagedRunJsonIsNamed) {
    create();
    const std::string deep = "{\"schema\": 1, \"config\": {\"newer\": " + std::string(300'000, '[') +
                             std::string(300'000, ']') + "}}";
    for (const std::string& text :
         std::vector<std::string>{"", "{", "[]", "{\"schema\": 1}", "{\"schema\": \"x\"}", deep}) {
        write_text_file(path_ / "run.json", text);
        EXPECT_THAT(error_of([&] { read_run_header(path_); }), is_error_about(path_ / "run.json", ""))
            << text.substr(0, 40);
    }
    EXPECT_THAT(error_of([&] { read_run_header(folder_.path()); }),
                is_error_about(folder_.path(), "no run.json"));
}

TEST_F(RunFolderTest, ThatCannotBeWrittenIsNamed) {
    const Error error = error_of([] { RunFolder::create("/proc/denoise-lab", run_header()); });
    EXPECT_THAT(error, is_error_about("/proc/denoise-lab", ""));
    EXPECT_THAT(error.remedy, HasSubstr("write"));
}

TEST_F(RunFolderTest, CountsAsARunWhenItIsPublished) {
    RunFolder run = RunFolder::prepare(path_, run_header());
    EXPECT_FALSE(is_run_folder(path_));
    EXPECT_TRUE(run_is_locked(path_));
    run.publish();
    EXPECT_EQ(read_run(path_).state, RunState::running);
}

TEST_F(RunFolderTest, ThatCouldNotBeStartedLeavesNothing) {
    RunFolder::prepare(folder_ / "a/b/run/", run_header()).discard();
    EXPECT_TRUE(fs::is_empty(folder_.path()));

    test::write_bytes(folder_ / "a/mine.txt", "mine");
    RunFolder run = RunFolder::prepare(folder_ / "a", run_header());
    test::write_bytes(run.checkpoint_path(0), "first");
    run.publish();
    run.discard();
    EXPECT_THAT(folder_.names(), ElementsAre("a"));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "a"), fs::directory_iterator()), 1);

    test::write_bytes(folder_ / "file", "");
    EXPECT_THAT(error_of([&] { RunFolder::create(folder_ / "new/../file/run", run_header()); }).what,
                HasSubstr("Cannot create"));
    EXPECT_THAT(folder_.names(), ElementsAre("a", "file"));
}

TEST_F(RunFolderTest, IsNotStartedAmongCheckpointsOfAnotherRun) {
    test::write_bytes(path_ / "checkpoints" / "00000007.safetensors", "of a run whose run.json was lost");
    EXPECT_THAT(error_of([&] { create(); }), is_error_about(path_, "of another run"));
    EXPECT_TRUE(fs::exists(path_ / "checkpoints" / "00000007.safetensors"));
}

TEST_F(RunFolderTest, SpecialFilesAreNamedAndDoNotBlock) {
    create().set_status(RunStatus::stopped);
    for (const char* name : {"state.json", "metrics.jsonl", "changes.jsonl", "lock"}) {
        const fs::path path = path_ / name;
        move_if_there(path, folder_ / "aside");
        for (const char* kind : {"pipe", "folder", "device"}) {
            SCOPED_TRACE(std::string(name) + " as a " + kind);
            if (kind == std::string("pipe")) {
                ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
            }
            if (kind == std::string("folder")) fs::create_directory(path);
            if (kind == std::string("device")) fs::create_symlink("/dev/zero", path);
            EXPECT_FALSE(run_is_locked(path_));
            EXPECT_EQ(read_run(path_).state, RunState::stopped);
            EXPECT_EQ(list_runs(folder_.path()).size(), 1u);
            EXPECT_THAT(error_of([&] { RunFolder::open(path_); }), is_error_about(path, ""));
            fs::remove(path);
        }
        move_if_there(folder_ / "aside", path);
    }
    EXPECT_NO_THROW(RunFolder::open(path_));
}

TEST_F(RunFolderTest, CanBeStoppedOnAFullDisk) {
    RunFolder run = create();
    {
        const FullDisk full;
        EXPECT_THAT(error_of([&] { run.set_status(RunStatus::finished); }).remedy, HasSubstr("space"));
        EXPECT_EQ(read_run_status(path_), RunStatus::running);
        run.set_status(RunStatus::stopped);
    }
    EXPECT_EQ(read_run_status(path_), RunStatus::stopped);
}

TEST_F(RunFolderTest, MetricsThatCannotBeWrittenAreKept) {
    create();
    RunFolder run = RunFolder::open(path_);
    run.append(at_step(1));
    run.flush_metrics();
    {
        const FullDisk full(fs::file_size(metrics_file()) + 30);  // in the middle of a line
        run.append(at_step(2));
        run.append(at_step(3));
        EXPECT_THAT(error_of([&] { run.flush_metrics(); }), is_error_about(metrics_file(), ""));
        EXPECT_THAT(error_of([&] { run.flush_metrics(); }), is_error_about(metrics_file(), ""));
    }
    run.append(at_step(4));
    run.flush_metrics();
    expect_json_lines(test::read_bytes(metrics_file()));
    EXPECT_THAT(steps(), ElementsAre(1, 2, 3, 4));
}

TEST_F(RunFolderTest, TemporaryFilesOfACrashAreRemoved) {
    create();
    for (const char* name : {"run.json.tmp-1", "checkpoints/1.safetensors.tmp-2", "samples/1.png.tmp-3"})
        test::write_bytes(path_ / name, "half of it");
    RunFolder::open(path_);
    EXPECT_FALSE(fs::exists(path_ / "run.json.tmp-1"));
    EXPECT_TRUE(fs::is_empty(path_ / "checkpoints"));
    EXPECT_TRUE(fs::is_empty(path_ / "samples"));
}

// ------------------------------------------------------------------ metrics.jsonl

TEST_F(RunFolderTest, MetricsAreJsonLinesFromTheFirstByteOn) {
    create();
    append(1, 3);
    expect_json_lines(test::read_bytes(metrics_file()));
    EXPECT_THAT(steps(), ElementsAre(1, 2, 3));
}

TEST_F(RunFolderTest, MetricsStayJsonLinesAfterResuming) {
    create();
    append(1, 3);
    append(4, 4);
    append(5, 6);
    expect_json_lines(test::read_bytes(metrics_file()));
    EXPECT_THAT(steps(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(RunFolderTest, ALineCutByACrashIsEndedAndSkipped) {
    create();
    append(1, 3);
    cut_metrics(20);
    append(3, 4);
    expect_json_lines(test::read_bytes(metrics_file()), 1);
    EXPECT_THAT(steps(), ElementsAre(1, 2, 3, 4));
}

TEST_F(RunFolderTest, ALineThatOnlyLacksItsEndCounts) {
    create();
    append(1, 3);
    cut_metrics(1);
    append(4, 4);
    expect_json_lines(test::read_bytes(metrics_file()));
    EXPECT_THAT(steps(), ElementsAre(1, 2, 3, 4));
}

TEST_F(RunFolderTest, AnEmptyMetricsFileGetsNoBlankLine) {
    create();
    test::write_bytes(metrics_file(), "");
    append(1, 1);
    expect_json_lines(test::read_bytes(metrics_file()));
}

TEST_F(RunFolderTest, NotFiniteMetricsAreValidJson) {
    create();
    RunFolder run = RunFolder::open(path_);
    run.append({1, std::nan(""), HUGE_VAL, 0.1, 1, 1});
    run.flush_metrics();
    expect_json_lines(test::read_bytes(metrics_file()));
    EXPECT_THAT(steps(), ElementsAre(1));
}

// ------------------------------------------------------------------ checkpoints and samples

TEST_F(RunFolderTest, OnlyTheNewestCheckpointsAreKept) {
    RunFolder run = create();
    for (const std::int64_t step : {5, 10, 15, 123'456'789, 0})
        write_safetensors(run.checkpoint_path(step), {}, {});
    test::write_bytes(path_ / "checkpoints" / "mine.safetensors", "not numbered");
    run.prune_checkpoints(2, any_file);
    EXPECT_THAT(checkpoint_steps(), ElementsAre(123'456'789, 15));
    EXPECT_TRUE(fs::exists(path_ / "checkpoints" / "mine.safetensors"));
    run.prune_checkpoints(0, any_file);
    EXPECT_EQ(list_checkpoints(path_).size(), 1u);
}

/// Whether it is not one of the files that a test has damaged.
bool is_good(const fs::path& checkpoint) {
    return test::read_bytes(checkpoint) == "good";
}

TEST_F(RunFolderTest, UnusableCheckpointsDoNotDisplaceGoodOnes) {
    RunFolder run = create();
    for (const std::int64_t step : {5, 10, 15}) test::write_bytes(run.checkpoint_path(step), "good");
    for (const std::int64_t step : {12, 20, 25}) test::write_bytes(run.checkpoint_path(step), "half of it");
    run.prune_checkpoints(2, is_good);
    EXPECT_THAT(checkpoint_steps(), ElementsAre(25, 20, 15, 12, 10))
        << "the two newest that are usable, and what is newer";
}

TEST_F(RunFolderTest, TheCheckpointJustWrittenIsNeverRemoved) {
    RunFolder run = create();
    for (const std::int64_t step : {5, 10, 20, 30}) test::write_bytes(run.checkpoint_path(step), "good");
    run.prune_checkpoints(1, is_good, run.checkpoint_path(10));
    EXPECT_THAT(checkpoint_steps(), ElementsAre(10));
    test::write_bytes(run.checkpoint_path(40), "bad");
    run.prune_checkpoints(
        1, [](const fs::path&) { return false; }, run.checkpoint_path(10));
    EXPECT_THAT(checkpoint_steps(), testing::Contains(10));
}

TEST_F(RunFolderTest, ACheckpointIsCheckedAgainOnlyWhenItHasChanged) {
    RunFolder run = create();
    for (const std::int64_t step : {1, 2, 3}) test::write_bytes(run.checkpoint_path(step), "good");
    int checked = 0;
    const auto count = [&checked](const fs::path& file) {
        ++checked;
        return is_good(file);
    };
    for (int i = 0; i < 3; ++i) run.prune_checkpoints(3, count, run.checkpoint_path(3));
    EXPECT_EQ(checked, 2) << "not the one that was written";
    test::write_bytes(run.checkpoint_path(2), "damaged");
    run.prune_checkpoints(3, count, run.checkpoint_path(3));
    EXPECT_EQ(checked, 3);
}

TEST_F(RunFolderTest, SampleGridsAreListedOldestFirst) {
    RunFolder run = create();
    const Picture first = test::pattern(4, 4, 1, 1), second = test::pattern(4, 4, 1, 2);
    run.save_sample_grid(20, second);
    run.save_sample_grid(3, first);
    const std::vector<KeptPreview> previews = list_previews(path_);
    ASSERT_EQ(previews.size(), 2u);
    EXPECT_EQ(previews[0].step, 3);
    EXPECT_EQ(read_picture(previews[0].path), first);
    EXPECT_EQ(read_picture(previews[1].path), second);
}

// ------------------------------------------------------------------ names of new runs

TEST(NewRunFolder, ConsistsOfDateTimeAndDataset) {
    const TemporaryFolder folder;
    const fs::path path = new_run_folder(folder.path(), "MNIST");
    EXPECT_EQ(path.parent_path(), folder.path());
    EXPECT_THAT(
        path.filename().string(),
        testing::MatchesRegex("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9][0-9][0-9] MNIST"));
    EXPECT_FALSE(fs::exists(path));
}

TEST(NewRunFolder, ReplacesWhatNoFileNameCanHave) {
    EXPECT_THAT(new_run_folder("/runs", "a/b\nc").filename().string(), testing::EndsWith(" a-b-c"));
}

TEST(NewRunFolder, IsFree) {
    const TemporaryFolder folder;
    std::set<fs::path> paths;
    for (int i = 0; i < 3; ++i) {
        const fs::path path = new_run_folder(folder.path(), "Glyphs");
        EXPECT_FALSE(fs::exists(path));
        RunFolder::create(path, run_header());
        paths.insert(path);
    }
    EXPECT_EQ(paths.size(), 3u);
    EXPECT_EQ(list_runs(folder.path()).size(), 3u);
}

}  // namespace
}  // namespace denoise
