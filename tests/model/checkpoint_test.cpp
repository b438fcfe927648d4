#include "engine/model/checkpoint.h"

#include "engine/formats/safetensors.h"

#include <cmath>
#include <fstream>
#include <limits>

#include "engine/runs/run_folder.h"
#include "engine/training/trainer.h"
#include "tests/support/run_header.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::is_error_about;
using test::TemporaryFolder;

RunHeader header() {
    return test::run_header(test::small_run());
}

class CheckpointFiles : public testing::Test {
  protected:
    CheckpointFiles() : trainer_(header().config, test::glyphs()) {
        for (int i = 0; i < 3; ++i) trainer_.step(0.1);
    }
    void save(const fs::path& path, double seconds = 0) {
        Checkpoint checkpoint;
        checkpoint.header = header();
        checkpoint.seconds = seconds;
        checkpoint.state = trainer_.state();
        save_checkpoint(path, checkpoint, trainer_.slices());
    }
    TemporaryFolder folder_;
    fs::path path_ = folder_ / "a.safetensors";
    Trainer trainer_;
};

TEST_F(CheckpointFiles, ContainTheWholeStateOfTheTrainer) {
    save(path_, 12.5);
    const Checkpoint loaded = load_checkpoint(path_);
    EXPECT_EQ(loaded.header.config, header().config);
    EXPECT_EQ(loaded.seconds, 12.5);
    EXPECT_EQ(loaded.state.step, 3);
    const TrainingState& state = trainer_.state();
    EXPECT_TRUE(torch::equal(loaded.state.values, state.values));
    EXPECT_TRUE(torch::equal(loaded.state.ema, state.ema));
    EXPECT_TRUE(torch::equal(loaded.state.first_moment, state.first_moment));
    EXPECT_TRUE(torch::equal(loaded.state.second_moment, state.second_moment));
    ASSERT_EQ(loaded.state.timestep_losses.size(), state.timestep_losses.size());
    for (std::size_t i = 0; i < state.timestep_losses.size(); ++i)
        EXPECT_TRUE(loaded.state.timestep_losses[i] == state.timestep_losses[i] ||
                    (std::isnan(loaded.state.timestep_losses[i]) && std::isnan(state.timestep_losses[i])))
            << i;
    const Model model = load_model(path_);
    EXPECT_EQ(model.step, 3);
    EXPECT_TRUE(torch::equal(model.weights, state.ema));
}

TEST_F(CheckpointFiles, WithOnlyWeightsCanBeSampledButNotTrained) {
    const fs::path path = folder_ / "weights.safetensors";
    save_weights(path, {header(), 3, trainer_.state().ema});
    EXPECT_TRUE(torch::equal(open_model(path).weights, trainer_.state().ema));
    EXPECT_THAT(error_of([&] { load_checkpoint(path); }), is_error_about(path, "only the EMA weights"));
}

TEST_F(CheckpointFiles, InHalfPrecisionTakeHalfTheSpaceAndAreReadBackRounded) {
    const fs::path path = folder_ / "half.safetensors", whole = folder_ / "whole.safetensors";
    const torch::Tensor weights = trainer_.state().ema;
    save_weights(path, {header(), 3, weights}, true);
    save_weights(whole, {header(), 3, weights});
    // Apart from the header
    EXPECT_LT(static_cast<double>(fs::file_size(path)), 0.6 * static_cast<double>(fs::file_size(whole)));
    const torch::Tensor read = open_model(path).weights;
    EXPECT_EQ(read.scalar_type(), torch::kFloat32);
    EXPECT_TRUE(torch::equal(read, weights.to(torch::kHalf).to(torch::kFloat32)));
    EXPECT_FALSE(torch::equal(read, weights));
    torch::Tensor large = weights.clone();
    large[3] = 70'000;
    EXPECT_THAT(error_of([&] {
                    save_weights(path, {header(), 3, large}, true);
                }).why,
                testing::HasSubstr("too large for half precision"));
}

TEST_F(CheckpointFiles, WithWeightsThatAreNotNumbersAreRefused) {
    TrainingState state = trainer_.state();
    state.ema = state.ema.clone();
    state.ema[7] = std::nan("");
    save_checkpoint(path_, {header(), 0, state}, trainer_.slices());
    EXPECT_THAT(error_of([&] { load_model(path_); }), is_error_about(path_, "NaN"));
    EXPECT_THAT(error_of([&] { load_checkpoint(path_); }), is_error_about(path_, "NaN"));
    state = trainer_.state();
    state.step = -4;
    save_checkpoint(path_, {header(), 0, state}, trainer_.slices());
    EXPECT_THAT(error_of([&] { load_model(path_); }), is_error_about(path_, "negative"));
}

TEST_F(CheckpointFiles, WithInfiniteMomentsAreRefusedForTrainingOnly) {
    TrainingState state = trainer_.state();
    state.first_moment = state.first_moment.clone();
    state.first_moment[3] = -std::numeric_limits<float>::infinity();
    save_checkpoint(path_, {header(), 0, state}, trainer_.slices());
    EXPECT_THAT(error_of([&] { load_checkpoint(path_); }), is_error_about(path_, "infinity"));
    EXPECT_FALSE(can_continue_from(path_, header(), trainer_.state(), trainer_.slices()));
    EXPECT_NO_THROW(load_model(path_));
}

TEST_F(CheckpointFiles, WithAnAbsurdDescriptionAreRefusedBeforeMemoryIsAllocated) {
    const auto refused = [&](const RunHeader& claimed, std::int64_t step, const std::string& cause) {
        TrainingState state = trainer_.state();
        state.step = step;
        save_checkpoint(path_, {claimed, 0, state}, trainer_.slices());
        EXPECT_THAT(error_of([&] { load_model(path_); }), is_error_about(path_, cause));
        EXPECT_THAT(error_of([&] { load_checkpoint(path_); }), is_error_about(path_, cause));
    };
    RunHeader huge = header();
    huge.config.unet.base_width = 1024;
    huge.config.unet.multipliers = {32, 32};  // terabytes
    refused(huge, 3, "parameters, but the file contains only");
    RunHeader large = header();
    large.height = large.width = 1'000'000'000;
    refused(large, 3, "height of its images");
    large = header();
    large.channels = 0;
    refused(large, 3, "channels of its images");
    refused(header(), std::numeric_limits<std::int64_t>::max(), "number of steps is too large");
}

TEST_F(CheckpointFiles, OfAnotherNetworkAreSkipped) {
    const RunFolder run = RunFolder::create(folder_ / "run", header());
    save(run.checkpoint_path(3));
    RunConfig wider = header().config;
    wider.unet.base_width = 16;
    const Trainer other(wider, test::glyphs());
    save_checkpoint(run.checkpoint_path(9), {test::run_header(wider), 0, other.state()}, other.slices());
    std::vector<Error> passed_over;
    EXPECT_EQ(load_newest_checkpoint(folder_ / "run", &passed_over).state.step, 3);
    EXPECT_THAT(passed_over, testing::ElementsAre(is_error_about(run.checkpoint_path(9), "another network")));
    const auto usable = [&](const fs::path& path) {
        return can_continue_from(path, header(), trainer_.state(), trainer_.slices());
    };
    EXPECT_TRUE(usable(run.checkpoint_path(3)));
    EXPECT_FALSE(usable(run.checkpoint_path(9)));
    save_weights(path_, {header(), 3, trainer_.state().ema});
    EXPECT_FALSE(usable(path_));
    EXPECT_FALSE(usable(folder_ / "missing"));
}

TEST_F(CheckpointFiles, AreNamedIfTheyAreDamaged) {
    for (const std::uintmax_t size : {std::uintmax_t{0}, std::uintmax_t{5}, std::uintmax_t{3000}}) {
        save(path_);
        fs::resize_file(path_, size);
        EXPECT_THAT(error_of([&] { load_checkpoint(path_); }), is_error_about(path_, "")) << size;
    }
    save(path_);
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.write("\0\0\0\0\0\0\0\x10", 8);  // a header of 2^60 bytes
    file.close();
    EXPECT_THAT(error_of([&] { load_checkpoint(path_); }), is_error_about(path_, ""));
    const std::string deep = std::string(300'000, '[') + std::string(300'000, ']');
    write_safetensors(path_, {}, {{"denoise_lab", "{\"schema\": 1, \"config\": {\"newer\": " + deep + "}}"}});
    EXPECT_THAT(error_of([&] { load_checkpoint(path_); }), is_error_about(path_, ""));
}

TEST_F(CheckpointFiles, AreSkippedIfTheyAreDamaged) {
    const RunFolder run = RunFolder::create(folder_ / "run", header());
    save(run.checkpoint_path(3), 1);
    trainer_.step(0.1);
    save(run.checkpoint_path(4), 2);
    fs::resize_file(run.checkpoint_path(4), 1000);
    std::vector<Error> passed_over;
    EXPECT_EQ(load_newest_checkpoint(folder_ / "run", &passed_over).state.step, 3);
    EXPECT_THAT(passed_over, testing::ElementsAre(is_error_about(run.checkpoint_path(4), "")));
}

}  // namespace
}  // namespace denoise
