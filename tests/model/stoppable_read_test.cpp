#include "engine/model/stoppable_read.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>

#include "engine/base/cancelled.h"

namespace denoise {
namespace {

TEST(StoppableRead, ReturnsTheResultOfAnotherThread) {
    const std::thread::id here = std::this_thread::get_id();
    EXPECT_NE(read_stoppably([] { return std::this_thread::get_id(); }), here);
    EXPECT_EQ(read_stoppably([text = std::string("read")] { return text; }), "read");
}

TEST(StoppableRead, ThrowsWhatTheReadThrows) {
    EXPECT_THROW(read_stoppably([]() -> int { throw std::runtime_error("damaged"); }), std::runtime_error);
}

TEST(StoppableRead, IsLeftWhenAScopeAsksForTheEnd) {
    std::promise<void> answer;
    const auto drive = std::make_shared<std::shared_future<void>>(answer.get_future());
    const auto begun = std::make_shared<std::atomic<bool>>(false);
    const StopScope stop([begun] { return begun->load(); });
    EXPECT_THROW(read_stoppably([drive, begun] {
                     *begun = true;
                     drive->wait();
                     return 0;
                 }),
                 Cancelled);
    answer.set_value();  // the thread ends
}

}  // namespace
}  // namespace denoise
