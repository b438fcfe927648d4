#include "engine/distributed/together.h"

#include <gmock/gmock.h>

#include <atomic>
#include <stdexcept>

#include "engine/base/cancelled.h"
#include "engine/distributed/launcher.h"
#include "tests/support/thread_group.h"

namespace denoise {
namespace {

using test::ThreadGroup;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::function<void()> nothing = [] {};
const std::function<bool()> never = [] { return false; };

/// What do_together() throws, as text.
std::string thrown_by(Communicator& group, const std::function<void()>& part,
                      const std::function<bool()>& stop = never) {
    try {
        do_together(group, part, stop);
        return "nothing";
    } catch (const Error& error) {
        return one_line(error);
    } catch (const Cancelled&) {
        return "cancelled";
    } catch (const GroupEnded&) {
        return "ended";
    } catch (const std::exception& exception) {
        return std::string("exception ") + exception.what();
    }
}

/// The same for the parts of three processes, by their numbers.
std::vector<std::string> thrown_in_all(const std::function<void(int)>& part) {
    std::vector<std::string> thrown(3);
    ThreadGroup(3).run([&](Communicator& group) {
        thrown[static_cast<std::size_t>(group.rank())] = thrown_by(group, [&] { part(group.rank()); });
    });
    return thrown;
}

TEST(Share, GivesEachThingToOneProcess) {
    for (const std::int64_t total : {0, 1, 5, 6, 100})
        for (const int size : {1, 2, 3, 7}) {
            std::int64_t next = 0;
            for (int rank = 0; rank < size; ++rank) {
                const Share share = share_of(total, rank, size);
                EXPECT_EQ(share.first, next);
                EXPECT_LE(share.count, total / size + 1);
                EXPECT_GE(share.count, total / size);
                next += share.count;
            }
            EXPECT_EQ(next, total);
        }
    EXPECT_EQ(share_of(1, 0, 4).count, 1) << "process 0 has images if there are any";
}

TEST(Together, AllHearTheNumbersOfAll) {
    ThreadGroup(3).run([](Communicator& group) {
        const std::vector<Word> words = do_together(group, nothing, never, group.rank() * 2.5, 7);
        ASSERT_EQ(words.size(), 3u);
        EXPECT_EQ(words[2].number, 5.0);
        EXPECT_EQ(words[1].mark, 7u);
    });
}

TEST(Together, AnErrorOfAProcessIsThrownInAllWithItsName) {
    const auto thrown = thrown_in_all([](int rank) {
        if (rank == 1) throw Error{"Cannot read", "the disk is gone", "Mount it"};
    });
    EXPECT_THAT(thrown, ElementsAre("Cannot read: thread 1: the disk is gone. Mount it.",
                                    "Cannot read: the disk is gone. Mount it.",
                                    "Cannot read: thread 1: the disk is gone. Mount it."));
}

TEST(Together, TheFirstOfSeveralErrorsIsThrown) {
    const auto thrown = thrown_in_all([](int rank) {
        if (rank > 0) throw Error{"Cannot read " + std::to_string(rank), "why", "do"};
    });
    EXPECT_THAT(thrown[0], StartsWith("Cannot read 1"));
    EXPECT_THAT(thrown[2], StartsWith("Cannot read 1"));
}

TEST(Together, OtherExceptionsBecomeErrorsElsewhere) {
    const auto thrown = thrown_in_all([](int rank) {
        if (rank == 2) throw std::runtime_error("bad tensor");
    });
    EXPECT_THAT(thrown[0], HasSubstr("thread 2: bad tensor"));
    EXPECT_EQ(thrown[2], "exception bad tensor");
}

TEST(Together, ACancelledPartOfProcess0CancelsAll) {
    const auto thrown = thrown_in_all([](int rank) {
        if (rank == 0) throw Cancelled{};
    });
    EXPECT_THAT(thrown, ElementsAre("cancelled", "cancelled", "cancelled"));
}

TEST(Together, AnotherProcessThatIsAskedToEndIsAnErrorInProcess0) {
    ThreadGroup(2).run([](Communicator& group) {
        const std::string thrown = thrown_by(group, nothing, [&] { return group.rank() == 1; });
        if (group.rank() == 0)
            EXPECT_THAT(thrown, HasSubstr("thread 1 was asked to end"));
        else
            EXPECT_EQ(thrown, "cancelled");
    });
}

TEST(Together, AllAreAskedToEndAtAboutTheSameTime) {
    std::atomic<int> asked = 0;
    ThreadGroup(2).run([&](Communicator& group) {
        // Process 0 hears of it after the others.
        EXPECT_EQ(thrown_by(group, nothing, [&] { return group.rank() == 1 || ++asked > 3; }), "cancelled");
    });
}

TEST(Follow, EndsWhenProcess0Leaves) {
    std::atomic<int> done = 0;
    ThreadGroup(3).run([&](Communicator& group) {
        if (group.rank() == 0) {
            do_together(group, nothing, never);
            do_together(group, nothing, never);
            leave(group);
        } else {
            follow(
                group,
                [&] {
                    for (;; ++done) do_together(group, nothing, never);
                },
                never);
        }
    });
    EXPECT_EQ(done, 4);
}

TEST(Follow, TellsProcess0OfAnErrorBetweenTwoMeetings) {
    ThreadGroup(2).run([](Communicator& group) {
        if (group.rank() == 0) {
            EXPECT_THAT(thrown_by(group, nothing), HasSubstr("thread 1: torn"));
            leave(group);
        } else {
            follow(
                group,
                [] {
                    throw Error{"Cannot go on", "torn", "Start again"};
                },
                never);
        }
    });
}

TEST(Follow, WaitsAfterAnErrorOfAllUntilProcess0Leaves) {
    ThreadGroup(2).run([](Communicator& group) {
        const auto failing = [&] {
            if (group.rank() == 1) throw Error{"Cannot load", "no such folder", "Copy it"};
        };
        if (group.rank() == 0) {
            EXPECT_THAT(thrown_by(group, failing), HasSubstr("no such folder"));
            leave(group);
        } else {
            follow(
                group, [&] { do_together(group, failing, never); }, never);
        }
    });
}

TEST(BroadcastText, KeepsEveryByte) {
    const std::string text("a\0b\n\xff", 5);
    ThreadGroup(2).run([&](Communicator& group) {
        EXPECT_EQ(broadcast_text(group, group.rank() == 1 ? text : "other", 1), text);
        EXPECT_EQ(broadcast_text(group, {}), "");
    });
}

TEST(Alone, IsOneProcess) {
    const auto group = alone();
    EXPECT_EQ(group->size(), 1);
    EXPECT_EQ(group->sum(2), 2);
    EXPECT_EQ(thrown_by(*group, nothing), "nothing");
    EXPECT_EQ(thrown_by(*group, [] { throw Error{"a", "b", "c"}; }), "a: b. c.");
    leave(*group);
}

TEST(Launcher, IsNotInTheEnvironmentOfTests) {
    EXPECT_FALSE(was_launched());
    EXPECT_EQ(launched_processes(), 1);
    ::setenv("OMPI_COMM_WORLD_SIZE", "4", 1);
    EXPECT_TRUE(was_launched());
    EXPECT_EQ(launched_processes(), 4);
    ::unsetenv("OMPI_COMM_WORLD_SIZE");
}

}  // namespace
}  // namespace denoise
