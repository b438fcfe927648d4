#include "engine/base/worker_threads.h"

#include <gmock/gmock.h>

#include <atomic>
#include <barrier>
#include <stdexcept>

namespace denoise {
namespace {

using testing::Each;
using testing::ElementsAre;

TEST(WorkerThreads, DoEachPartOnceAndAtTheSameTime) {
    WorkerThreads threads;
    for (const int count : {1, 3, 2, 4}) {
        std::vector<int> calls(4, 0);
        std::barrier all(count);  // only ends if all parts are being done
        threads.run(count, [&](int part) {
            ++calls[static_cast<std::size_t>(part)];
            all.arrive_and_wait();
        });
        for (int part = 0; part < 4; ++part) EXPECT_EQ(calls[part], part < count ? 1 : 0) << count;
    }
}

TEST(WorkerThreads, AreAlwaysTheSameAndTheFirstPartIsTheCallers) {
    std::atomic<int> started = 0;
    WorkerThreads threads([&started] { ++started; });
    std::vector<std::thread::id> first(3), second(3);
    threads.run(3, [&](int part) { first[static_cast<std::size_t>(part)] = std::this_thread::get_id(); });
    threads.run(3, [&](int part) { second[static_cast<std::size_t>(part)] = std::this_thread::get_id(); });
    EXPECT_EQ(first, second);
    EXPECT_EQ(first[0], std::this_thread::get_id());
    EXPECT_NE(first[1], first[2]);
    EXPECT_EQ(started, 2);
}

TEST(WorkerThreads, ThrowWhatAPartThrowsWhenAllHaveEnded) {
    WorkerThreads threads;
    for (const int failing : {0, 1, 2}) {
        std::vector<int> ended(3, 0);
        const auto part = [&](int number) {
            if (number == failing) throw std::runtime_error("part");
            ended[static_cast<std::size_t>(number)] = 1;
        };
        EXPECT_THROW(threads.run(3, part), std::runtime_error);
        EXPECT_EQ(ended[0] + ended[1] + ended[2], 2);
    }
    EXPECT_NO_THROW(threads.run(3, [](int) {})) << "usable afterwards";
}

}  // namespace
}  // namespace denoise
