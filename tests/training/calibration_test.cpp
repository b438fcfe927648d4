#include "engine/training/calibration.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/processors.h"
#include "engine/model/execution.h"
#include "engine/network/winograd_plan.h"
#include "engine/training/trainer.h"
#include "tests/support/files.h"
#include "tests/support/run_header.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using test::glyphs;
using test::small_run;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::Gt;
using testing::HasSubstr;

RunConfig automatic_run() {
    RunConfig config = small_run();
    config.training.precision = Precision::automatic;
    config.training.layout = MemoryLayout::automatic;
    return config;
}

std::vector<Execution> executions(const Timings& timings) {
    std::vector<Execution> list;
    for (const Timing& timing : timings) list.push_back(timing.execution);
    return list;
}

/// float32 and channels last.
Execution with_winograd(const WinogradPlan& plan, int threads) {
    return {.threads = threads, .winograd = to_string(plan)};
}

/// In bfloat16.
Execution with_attention_products(bool channels_last, int threads = 1) {
    return {.bfloat16 = true,
            .channels_last = channels_last,
            .threads = threads,
            .attention = AttentionKernel::products};
}

TEST(Calibration, TimesPrecisionsLayoutsAndConvolutionsAndPutsTheFastestFirst) {
    const Timings timings = finish(time_executions(automatic_run(), glyphs()));
    EXPECT_THAT(executions(timings), testing::UnorderedElementsAre(
                                         Execution{false, true, 1}, with_winograd({true, true, false}, 1),
                                         with_winograd({true, true, true}, 1), Execution{false, false, 1},
                                         Execution{true, true, 1}, Execution{true, false, 1},
                                         with_attention_products(true), with_attention_products(false)));
    EXPECT_THAT(timings, Each(Field(&Timing::images_per_second, Gt(0))));
    EXPECT_TRUE(std::ranges::is_sorted(timings, std::greater{}, &Timing::images_per_second));
}

TEST(Calibration, TimesOnlyWhatTheSettingsAllow) {
    RunConfig config = automatic_run();
    config.training.precision = Precision::float32;
    config.training.layout = MemoryLayout::contiguous;
    config.training.threads = 0;
    const Timings timings = finish(time_executions(config, glyphs()));
    EXPECT_THAT(executions(timings),
                Each(AllOf(Field(&Execution::bfloat16, false), Field(&Execution::channels_last, false))));
    EXPECT_EQ(timings.size() > 1, processor_count() > 1);  // different numbers of threads
}

TEST(Calibration, LeavesTheRandomNumbersOfTheRunAlone) {
    const RunConfig config = automatic_run();
    Trainer before(config, glyphs());
    const double loss = before.step(0.5).loss;
    finish(time_executions(config, glyphs()));
    Trainer after(config, glyphs());
    EXPECT_EQ(after.step(0.5).loss, loss);
}

TEST(Calibration, IsNotDoneForAShortRunOrWithoutAChoice) {
    RunConfig config = automatic_run();
    EXPECT_THAT(finish(calibrate(config, glyphs(), 1)),
                ElementsAre(Timing{with_winograd(usual_winograd_plan(), 1), 0}));
    config.training.steps = 0;
    config.training.minutes = 60;
    config.training.precision = Precision::bfloat16;
    config.training.layout = MemoryLayout::contiguous;
    config.training.threads = 2;
    EXPECT_THAT(finish(calibrate(config, glyphs(), 1)),
                ElementsAre(Timing{with_attention_products(false, 2), 0}));
}

TEST(Calibration, IsDoneOnceForEachNetwork) {
    const test::TemporaryFolder folder;
    const std::string before = std::getenv("XDG_CACHE_HOME") ? std::getenv("XDG_CACHE_HOME") : "";
    ::setenv("XDG_CACHE_HOME", folder.path().c_str(), 1);
    RunConfig config = automatic_run();
    config.training.steps = 1000;
    const Timings first = finish(calibrate(config, glyphs(), 1));
    EXPECT_GT(first.front().images_per_second, 0);
    EXPECT_EQ(finish(calibrate(config, glyphs(), 1)), first);
    config.unet.base_width = 12;
    EXPECT_NE(finish(calibrate(config, glyphs(), 1)), first);
    ::setenv("XDG_CACHE_HOME", before.c_str(), 1);
}

TEST(Calibration, IsDescribedWithTheFastestExecutions) {
    EXPECT_EQ(
        describe_timings({{{true, true, 2}, 252.4}, {{false, false, 1}, 200}}),
        "bfloat16, channels last, 2 threads: 252 images/s; float32, contiguous, 1 thread: 200 images/s");
    EXPECT_EQ(describe_timings({{{false, true, 0}, 0}}), "float32, channels last");
}

TEST(TimingCache, GivesBackWhatWasStored) {
    const test::TemporaryFolder folder;
    const auto file = folder / "new" / "timings.json";
    const Timings timings = {{{true, false, 3}, 12.5}, {{false, true, 1}, 3}};
    EXPECT_EQ(find_timings(file, "a"), std::nullopt);
    store_timings(file, "a", timings, 1);
    store_timings(file, "b", {{{false, true, 1}, 7}}, 1);
    EXPECT_EQ(find_timings(file, "a"), timings);
    store_timings(file, "a", {{{false, true, 2}, 8}}, 1);
    EXPECT_EQ(find_timings(file, "a"), (Timings{{{false, true, 2}, 8}}));
    EXPECT_EQ(find_timings(file, "b"), (Timings{{{false, true, 1}, 7}}));
}

TEST(Execution, IsKeptInRunsAndOlderRunsHaveNoWinogradConvolutions) {
    const Execution execution = with_winograd({true, true, false}, 2);
    nlohmann::json object = execution_to_json(execution);
    EXPECT_EQ(object.at("winograd"), "results input-gradients");
    EXPECT_EQ(execution_from_json(object), execution);
    object.erase("winograd");
    EXPECT_EQ(execution_from_json(object), (Execution{.threads = 2}));
    EXPECT_FALSE(execution_to_json(Execution{}).contains("winograd"));
}

TEST(Execution, OlderRunsUseFlashAttention) {
    const Execution execution = with_attention_products(true, 2);
    nlohmann::json object = execution_to_json(execution);
    EXPECT_EQ(object.at("attention"), "products");
    EXPECT_EQ(execution_from_json(object), execution);
    object.erase("attention");
    EXPECT_EQ(execution_from_json(object), (Execution{.bfloat16 = true, .threads = 2}));
    EXPECT_FALSE(execution_to_json(Execution{}).contains("attention"));
}

TEST(TimingCache, KeepsTheNewestHundredEntries) {
    const test::TemporaryFolder folder;
    for (int i = 0; i <= 100; ++i) store_timings(folder / "t.json", std::to_string(i), {{{}, 1.0 + i}}, 1);
    EXPECT_EQ(find_timings(folder / "t.json", "0"), std::nullopt);
    EXPECT_TRUE(find_timings(folder / "t.json", "1").has_value());
    EXPECT_TRUE(find_timings(folder / "t.json", "100").has_value());
}

TEST(TimingCache, ADamagedFileCountsAsEmpty) {
    const test::TemporaryFolder folder;
    for (const char* text :
         {"", "{", "[1, {\"key\": \"a\"}]", "[{\"key\": \"a\", \"timings\": [{\"threads\": \"x\"}]}]"}) {
        std::ofstream(folder / "t.json") << text;
        EXPECT_EQ(find_timings(folder / "t.json", "a"), std::nullopt) << text;
        store_timings(folder / "t.json", "a", {{{}, 5}}, 1);
        EXPECT_EQ(find_timings(folder / "t.json", "a"), (Timings{{{}, 5}})) << text;
    }
    EXPECT_NO_THROW(store_timings("/proc/none/t.json", "a", {{{}, 5}}, 1));
    EXPECT_EQ(find_timings({}, "a"), std::nullopt);  // there is no cache folder
    EXPECT_NO_THROW(store_timings({}, "a", {{{}, 5}}, 1));
}

TEST(TimingCache, EstimatesTheSpeedFromTheMostSimilarNetwork) {
    const test::TemporaryFolder folder;
    const auto file = folder / "t.json";
    EXPECT_EQ(speed_of_similar(file, "here", 10), 0);
    store_timings(file, "elsewhere", {{{}, 1000}}, 10);
    EXPECT_EQ(speed_of_similar(file, "here", 10), 0);
    store_timings(file, "here, a", {{{}, 100}, {{}, 90}}, 8);
    store_timings(file, "here, b", {{{}, 5}}, 100);
    EXPECT_DOUBLE_EQ(speed_of_similar(file, "here", 10), 80);
    EXPECT_DOUBLE_EQ(speed_of_similar(file, "here", 50), 10);
    std::ofstream(file) << "[1, {\"key\": \"here\"}, {\"key\": \"here\", \"cost\": 0, \"timings\": []}]";
    EXPECT_EQ(speed_of_similar(file, "here", 10), 0);
}

TEST(Calibration, PlainKernelsExcludeWinogradsAlgorithm) {
    RunConfig config = automatic_run();
    config.training.kernels = Kernels::plain;
    EXPECT_EQ(default_execution(config.training).winograd, "");
    EXPECT_THAT(executions(finish(time_executions(config, glyphs()))), Each(Field(&Execution::winograd, "")));
}

TEST(Execution, OfARunIsKeptOnItsMachineOnly) {
    RunHeader header = test::run_header();
    header.config.training.precision = Precision::automatic;
    header.measured = {{true, false, 3}, machine_name()};
    EXPECT_EQ(execution_of(header), (Execution{true, false, 3}));
    header.measured->machine = "another";
    EXPECT_EQ(execution_of(header), with_winograd(usual_winograd_plan(), 0));
    header.config.training.precision = Precision::bfloat16;
    header.config.training.layout = MemoryLayout::contiguous;
    EXPECT_EQ(execution_of(header), with_attention_products(false, 0));
    header.measured.reset();
    header.config.training = {.precision = Precision::float32};
    EXPECT_EQ(execution_of(header), Execution{}) << "another program's model";
}

TEST(Execution, EveryOneTrainsTheSameModelUpToRounding) {
    RunConfig config = automatic_run();
    const auto trained = [&](const Execution& execution) {
        Trainer trainer(config, glyphs(), execution);
        double sum = 0;
        for (int i = 0; i < 30; ++i) sum += trainer.step(0.05).loss;
        return sum / 30;
    };
    const double reference = trained({false, true, 1});
    EXPECT_NEAR(trained({false, false, 1}), reference, 1e-3 * reference);
    EXPECT_NEAR(trained({true, true, 1}), reference, 2e-2 * reference);
    EXPECT_NEAR(trained({true, false, 1}), reference, 2e-2 * reference);
    EXPECT_NEAR(trained(with_attention_products(true)), reference, 2e-2 * reference);
}

}  // namespace
}  // namespace denoise
