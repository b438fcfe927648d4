// The queue in the real window on the real engine, with a restart in between.

#include <QTreeView>

#include "engine/runs/queue_file.h"
#include "engine/runs/run_list.h"
#include "tests/ui/window/real_engine_fixture.h"

namespace denoise::testing {
namespace {

class RealQueueTest : public RealEngineTest {
  protected:
    RunQueue stored() const { return QueueFile(runs_.path().toStdString() + "/queue.json").queue(); }
    QueuedRun first() const { return stored().runs.at(0); }
    QueuedRun second() const { return stored().runs.at(1); }
};

TEST_F(RealQueueTest, TrainsTwoRunsWithARestartInBetween) {
    ASSERT_TRUE(open());
    ASSERT_TRUE(choose_something_quick());
    window_->editor().set_value("steps", std::int64_t{5});
    window_->editor().set_value("save_every_steps", std::int64_t{5});
    action("add_to_queue")->trigger();
    window_->editor().set_value("steps", std::int64_t{1'000'000});
    action("add_to_queue")->trigger();
    ASSERT_EQ(stored().runs.size(), 2u);
    action("show_queue")->trigger();
    QTest::mouseClick(find<QToolButton>("queue_start"), Qt::LeftButton);
    ASSERT_TRUE(until([this] { return first().state == QueuedState::done; }));
    EXPECT_EQ(read_run(first().folder).step, 5);
    EXPECT_EQ(read_run(first().folder).state, RunState::finished);
    ASSERT_TRUE(until([this] {
        return second().state == QueuedState::running && link().state() == EngineState::training &&
               steps_.back().step >= 12 && steps_.size() >= 17;
    }));

    const std::filesystem::path folder = second().folder;
    window_.reset();  // without a question or a last save of the queue
    EXPECT_TRUE(stored().active);
    const std::int64_t saved = read_run(folder).step;
    EXPECT_GE(saved, 5);
    ASSERT_TRUE(open());
    EXPECT_EQ(link().state(), EngineState::idle) << "it does not begin by itself";
    ASSERT_TRUE(button("Resume the queue"));
    auto* queue = find<QTreeView>("queue");
    QTest::mouseClick(button("Resume the queue"), Qt::LeftButton);
    ASSERT_TRUE(until([this] { return link().state() == EngineState::training && !steps_.empty(); }));
    EXPECT_EQ(steps_.front().step, saved + 1) << "from its checkpoint";
    EXPECT_EQ(second().folder, folder) << "in its folder";
    EXPECT_EQ(queue->model()->index(1, 1).data().toString(), "Running");
    action("stop")->trigger();
    ASSERT_TRUE(reaches(EngineState::idle));
    EXPECT_EQ(second().state, QueuedState::stopped);
    EXPECT_FALSE(stored().active);
}

}  // namespace
}  // namespace denoise::testing
