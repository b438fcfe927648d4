#include "engine/base/work.h"

#include <memory>
#include <stdexcept>
#include <vector>

#include "engine/base/error.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Numbers = Work<int, int>;

/// Reports from, from + 1 .. to and returns their sum.
Numbers count(int from, int to) {
    int sum = 0;
    for (int i = from; i <= to; ++i) {
        co_yield i;
        sum += i;
    }
    co_return sum;
}

/// Two works, one after the other, with a report before, between and after them.
Numbers two_counts() {
    co_yield 0;
    Numbers first = count(1, 3);
    int sum = co_await std::move(first);
    co_yield 10;
    sum += co_await count(11, 12);
    co_yield 20;
    co_return sum;
}

/// `depth` works inside each other around count(1, 2).
Numbers nested(int depth) {
    if (depth == 0) co_return co_await count(1, 2);
    co_yield -depth;
    const int sum = co_await nested(depth - 1);
    co_yield depth;
    co_return sum + depth;
}

template <class Result, class Report>
std::vector<Report> reports_of(Work<Result, Report>& work) {
    std::vector<Report> reports;
    while (work.step()) reports.push_back(work.report());
    return reports;
}

TEST(Work, DoesNothingBeforeTheFirstStep) {
    std::vector<int> log;
    const auto noting = [](std::vector<int>& noted) -> Numbers {
        noted.push_back(1);
        co_return 0;
    };
    Numbers work = noting(log);
    EXPECT_THAT(log, IsEmpty());
    EXPECT_FALSE(work.step());
    EXPECT_THAT(log, ElementsAre(1));
}

TEST(Work, ReportsInOrderAndReturnsItsResult) {
    Numbers work = count(1, 4);
    EXPECT_THAT(reports_of(work), ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(work.result(), 10);
}

TEST(Work, StaysEndedAfterItsEnd) {
    Numbers work = count(1, 1);
    EXPECT_TRUE(work.step());
    EXPECT_FALSE(work.step());
    EXPECT_FALSE(work.step());
    EXPECT_EQ(work.result(), 1);
}

TEST(Work, ReportsOfNestedWorksComeInOrder) {
    Numbers work = two_counts();
    EXPECT_THAT(reports_of(work), ElementsAre(0, 1, 2, 3, 10, 11, 12, 20));
    EXPECT_EQ(work.result(), 6 + 23);
}

TEST(Work, NestsToAnyDepth) {
    Numbers work = nested(3);
    EXPECT_THAT(reports_of(work), ElementsAre(-3, -2, -1, 1, 2, 1, 2, 3));
    EXPECT_EQ(work.result(), 3 + 6);
    EXPECT_EQ(finish(nested(1000)), 3 + 500 * 1001);
}

TEST(Work, ANestedWorkWithoutReportsDoesNotSuspend) {
    const auto outer = []() -> Numbers {
        int sum = 0;
        for (int i = 0; i < 5; ++i) sum += co_await count(1, 0);
        co_return sum;
    };
    Numbers work = outer();
    EXPECT_FALSE(work.step());
    EXPECT_EQ(work.result(), 0);
}

Numbers failing(int reports) {
    for (int i = 0; i < reports; ++i) co_yield i;
    throw Error{"what", "why", "remedy"};
}

TEST(Work, ThrowsWhatTheCoroutineThrowsAndHasThenEnded) {
    Numbers work = failing(2);
    EXPECT_TRUE(work.step());
    EXPECT_TRUE(work.step());
    EXPECT_EQ(test::error_of([&] { work.step(); }).why, "why");
    EXPECT_FALSE(work.step());
    Numbers at_once = failing(0);
    EXPECT_THROW(at_once.step(), Error);
}

/// Catches the error of a nested work and goes on.
Numbers recovering() {
    int result = 0;
    try {
        result = co_await failing(1);
    } catch (const Error&) {
        result = 100;
    }
    co_yield 50;
    co_return result + co_await count(1, 1);
}

TEST(Work, TheCallerOfANestedWorkCatchesItsException) {
    Numbers work = recovering();
    EXPECT_THAT(reports_of(work), ElementsAre(0, 50, 1));
    EXPECT_EQ(work.result(), 101);
}

Numbers passing_on(int depth) {
    if (depth == 0) co_return co_await failing(1);
    co_return co_await passing_on(depth - 1);
}

TEST(Work, AnExceptionThatNobodyCatchesReachesStep) {
    Numbers work = passing_on(3);
    EXPECT_TRUE(work.step());
    EXPECT_EQ(test::error_of([&] { work.step(); }).what, "what");
}

/// Notes its destruction.
struct Noting {
    Noting(std::vector<int>& log, int number) : log_(log), number_(number) {}
    ~Noting() { log_.push_back(number_); }
    Noting(const Noting&) = delete;
    Noting& operator=(const Noting&) = delete;

  private:
    std::vector<int>& log_;
    int number_;
};

Numbers inner_with_object(std::vector<int>& log) {
    const Noting object(log, 2);
    co_yield 2;
    log.push_back(-1);  // never reached
    co_return 0;
}

Numbers with_objects(std::vector<int>& log) {
    const Noting object(log, 1);
    co_yield 1;
    co_return co_await inner_with_object(log);
}

TEST(Work, DestroyedHalfWayItDestroysTheObjectsOfAllItsCoroutines) {
    std::vector<int> log;
    {
        Numbers work = with_objects(log);
        EXPECT_TRUE(work.step());
        EXPECT_TRUE(work.step());
        EXPECT_EQ(work.report(), 2);
        EXPECT_THAT(log, IsEmpty());
    }
    EXPECT_THAT(log, testing::UnorderedElementsAre(1, 2));
}

TEST(Work, DestroyedBeforeTheFirstStepItHasNoObjects) {
    std::vector<int> log;
    { const Numbers work = with_objects(log); }
    EXPECT_THAT(log, IsEmpty());
}

TEST(Work, AnAssignmentDestroysTheOldWork) {
    std::vector<int> log;
    Numbers work = with_objects(log);
    EXPECT_TRUE(work.step());
    work = count(7, 7);
    EXPECT_THAT(log, ElementsAre(1));
    EXPECT_TRUE(work.step());
    EXPECT_EQ(work.report(), 7);
}

TEST(Work, CanBeMovedBetweenTwoSteps) {
    Numbers work = two_counts();
    EXPECT_TRUE(work.step());
    EXPECT_TRUE(work.step());
    Numbers moved = std::move(work);
    EXPECT_THAT(reports_of(moved), ElementsAre(2, 3, 10, 11, 12, 20));
    EXPECT_EQ(moved.result(), 29);
}

Work<void, int> without_result(std::vector<int>& log) {
    co_yield 1;
    log.push_back(co_await count(2, 3));
}

Work<std::unique_ptr<int>, int> with_movable_result(std::vector<int>& log) {
    co_await without_result(log);
    co_return std::make_unique<int>(4);
}

TEST(Work, ResultsMayBeVoidOrOnlyMovable) {
    std::vector<int> log;
    auto work = with_movable_result(log);
    EXPECT_THAT(reports_of(work), ElementsAre(1, 2, 3));
    EXPECT_EQ(*work.result(), 4);
    EXPECT_THAT(log, ElementsAre(5));
}

Work<int> with_progress() {
    co_yield Progress(1, 2, "a text that is too long for the small string optimization");
    co_yield Progress(2, 2);
    co_return 2;
}

TEST(Work, ProgressIsTheDefaultReport) {
    Work<int> work = with_progress();
    EXPECT_TRUE(work.step());
    EXPECT_EQ(work.report().done, 1);
    EXPECT_EQ(work.report().total, 2);
    EXPECT_EQ(work.report().doing, "a text that is too long for the small string optimization");
    EXPECT_TRUE(work.step());
    EXPECT_EQ(work.report().done, 2);
    EXPECT_EQ(work.report().doing, "");
    EXPECT_FALSE(work.step());
}

TEST(Finish, RunsToTheEndAndPassesOnEveryReport) {
    std::vector<int> reports;
    const std::function<void(const int&)> note = [&](const int& report) { reports.push_back(report); };
    EXPECT_EQ(finish(two_counts(), note), 29);
    EXPECT_THAT(reports, ElementsAre(0, 1, 2, 3, 10, 11, 12, 20));
    EXPECT_EQ(finish(count(1, 4)), 10);
    std::vector<int> log;
    finish(without_result(log));
    EXPECT_THAT(log, ElementsAre(5));
}

TEST(Finish, ThrowsWhatTheWorkOrTheCallbackThrows) {
    EXPECT_THROW(finish(passing_on(2)), Error);
    std::vector<int> log;
    const std::function<void(const int&)> stop = [](const int&) { throw std::runtime_error("stop"); };
    EXPECT_THROW(finish(with_objects(log), stop), std::runtime_error);
    EXPECT_THAT(log, ElementsAre(1));
}

}  // namespace
}  // namespace denoise
