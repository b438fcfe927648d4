#include "engine/runs/run_queue.h"

#include <nlohmann/json.hpp>

#include "tests/support/files.h"

namespace denoise {
namespace {

using nlohmann::json;
using test::error_of;
using testing::ElementsAre;
using testing::HasSubstr;

QueuedRun run_of(const std::string& name, double minutes = 10) {
    QueuedRun run;
    run.name = name;
    run.config = find_preset("tiny").config;
    run.config.training.steps = 0;
    run.config.training.minutes = minutes;
    run.images = {64, 1, 28, 28, 10};
    return run;
}

RunQueue queue_of(const std::vector<std::string>& names) {
    RunQueue queue;
    for (const std::string& name : names) add_to_queue(queue, run_of(name));
    return queue;
}

std::vector<std::string> names_in(const RunQueue& queue) {
    std::vector<std::string> names;
    for (const QueuedRun& run : queue.runs) names.push_back(run.name);
    return names;
}

TEST(RunQueue, MovesRunsToAnyPlaceButNotTheOneInTraining) {
    RunQueue queue = queue_of({"a", "b", "c", "d"});
    EXPECT_TRUE(move_in_queue(queue, 1, 2));
    EXPECT_THAT(names_in(queue), ElementsAre("b", "c", "a", "d"));
    EXPECT_TRUE(move_in_queue(queue, 4, 0));
    EXPECT_THAT(names_in(queue), ElementsAre("d", "b", "c", "a"));
    EXPECT_TRUE(move_in_queue(queue, 4, 99)) << "the end";
    EXPECT_THAT(names_in(queue), ElementsAre("b", "c", "a", "d"));
    EXPECT_FALSE(move_in_queue(queue, 2, 0)) << "it is there";
    EXPECT_FALSE(move_in_queue(queue, 5, 0)) << "there is no such run";
    find_queued(queue, 3)->state = QueuedState::running;
    EXPECT_FALSE(move_in_queue(queue, 3, 0));
    EXPECT_THAT(names_in(queue), ElementsAre("b", "c", "a", "d"));
}

TEST(RunQueue, PutsARemovedRunBackInItsPlace) {
    RunQueue queue = queue_of({"a", "b", "c"});
    const RunQueue before = queue;
    std::optional<RemovedRun> removed = remove_from_queue(queue, 2);
    ASSERT_TRUE(removed);
    EXPECT_THAT(names_in(queue), ElementsAre("a", "c"));
    put_back(queue, *removed);
    EXPECT_EQ(queue, before);
    put_back(queue, *removed);
    EXPECT_EQ(queue, before) << "only once";
    removed = remove_from_queue(queue, 3);
    remove_from_queue(queue, 1);
    put_back(queue, *removed);
    EXPECT_THAT(names_in(queue), ElementsAre("b", "c"));
    find_queued(queue, 2)->state = QueuedState::running;
    EXPECT_FALSE(remove_from_queue(queue, 2)) << "it is being trained";
}

TEST(RunQueue, NeverUsesAnIdTwice) {
    RunQueue queue = queue_of({"a", "b"});
    remove_from_queue(queue, 2);
    EXPECT_EQ(add_to_queue(queue, run_of("c")), 3);
}

TEST(RunQueue, TakesTheRunThatWasCutOffBeforeTheFirstThatWaits) {
    RunQueue queue = queue_of({"a", "b", "c"});
    EXPECT_EQ(next_in_queue(queue)->name, "a");
    find_queued(queue, 1)->state = QueuedState::failed;
    EXPECT_EQ(next_in_queue(queue)->name, "b");
    find_queued(queue, 3)->state = QueuedState::running;
    EXPECT_EQ(next_in_queue(queue)->name, "c");
    release_running(queue);
    EXPECT_EQ(next_in_queue(queue)->name, "b") << "in the order of the list again";
    for (QueuedRun& run : queue.runs) run.state = QueuedState::done;
    EXPECT_EQ(next_in_queue(queue), nullptr);
}

TEST(RunQueue, AddsUpTheTimeOfTheRunsThatWait) {
    RunQueue queue = queue_of({"a", "b", "c", "d"});
    queue.runs[0].state = QueuedState::done;
    queue.runs[1].fraction = 0.25;  // of ten minutes
    queue.runs[2].config.training.steps = 1000;
    EXPECT_EQ(forecast_of(queue).runs, 3);
    EXPECT_EQ(forecast_of(queue).unknown, 1) << "steps, without a known speed";
    EXPECT_DOUBLE_EQ(forecast_of(queue).seconds, 450 + 600);
    queue.runs[2].expected_seconds = 120;
    EXPECT_EQ(forecast_of(queue).unknown, 0);
    EXPECT_DOUBLE_EQ(forecast_of(queue).seconds, 450 + 120 + 600);
    queue.runs[1].state = QueuedState::running;
    EXPECT_DOUBLE_EQ(forecast_of(queue, 30).seconds, 30 + 120 + 600) << "what the training itself says";
}

TEST(RunQueue, ChangesBudgetsInTheSameAndInTheOtherUnit) {
    RunQueue queue = queue_of({"a"});
    QueuedRun& run = queue.runs.front();
    run.fraction = 0.5;
    EXPECT_TRUE(set_budget(queue, 1, 0, 20));
    EXPECT_EQ(run.config.training.minutes, 20);
    EXPECT_DOUBLE_EQ(run.fraction, 0.25) << "five minutes are done";
    EXPECT_TRUE(set_budget(queue, 1, 500, 0));
    EXPECT_EQ(run.config.training.steps, 500);
    EXPECT_LT(seconds_left(run), 0) << "unknown";
    run.expected_seconds = 100;
    EXPECT_TRUE(set_budget(queue, 1, 1500, 0));
    EXPECT_DOUBLE_EQ(run.expected_seconds, 300);
    EXPECT_THAT(error_of([&] { set_budget(queue, 1, 0, -3); }).why, HasSubstr("inutes"));
    EXPECT_EQ(run.config.training.steps, 1500) << "unchanged after an error";
    run.state = QueuedState::running;
    EXPECT_FALSE(set_budget(queue, 1, 10, 0));
    run.state = QueuedState::done;
    EXPECT_FALSE(set_budget(queue, 1, 10, 0));
}

TEST(RunQueue, LetsOnlyFailedAndStoppedRunsTryAgain) {
    RunQueue queue = queue_of({"a", "b"});
    queue.runs[0].state = QueuedState::failed;
    queue.runs[0].message = "The disk is full";
    EXPECT_TRUE(try_again(queue, 1));
    EXPECT_EQ(queue.runs[0].state, QueuedState::waiting);
    EXPECT_EQ(queue.runs[0].message, "");
    EXPECT_FALSE(try_again(queue, 2));
    queue.runs[1].state = QueuedState::done;
    EXPECT_FALSE(try_again(queue, 2));
}

TEST(RunQueue, NeedsTheDiskOfAllRunsAndTheMemoryOfTheLargest) {
    RunQueue queue = queue_of({"small", "large", "done"});
    queue.runs[1].config = find_preset("balanced").config;
    queue.runs[2].state = QueuedState::done;
    const QueueNeeds small = *needs_of(queue.runs[0]), large = *needs_of(queue.runs[1]);
    EXPECT_LT(small.memory, large.memory);
    EXPECT_EQ(needs_of(queue).memory, large.memory);
    EXPECT_EQ(needs_of(queue).disk, small.disk + large.disk);
    queue.runs[1].images = {};
    EXPECT_FALSE(needs_of(queue.runs[1])) << "of unknown images";
}

TEST(RunQueue, IsReadAsItWasWritten) {
    RunQueue queue = queue_of({"a", "b \"quoted\" ä"});
    queue.active = true;
    queue.runs[0].state = QueuedState::failed;
    queue.runs[0].message = "The training diverged: step 21. Lower it.";
    queue.runs[0].folder = "/runs/2026-11-24 a";
    queue.runs[0].fraction = 0.125;
    queue.runs[1].continues = true;
    queue.runs[1].parent = "/elsewhere";
    queue.runs[1].preset = "tiny";
    queue.runs[1].expected_seconds = 90.5;
    remove_from_queue(queue, add_to_queue(queue, run_of("gone")));
    EXPECT_EQ(queue_from_json(queue_to_json(queue), "queue.json"), queue);
}

TEST(RunQueue, IgnoresUnknownKeysAndFillsInMissingOnes) {
    json object = json::parse(queue_to_json(queue_of({"a"})));
    object["colour"] = "red";
    object["runs"][0]["priority"] = 3;
    object["runs"][0].erase("images");
    object["runs"][0].erase("fraction");
    const RunQueue queue = queue_from_json(object.dump(), "queue.json");
    EXPECT_EQ(queue.runs.at(0).name, "a");
    EXPECT_EQ(queue.runs.at(0).images, QueuedImages{});
}

TEST(RunQueue, RefusesDamagedFiles) {
    const json good = json::parse(queue_to_json(queue_of({"a"})));
    const auto damaged = [&](const std::function<void(json&)>& damage) {
        json object = good;
        damage(object);
        return error_of([&] { queue_from_json(object.dump(), "/x/queue.json"); }).why;
    };
    EXPECT_THAT(error_of([] { queue_from_json("{\"runs\": [", "/x/queue.json"); }).why,
                HasSubstr("/x/queue.json: it is damaged"));
    EXPECT_THAT(damaged([](json& o) { o.erase("runs"); }), HasSubstr("damaged"));
    EXPECT_THAT(damaged([](json& o) { o["runs"][0]["name"] = 7; }), HasSubstr("damaged"));
    EXPECT_THAT(damaged([](json& o) { o["runs"][0]["state"] = "asleep"; }), HasSubstr("damaged"));
    EXPECT_THAT(damaged([](json& o) { o["runs"][0]["fraction"] = 1e300; }), HasSubstr("damaged"));
    EXPECT_THAT(damaged([](json& o) { o["runs"][0]["images"]["width"] = -5; }), HasSubstr("damaged"));
    EXPECT_THAT(damaged([](json& o) { o["runs"][0]["config"]["batch_size"] = -1; }), HasSubstr("damaged"));
    EXPECT_THAT(error_of([] { queue_from_json(std::string(100'000, '['), "q"); }).why, HasSubstr("damaged"));
}

TEST(RunQueue, OfANewerVersionIsToldFromADamagedOne) {
    json object = json::parse(queue_to_json(queue_of({"a"})));
    EXPECT_FALSE(is_newer_queue(object.dump()));
    object["schema"] = 2;
    EXPECT_TRUE(is_newer_queue(object.dump()));
    EXPECT_THAT(error_of([&] { queue_from_json(object.dump(), "q"); }).why, HasSubstr("newer version"));
}

}  // namespace
}  // namespace denoise
