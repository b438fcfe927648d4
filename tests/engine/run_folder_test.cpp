#include "engine/training/run_folder.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "engine/base/atomic_file.h"
#include "engine/session/runs.h"
#include "engine/training/checkpoint.h"
#include "tests/engine/helpers.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::glyphs;
using test::small_run;
using test::TemporaryFolder;
using testing::HasSubstr;

RunHeader header() {
    RunHeader header;
    header.config = small_run();
    header.config.training.class_labels = false;
    header.dataset_name = "Glyphs";
    header.dataset_fingerprint = "0123456789abcdef";
    header.image_count = 64;
    header.channels = 1;
    header.height = header.width = 28;
    return header;
}

/// Any call's Error, or an empty one.
template <class Call>
Error error_of(Call call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    return {};
}

void cut(const fs::path& path, std::uintmax_t size) {
    fs::resize_file(path, size);
}

TEST(RunConfigJson, KeepsEverySetting) {
    RunConfig config = small_run();
    config.training.prediction = Prediction::x0;
    config.unet.multipliers = {1, 3};
    config.dataset.colour = DatasetConfig::Colour::rgb;
    EXPECT_EQ(run_config_from_json(run_config_to_json(config)), config);
}

TEST(RunConfigJson, NamesABadValue) {
    EXPECT_THAT(error_of([] { run_config_from_json(R"({"batch_size": -4})"); }).why,
                HasSubstr("batch_size takes a whole number from 1 to 4096"));
    EXPECT_THAT(error_of([] { run_config_from_json(R"({"schedule": 7})"); }).why,
                HasSubstr("linear, cosine, quadratic, sigmoid, sigmoid_beta or laplace"));
}

TEST(RunSettings, HaveOneKeyEachAndDefaultsInRange) {
    std::vector<std::string> keys;
    for (const Setting<RunConfig>& setting : run_settings()) {
        EXPECT_THAT(keys, testing::Not(testing::Contains(setting.info.key)));
        keys.push_back(setting.info.key);
        EXPECT_FALSE(setting.info.title.empty() || setting.info.help.empty() || setting.info.group.empty())
            << setting.info.key;
        for (const Preset& preset : presets())
            EXPECT_NO_THROW(check_setting(setting.info, setting.get(preset.config))) << setting.info.key;
    }
}

TEST(RunSettings, AnUnknownKeyNamesTheNearest) {
    RunConfig config;
    EXPECT_THAT(error_of([&] { set_from_text(config, "lerning_rate", "1"); }).why,
                HasSubstr("learning_rate"));
}

TEST(RunFolder, IsListedWithItsState) {
    const TemporaryFolder folder;
    {
        RunFolder run = RunFolder::create(folder / "a", header());
        EXPECT_EQ(read_run(folder / "a").state, RunState::running);
        run.append({1, 0.5, 0.1, 0.01, 2.5, 100});
        run.append({2, 0.25, 0.1, 0.01, 5.0, 100});
        run.flush_metrics();
        run.set_status(RunStatus::stopped);
    }
    const std::vector<RunSummary> runs = list_runs(folder.path());
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].state, RunState::stopped);
    EXPECT_EQ(runs[0].dataset, "Glyphs");
    EXPECT_EQ(runs[0].config, header().config);
    EXPECT_DOUBLE_EQ(runs[0].loss, 0.375);
    EXPECT_DOUBLE_EQ(runs[0].seconds, 5.0);
}

TEST(RunFolder, OfADeadProcessIsInterrupted) {
    const TemporaryFolder folder;
    if (const pid_t child = ::fork(); child == 0) {
        const RunFolder run = RunFolder::create(folder / "a", header());
        ::_exit(0);  // as kill -9 would: nothing is put in order
    } else {
        int status = 0;
        ::waitpid(child, &status, 0);
    }
    EXPECT_EQ(read_run(folder / "a").state, RunState::interrupted);
    EXPECT_NO_THROW(RunFolder::open(folder / "a"));
}

TEST(RunFolder, IsTrainedByOneAtATime) {
    const TemporaryFolder folder;
    const RunFolder run = RunFolder::create(folder / "a", header());
    EXPECT_THAT(error_of([&] { RunFolder::open(folder / "a"); }).why, HasSubstr("another window or command"));
    EXPECT_THAT(error_of([&] { RunFolder::create(folder / "a", header()); }).why,
                HasSubstr("a run in this folder already"));
    EXPECT_THAT(error_of([&] { delete_run(folder / "a"); }).why, HasSubstr("being trained"));
}

TEST(RunFolder, OfANewerProgramIsLeftAlone) {
    const TemporaryFolder folder;
    RunFolder::create(folder / "a", header()).set_status(RunStatus::stopped);
    std::string text = read_text_file(folder / "a" / "run.json");
    text.replace(text.find("\"schema\": 1"), 11, "\"schema\": 9");
    write_text_file(folder / "a" / "run.json", text);
    EXPECT_THAT(error_of([&] { RunFolder::open(folder / "a"); }).why, HasSubstr("newer version"));
    const RunSummary summary = read_run(folder / "a");
    EXPECT_EQ(summary.state, RunState::unreadable);
    EXPECT_THAT(summary.problem, HasSubstr("newer version"));
}

TEST(RunFolder, DamagedRunJsonIsNamed) {
    const TemporaryFolder folder;
    RunFolder::create(folder / "a", header());
    for (const char* text : {"", "{", "[]", "{\"schema\": 1}", "{\"schema\": \"x\"}"}) {
        write_text_file(folder / "a" / "run.json", text);
        EXPECT_THAT(error_of([&] { read_run_header(folder / "a"); }).why, HasSubstr("run.json")) << text;
    }
}

TEST(RunFolder, ThatCannotBeWrittenIsNamed) {
    const Error error = error_of([] { RunFolder::create("/proc/denoise-lab", header()); });
    EXPECT_THAT(error.why, HasSubstr("/proc/denoise-lab"));
    EXPECT_THAT(error.remedy, HasSubstr("write"));
}

TEST(Metrics, AreAppendOnlyAndTheLastWordCounts) {
    const TemporaryFolder folder;
    {
        std::ofstream file(folder / "metrics.jsonl");
        for (int step = 1; step <= 4; ++step) file << metrics_line({step, step * 1.0, 0, 0, 0, 0}) << "\n";
        file << "{\"step\": 5, \"lo";                                 // cut by a crash
        file << "\n" << metrics_line({3, 30.0, 0, 0, 0, 0}) << "\n";  // resumed from step 2
    }
    const auto metrics = read_metrics_file(folder / "metrics.jsonl");
    ASSERT_EQ(metrics.size(), 3u);
    EXPECT_EQ(metrics[1].loss, 2.0);
    EXPECT_EQ(metrics[2].loss, 30.0);
}

TEST(Metrics, ThinningKeepsTheLast) {
    std::vector<StepMetrics> many(1000);
    for (int i = 0; i < 1000; ++i) many[static_cast<std::size_t>(i)].step = i + 1;
    const auto few = thinned(many, 7);
    EXPECT_EQ(few.size(), 7u);
    EXPECT_EQ(few.back().step, 1000);
}

class CheckpointFiles : public testing::Test {
  protected:
    CheckpointFiles() : trainer(header().config, glyphs()) {
        for (int i = 0; i < 3; ++i) trainer.step(0.1);
        fs::create_directories(folder / "checkpoints");
    }
    TemporaryFolder folder;
    Trainer trainer;
};

TEST_F(CheckpointFiles, KeepTheWholeTrainer) {
    const fs::path path = folder / "a.safetensors";
    save_checkpoint(path, header(), 12.5, trainer);
    const Checkpoint loaded = load_checkpoint(path);
    EXPECT_EQ(loaded.header.config, header().config);
    EXPECT_EQ(loaded.seconds, 12.5);
    EXPECT_EQ(loaded.state.step, 3);
    const TrainerState& state = trainer.state();
    EXPECT_TRUE(torch::equal(loaded.state.values, state.values));
    EXPECT_TRUE(torch::equal(loaded.state.ema, state.ema));
    EXPECT_TRUE(torch::equal(loaded.state.first_moment, state.first_moment));
    EXPECT_TRUE(torch::equal(loaded.state.second_moment, state.second_moment));
    for (std::size_t i = 0; i < loaded.state.timestep_losses.size(); ++i)
        EXPECT_TRUE(loaded.state.timestep_losses[i] == state.timestep_losses[i] ||
                    std::isnan(state.timestep_losses[i]));
}

TEST_F(CheckpointFiles, DamagedOnesAreNamed) {
    const fs::path path = folder / "a.safetensors";
    for (const std::uintmax_t size : {std::uintmax_t{0}, std::uintmax_t{5}, std::uintmax_t{3000}}) {
        save_checkpoint(path, header(), 0, trainer);
        cut(path, size);
        EXPECT_THAT(error_of([&] { load_checkpoint(path); }).why, HasSubstr("a.safetensors")) << size;
    }
    save_checkpoint(path, header(), 0, trainer);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.write("\0\0\0\0\0\0\0\x10", 8);  // a header of 2^60 bytes
    file.close();
    EXPECT_THAT(error_of([&] { load_checkpoint(path); }).why, HasSubstr("a.safetensors"));
}

TEST_F(CheckpointFiles, ADamagedNewestIsPassedOver) {
    RunFolder run = RunFolder::create(folder / "run", header());
    save_checkpoint(run.checkpoint_path(3), header(), 1, trainer);
    trainer.step(0.1);
    save_checkpoint(run.checkpoint_path(4), header(), 2, trainer);
    cut(run.checkpoint_path(4), 1000);
    std::vector<Error> passed_over;
    EXPECT_EQ(load_newest_checkpoint(folder / "run", &passed_over).state.step, 3);
    ASSERT_EQ(passed_over.size(), 1u);
    EXPECT_THAT(passed_over[0].why, HasSubstr("00000004.safetensors"));
}

TEST_F(CheckpointFiles, OnlyTheNewestAreKept) {
    RunFolder run = RunFolder::create(folder / "run", header());
    for (const std::int64_t step : {0, 5, 10, 15})
        save_checkpoint(run.checkpoint_path(step), header(), 0, trainer);
    run.prune_checkpoints(2);
    const auto files = list_checkpoints(folder / "run");
    ASSERT_EQ(files.size(), 2u);
    EXPECT_EQ(files[0].step, 15);
    EXPECT_EQ(files[1].step, 10);
}

}  // namespace
}  // namespace denoise
