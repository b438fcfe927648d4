// Files of a drive that does not answer. A lease of the system holds up every open() of a file in the same
// way.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <optional>
#include <thread>

#include "engine/runs/run_folder.h"
#include "tests/scheduler/scheduler_fixture.h"

namespace denoise {
namespace {

/// Holds up whoever opens the file, as long as this exists.
class HeldUp {
  public:
    explicit HeldUp(const std::filesystem::path& path)
        : descriptor_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
        before_ = ::signal(SIGIO, SIG_IGN);  // which tells that somebody waits
        works_ = ::fcntl(descriptor_, F_SETLEASE, F_WRLCK) == 0;
    }
    ~HeldUp() {
        ::close(descriptor_);
        ::signal(SIGIO, before_);
    }
    HeldUp(const HeldUp&) = delete;
    HeldUp& operator=(const HeldUp&) = delete;

    bool works() const { return works_; }

  private:
    int descriptor_;
    void (*before_)(int) = nullptr;
    bool works_ = false;
};

class HangingDrive : public test::SchedulerTest {
  protected:
    void SetUp() override {
        ASSERT_NO_FATAL_FAILURE(train("run"));
        held_.emplace(list_checkpoints(folder / "run").front().path);
        if (!held_->works()) GTEST_SKIP() << "this file system has no leases";
    }

    std::optional<HeldUp> held_;
};

TEST_F(HangingDrive, OpeningAModelCanBeCancelled) {
    const JobId job = engine->post(OpenModel{folder / "run"});
    std::optional<JobEnded> ended;
    for (int i = 0; i < 200 && !ended; ++i) {
        // Again, because the engine may not have begun with the job when the first one arrives.
        engine->post(Cancel{job});
        for (const Event& event : engine->wait_events(std::chrono::milliseconds(50)))
            if (const auto* end = std::get_if<JobEnded>(&event); end && end->job == job) ended = *end;
    }
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->outcome, Outcome::cancelled);
    held_.reset();
    EXPECT_EQ(run(OpenModel{folder / "run"}).outcome, Outcome::done);
}

TEST_F(HangingDrive, TheEngineEnds) {
    engine->post(OpenModel{folder / "run"});
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto begin = std::chrono::steady_clock::now();
    engine.reset();
    // The system would take the lease away after 45 s.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

}  // namespace
}  // namespace denoise
