#include "engine/runs/queue_file.h"

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "tests/support/files.h"
#include "tests/support/full_disk.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::is_error_about;
using test::TemporaryFolder;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class QueueFileTest : public testing::Test {
  protected:
    TemporaryFolder folder_;
    fs::path path_ = folder_ / "runs/queue.json";

    static void add(QueueFile& file, const std::string& name) {
        file.change([&](RunQueue& queue) {
            QueuedRun run;
            run.name = name;
            run.config = find_preset("tiny").config;
            add_to_queue(queue, run);
        });
    }
    static std::vector<std::string> names_in(const QueueFile& file) {
        std::vector<std::string> names;
        for (const QueuedRun& run : file.queue().runs) names.push_back(run.name);
        return names;
    }
};

TEST_F(QueueFileTest, IsEmptyAtFirstAndCreatedByTheFirstChange) {
    QueueFile file(path_);
    EXPECT_EQ(file.queue(), RunQueue{});
    EXPECT_FALSE(file.obstacle());
    EXPECT_FALSE(fs::exists(path_));
    add(file, "a");
    EXPECT_THAT(names_in(QueueFile(path_)), ElementsAre("a")) << "another start";
}

TEST_F(QueueFileTest, TwoProgramsAddToTheSameQueue) {
    QueueFile first(path_), second(path_);
    add(first, "a");
    add(second, "b");  // without a refresh() in between
    add(first, "c");
    EXPECT_TRUE(second.refresh());
    EXPECT_THAT(names_in(second), ElementsAre("a", "b", "c"));
    EXPECT_FALSE(second.refresh()) << "nothing has changed since";
}

TEST_F(QueueFileTest, OnlyTheProgramThatWorksThroughItCanChangeIt) {
    QueueFile worker(path_), viewer(path_);
    add(worker, "a");
    worker.hold();
    EXPECT_TRUE(viewer.refresh());
    ASSERT_TRUE(viewer.obstacle());
    EXPECT_THAT(viewer.obstacle()->why, HasSubstr("another window or command"));
    EXPECT_THAT(names_in(viewer), ElementsAre("a")) << "it is shown all the same";
    EXPECT_THAT(error_of([&] { add(viewer, "b"); }), is_error_about(path_, "another window or command"));
    EXPECT_THAT(error_of([&] { viewer.hold(); }), is_error_about(path_, "another window or command"));
    add(worker, "c");
    EXPECT_TRUE(viewer.refresh());
    EXPECT_THAT(names_in(viewer), ElementsAre("a", "c"));
    worker.release();
    EXPECT_TRUE(viewer.refresh());
    EXPECT_FALSE(viewer.obstacle());
    add(viewer, "b");
    EXPECT_THAT(names_in(viewer), ElementsAre("a", "c", "b"));
}

TEST_F(QueueFileTest, WhoBeginsToWorkThroughItKeepsWhatOthersHaveAddedJustBefore) {
    QueueFile worker(path_), other(path_);
    add(other, "a");  // after the worker's last look
    worker.hold();
    EXPECT_THAT(names_in(worker), ElementsAre("a"));
    add(worker, "b");
    EXPECT_THAT(names_in(QueueFile(path_)), ElementsAre("a", "b"));
}

TEST_F(QueueFileTest, ARunThatWasCutOffWaitsAgainAfterTheNextChange) {
    {
        QueueFile crashed(path_);
        add(crashed, "a");
        crashed.hold();
        crashed.change([](RunQueue& queue) {
            queue.active = true;
            queue.runs[0].state = QueuedState::running;
        });
    }
    QueueFile file(path_);
    EXPECT_TRUE(file.queue().active);
    EXPECT_EQ(file.queue().runs.at(0).state, QueuedState::running) << "as the crash left it";
    EXPECT_FALSE(file.obstacle());
    add(file, "b");
    EXPECT_EQ(file.queue().runs.at(0).state, QueuedState::waiting);
    EXPECT_TRUE(file.queue().active);
}

TEST_F(QueueFileTest, ADamagedFileIsKeptAsideAndTold) {
    test::write_bytes(path_, "{\"runs\": [{\"na");
    QueueFile file(path_);
    EXPECT_EQ(file.queue(), RunQueue{});
    const std::optional<Error> problem = file.take_problem();
    ASSERT_TRUE(problem);
    EXPECT_THAT(problem->remedy, HasSubstr("queue.json.damaged"));
    EXPECT_FALSE(file.take_problem()) << "once";
    EXPECT_EQ(test::read_bytes(folder_ / "runs/queue.json.damaged"), "{\"runs\": [{\"na");
    add(file, "a");
    EXPECT_THAT(names_in(QueueFile(path_)), ElementsAre("a"));

    test::write_bytes(path_, "again");
    EXPECT_TRUE(file.refresh());
    EXPECT_TRUE(file.take_problem());
    EXPECT_EQ(test::read_bytes(folder_ / "runs/queue.json.damaged 2"), "again");
    EXPECT_EQ(test::read_bytes(folder_ / "runs/queue.json.damaged"), "{\"runs\": [{\"na") << "not replaced";
}

TEST_F(QueueFileTest, AFileThatIsDamagedBeforeAChangeIsMovedAwayByIt) {
    QueueFile file(path_);
    add(file, "a");
    test::write_bytes(path_, "damaged");
    add(file, "b");
    EXPECT_TRUE(file.take_problem());
    EXPECT_EQ(test::read_bytes(folder_ / "runs/queue.json.damaged"), "damaged");
    EXPECT_THAT(names_in(QueueFile(path_)), ElementsAre("b"));
}

TEST_F(QueueFileTest, ADamagedFileThatAnotherProgramHasIsReadAgain) {
    test::write_bytes(path_, "damaged");
    std::optional<FileLock> lock(std::in_place, folder_ / "runs/queue.json.lock", FileLock::Missing::create);
    ASSERT_TRUE(lock->lock(std::chrono::milliseconds(0)));
    QueueFile file(path_);
    EXPECT_TRUE(file.obstacle());
    EXPECT_FALSE(file.take_problem());
    EXPECT_EQ(test::read_bytes(path_), "damaged") << "the other program may be writing it";
    lock.reset();
    EXPECT_TRUE(file.refresh());
    EXPECT_FALSE(file.obstacle());
    EXPECT_TRUE(file.take_problem());
    add(file, "a");
}

TEST_F(QueueFileTest, TheFileOfANewerVersionIsLeftAlone) {
    const std::string text = "{\"schema\": 2, \"runs\": \"elsewhere\"}";
    test::write_bytes(path_, text);
    QueueFile file(path_);
    ASSERT_TRUE(file.obstacle());
    EXPECT_THAT(file.obstacle()->why, HasSubstr("newer version"));
    EXPECT_THAT(error_of([&] { add(file, "a"); }), is_error_about(path_, "newer version"));
    EXPECT_EQ(test::read_bytes(path_), text);
}

TEST_F(QueueFileTest, AFullDiskLeavesTheOldFile) {
    QueueFile file(path_);
    add(file, "a");
    const std::string before = test::read_bytes(path_);
    {
        const test::FullDisk full;
        error_of([&] { add(file, "b"); });
        EXPECT_THAT(names_in(file), ElementsAre("a"));
    }
    EXPECT_EQ(test::read_bytes(path_), before);
    file.hold();
    {
        const test::FullDisk full;
        error_of([&] { add(file, "b"); });
        EXPECT_THAT(names_in(file), ElementsAre("a", "b")) << "who works through it must not do a run twice";
    }
    add(file, "c");
    EXPECT_THAT(names_in(QueueFile(path_)), ElementsAre("a", "b", "c"));
}

}  // namespace
}  // namespace denoise
