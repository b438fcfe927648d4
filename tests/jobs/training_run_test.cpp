#include "engine/jobs/training_run.h"

#include <gmock/gmock.h>

#include "tests/support/small_run.h"

namespace denoise {
namespace {

/// A process that cannot send its weights when `broken`, which it does after every 500th step.
class FailingBroadcast : public Communicator {
  public:
    bool broken = false;
    int rank() const override { return alone_->rank(); }
    int size() const override { return alone_->size(); }
    std::string name_of(int rank) const override { return alone_->name_of(rank); }
    int sharing_processors() const override { return 1; }
    Place place() const override { return {}; }
    bool is_broken() const override { return broken; }
    std::vector<Word> exchange(const Word& mine, const std::function<bool()>& give_up) override {
        return alone_->exchange(mine, give_up);
    }
    void sum_in_place(std::span<float> values) override { alone_->sum_in_place(values); }
    double sum(double value) override { return alone_->sum(value); }
    void broadcast(std::span<std::byte>, int) override {
        if (broken) throw Error{"Cannot go on", "the network has failed", "Resume the run"};
    }
    std::vector<std::vector<std::byte>> gather(std::span<const std::byte> mine) override {
        return alone_->gather(mine);
    }

  private:
    std::unique_ptr<Communicator> alone_ = alone();
};

TEST(TrainingRun, ReturnsToItsCheckpointWithTheSameLearningRateIfAStepFailedWhileItChangedTheWeights) {
    const test::TemporaryFolder folder;
    RunConfig config = test::small_run();
    config.training.steps = 1000;
    const Execution execution{.threads = 1};
    TrainingRun::start(config, test::glyphs(), folder / "run", execution);
    Checkpoint checkpoint = load_newest_checkpoint(folder / "run");
    checkpoint.state.step = 499;
    config = checkpoint.header.config;
    TrainingRun run = TrainingRun::resume(RunFolder::open(folder / "run"), std::move(checkpoint),
                                          test::glyphs(), config, execution);
    FailingBroadcast group;
    run.train_with(&group);
    group.broken = true;
    StepMetrics metrics;
    EXPECT_THROW(run.step(metrics), Error);
    ASSERT_TRUE(run.trainer().is_torn());

    EXPECT_TRUE(run.rewind().empty());
    EXPECT_FALSE(run.trainer().is_torn());
    EXPECT_EQ(run.step_count(), 0);
    EXPECT_EQ(run.config().training.learning_rate, config.training.learning_rate);

    const std::vector<SettingChange> slower = run.rewind();  // as after a loss that is not a number
    ASSERT_EQ(slower.size(), 1u);
    EXPECT_EQ(slower[0].key, "learning_rate");
    EXPECT_EQ(run.config().training.learning_rate, config.training.learning_rate / 2);
}

}  // namespace
}  // namespace denoise
