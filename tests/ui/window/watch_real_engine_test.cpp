#include "engine/runs/run_folder.h"
#include "tests/ui/window/real_engine_fixture.h"
#include "ui/link/run_watch.h"

namespace denoise::testing {
namespace {

namespace fs = std::filesystem;
using ui::WatchPhase;

/// A second engine, which trains a run as another program does: it has the lock of the folder.
class WatchRealEngineTest : public RealEngineTest {
  protected:
    /// Until the run has a checkpoint beyond its start.
    [[nodiscard]] bool train_elsewhere() {
        run_ = fs::path(runs_.path().toStdString()) / "elsewhere";
        RunConfig config = find_preset("tiny").config;
        config.dataset.dataset = "glyphs";
        config.dataset.image_limit = 200;
        config.training.steps = 100'000;
        config.training.save_every_steps = 20;
        config.training.preview_seconds = 1;
        other_ = make_engine({.threads = 1, .yield = false});
        other_->post(StartTraining{config, run_});
        return until([this] {
            other_->take_events();
            const std::vector<CheckpointFile> files = list_checkpoints(run_);
            return !files.empty() && files.front().step > 0;
        });
    }
    [[nodiscard]] bool stop_elsewhere() {
        other_->post(StopTraining{});
        return until([this] {
            for (const Event& event : other_->take_events())
                if (std::holds_alternative<JobEnded>(event)) return true;
            return false;
        });
    }
    ui::RunWatch& watch() { return *window_->link().findChild<ui::RunWatch*>(); }
    bool reaches_phase(WatchPhase phase) {
        return until([this, phase] { return watch().report().phase == phase; });
    }

    fs::path run_;
    std::unique_ptr<Engine> other_;
};

TEST_F(WatchRealEngineTest, ARunIsWatchedSampledFromAndContinuedHere) {
    ASSERT_TRUE(open());
    watch().set_interval(std::chrono::milliseconds(50));
    ASSERT_TRUE(train_elsewhere());
    window_->open_path(QString::fromStdString(run_.string()));
    ASSERT_TRUE(reaches_phase(WatchPhase::watching));
    const std::int64_t first_step = watch().report().step, first_model = link().run()->step;
    ASSERT_TRUE(until([&] { return watch().report().step > first_step + 20; }));
    EXPECT_EQ(steps_.back().step, watch().report().step);
    ASSERT_TRUE(until([&] { return link().run()->step > first_model; })) << "newer checkpoints are read";
    ASSERT_TRUE(sample());
    EXPECT_GT(film_.start().model_step, first_model);

    ASSERT_TRUE(stop_elsewhere());
    ASSERT_TRUE(reaches_phase(WatchPhase::ended));
    const std::int64_t last = list_checkpoints(run_).front().step;
    EXPECT_EQ(watch().report().step, last);
    ASSERT_TRUE(until([&] { return link().run()->step == last; }));
    other_.reset();
    key(Qt::Key_1, Qt::ControlModifier);
    auto* resume_here = find<QPushButton>("resume_here");
    ASSERT_TRUE(resume_here->isVisible());
    QTest::mouseClick(resume_here, Qt::LeftButton);
    ASSERT_TRUE(until([&] { return link().state() == EngineState::training && steps_.back().step > last; }));
    EXPECT_FALSE(watch().is_on());
}

}  // namespace
}  // namespace denoise::testing
