#include "engine/runs/run_polling.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/support/files.h"
#include "tests/support/run_header.h"

namespace denoise {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

/// Waits for something that needs no time, however busy the machine is.
template <class Condition>
bool until(const Condition& condition) {
    for (int i = 0; i < 3000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

TEST(RunPolling, FindsNewStepsInAnotherThread) {
    const test::TemporaryFolder folder;
    RunFolder run = RunFolder::create(folder / "run", test::run_header());
    const auto write = [&run](std::int64_t step) {
        run.append({step, 0.5, 0.1, 0.01, 0.5, 100});
        run.flush_metrics();
    };
    RunPolling polling(run.path(), 1ms);
    std::vector<std::int64_t> all;
    const auto collect = [&](std::size_t count) {
        return until([&] {
            for (const RunNews& news : polling.take())
                for (const StepMetrics& step : news.steps) all.push_back(step.step);
            return all.size() >= count;
        });
    };
    write(1);
    ASSERT_TRUE(collect(1));
    write(2);
    ASSERT_TRUE(collect(2));
    EXPECT_THAT(all, ElementsAre(1, 2));
}

TEST(RunPolling, ADriveThatHangsKeepsNobodyWaiting) {
    struct Drive {
        std::mutex mutex;
        std::condition_variable answered;
        bool answers = false, looked = false, done = false;
    };
    const auto drive = std::make_shared<Drive>();
    {
        RunPolling polling(
            [drive] {
                std::unique_lock lock(drive->mutex);
                drive->looked = true;
                drive->answered.wait(lock, [&] { return drive->answers; });
                drive->done = true;
                return RunNews{};
            },
            1ms);
        ASSERT_TRUE(until([&] {
            const std::lock_guard lock(drive->mutex);
            return drive->looked;
        }));
        EXPECT_TRUE(until([&] { return polling.waiting() > 20ms; }));
        EXPECT_THAT(polling.take(), IsEmpty());
    }  // returns although the look has not
    {
        const std::lock_guard lock(drive->mutex);
        EXPECT_FALSE(drive->done);
        drive->answers = true;
    }
    drive->answered.notify_all();
    EXPECT_TRUE(until([&] {  // the thread ends by itself
        const std::lock_guard lock(drive->mutex);
        return drive->done;
    }));
}

}  // namespace
}  // namespace denoise
