#include "engine/runs/run_notes.h"

#include <nlohmann/json.hpp>
#include <thread>

#include "engine/base/atomic_file.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_list.h"
#include "tests/support/files.h"
#include "tests/support/run_header.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::error_of;
using test::is_error_about;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(RunNotes, AreReadAsTheyWereWritten) {
    const TemporaryFolder folder;
    EXPECT_EQ(read_run_notes(folder.path()), RunNotes{}) << "a run without notes";
    const RunNotes notes{true, {"good", "low noise"}, "Sharper than\nthe last one, ä", {}};
    write_run_notes(folder.path(), notes);
    EXPECT_EQ(read_run_notes(folder.path()), notes);
}

TEST(RunNotes, KeepWhatANewerVersionWrote) {
    const TemporaryFolder folder;
    const fs::path path = folder / run_file::notes;
    write_text_file(
        path, R"({"colour": "red", "tags": ["old"], "scores": [{"metric": "x", "text": "X 3", "more": 1}]})");
    write_run_notes(folder.path(), {.starred = true, .tags = {"new"}});
    add_run_score(folder.path(), {"frechet", "Frechet 1.04", 7575, 1000, "2026-11-24T08:13:22"});
    const json object = json::parse(read_text_file(path));
    EXPECT_EQ(object.at("colour"), "red");
    EXPECT_EQ(object.at("scores").at(0).at("more"), 1);
    const RunNotes notes = read_run_notes(folder.path());
    EXPECT_TRUE(notes.starred);
    EXPECT_THAT(notes.tags, ElementsAre("new"));
    ASSERT_EQ(notes.scores.size(), 2u);
    EXPECT_EQ(notes.scores[1].text, "Frechet 1.04");
    EXPECT_EQ(notes.scores[1].step, 7575);
}

TEST(RunNotes, ThatAreDamagedAreReportedAndNotReplaced) {
    const TemporaryFolder folder;
    const fs::path path = folder / run_file::notes;
    const std::string deep = "{\"newer\": " + std::string(300'000, '[') + std::string(300'000, ']') + "}";
    for (const std::string& damaged : std::vector<std::string>{
             "{\"tags\": 5}", "{\"text\": \"cut o", "[]", "{\"scores\": [3]}", "{\"scores\": {}}", deep}) {
        write_text_file(path, damaged);
        EXPECT_THAT(error_of([&] { read_run_notes(folder.path()); }), is_error_about(path, "damaged"));
        EXPECT_THAT(error_of([&] { write_run_notes(folder.path(), {}); }), is_error_about(path, "damaged"));
        EXPECT_THAT(error_of([&] { add_run_score(folder.path(), {}); }), is_error_about(path, "damaged"));
        EXPECT_EQ(read_text_file(path), damaged);
    }
}

TEST(RunNotes, DoNotHideTheRunInTheListWhenDamaged) {
    const TemporaryFolder folder;
    RunFolder::create(folder / "a", test::run_header());
    write_text_file(folder / "a" / run_file::notes, "{");
    const RunSummary run = read_run(folder / "a");
    EXPECT_NE(run.state, RunState::unreadable);
    EXPECT_THAT(run.notes_problem, HasSubstr("damaged"));
}

TEST(RunNotes, TagsAreSeparatedByCommas) {
    EXPECT_THAT(tags_in("good,  low noise ,,good"), ElementsAre("good", "low noise"));
    EXPECT_THAT(tags_in(" , "), IsEmpty());
}

TEST(RunList, KnowsTheNetworkAndTheNewestSamplesOfARun) {
    const TemporaryFolder folder;
    RunFolder run = RunFolder::create(folder / "a", test::run_header());
    const Picture grid = test::pattern(4, 4, 1);
    run.save_sample_grid(5, grid);
    run.save_sample_grid(20, grid);
    const RunSummary summary = read_run(folder / "a");
    EXPECT_GT(summary.parameters, 1000);
    EXPECT_EQ(summary.preview.filename(), "00000020.png");
}

class DeletedRuns : public testing::Test {
  protected:
    // A user account without a folder for data, as on a new machine.
    void SetUp() override {
        if (const char* old = std::getenv("XDG_DATA_HOME")) old_ = old;
        ::setenv("XDG_DATA_HOME", (folder_ / "home/share").c_str(), 1);
        RunFolder::create(folder_ / "runs/a", test::run_header());
        write_run_notes(folder_ / "runs/a", {.text = "mine"});
    }
    void TearDown() override {
        if (old_.empty())
            ::unsetenv("XDG_DATA_HOME");
        else
            ::setenv("XDG_DATA_HOME", old_.c_str(), 1);
    }
    TemporaryFolder folder_;
    std::string old_;
};

TEST_F(DeletedRuns, AreInTheTrashEvenIfThereWasNoneBefore) {
    const DeletedRun deleted = delete_run(folder_ / "runs/a");
    EXPECT_TRUE(deleted.in_trash) << "and not beside the other runs";
    EXPECT_TRUE(list_runs(folder_ / "runs").empty());
    EXPECT_FALSE(fs::exists(folder_ / "runs/a"));
    EXPECT_TRUE(fs::exists(deleted.kept / "run.json"));
}

TEST_F(DeletedRuns, CanBeRestored) {
    const DeletedRun deleted = delete_run(folder_ / "runs/a");
    restore_run(deleted);
    const std::vector<RunSummary> runs = list_runs(folder_ / "runs");
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].name, "a");
    EXPECT_EQ(runs[0].notes.text, "mine");
    EXPECT_FALSE(fs::exists(deleted.kept));
}

TEST_F(DeletedRuns, DoNotReplaceAnotherRunWhenRestored) {
    const DeletedRun deleted = delete_run(folder_ / "runs/a");
    RunFolder::create(folder_ / "runs/a", test::run_header());
    EXPECT_THAT(error_of([&] { restore_run(deleted); }),
                is_error_about(folder_ / "runs/a", "already exists"));
    EXPECT_TRUE(fs::exists(deleted.kept / "run.json"));
}

TEST(RunNotes, LoseNothingWhenTwoProgramsWriteThem) {
    const TemporaryFolder folder;
    constexpr int scores = 40;
    const auto add_scores = [&](const std::string& metric) {
        for (int i = 0; i < scores; ++i) add_run_score(folder.path(), {metric, metric, i, 1, ""});
    };
    std::thread first(add_scores, "a"), second(add_scores, "b");
    for (int i = 0; i < scores; ++i) write_run_notes(folder.path(), {.text = "text " + std::to_string(i)});
    first.join();
    second.join();
    const RunNotes notes = read_run_notes(folder.path());
    EXPECT_EQ(notes.scores.size(), 2u * scores);
    EXPECT_EQ(notes.text, "text " + std::to_string(scores - 1));
}

}  // namespace
}  // namespace denoise
