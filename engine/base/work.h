#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace denoise {

/// The progress of an operation. `total` is 0 while it is unknown.
struct Progress {
    // Not an aggregate: GCC 12 copies aggregate temporaries in coroutines byte by byte.
    Progress(std::int64_t done_now = 0, std::int64_t of_total = 0, std::string what = {})
        : done(done_now), total(of_total), doing(std::move(what)) {}

    std::int64_t done, total;
    std::string doing;  ///< such as "drawing samples" or "training the classifier"; may be empty
};

template <class Result, class Report = Progress>
class Work;

namespace detail {

/// The promise of a Work. Nested coroutines form a stack. The outermost one stores the last report and the
/// coroutine to resume at the next step.
template <class Report>
struct WorkPromiseBase {
    WorkPromiseBase* outermost = this;
    std::coroutine_handle<> caller;     ///< resumed when this one has finished; none for the outermost
    std::coroutine_handle<> innermost;  ///< outermost only: resumed by the next step
    std::optional<Report> report;       ///< outermost only
    std::exception_ptr error;

    std::suspend_always initial_suspend() noexcept { return {}; }
    void unhandled_exception() { error = std::current_exception(); }

    std::suspend_always yield_value(Report value) {
        outermost->report = std::move(value);
        return {};
    }

    struct ReturnToCaller {
        bool await_ready() noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
            WorkPromiseBase& promise = ended.promise();
            if (!promise.caller) return std::noop_coroutine();
            promise.outermost->innermost = promise.caller;
            return promise.caller;
        }
        void await_resume() noexcept {}
    };
    ReturnToCaller final_suspend() noexcept { return {}; }
};

template <class Result, class Report>
struct WorkPromise : WorkPromiseBase<Report> {
    std::optional<Result> result;
    Work<Result, Report> get_return_object();
    template <class Value>
    void return_value(Value&& value) {
        result.emplace(std::forward<Value>(value));
    }
    Result take() { return std::move(*result); }
};

template <class Report>
struct WorkPromise<void, Report> : WorkPromiseBase<Report> {
    Work<void, Report> get_return_object();
    void return_void() {}
    void take() {}
};

}  // namespace detail

/// A long computation that runs in steps. It is a coroutine that suspends at each `co_yield report` and
/// returns its result with `co_return`. It can run another Work with the same type of reports by `co_await
/// std::move(work)`, or by `co_await` on a call that returns one. Destroying a Work cancels the rest of the
/// computation.
///
/// A coroutine must not hold a thread-local guard, such as torch::NoGradGuard, across co_yield or co_await,
/// because the guard would also apply to the code that runs between two steps. Its reference parameters must
/// outlive it.
template <class Result, class Report>
class [[nodiscard]] Work {
  public:
    using promise_type = detail::WorkPromise<Result, Report>;

    explicit Work(std::coroutine_handle<promise_type> handle) : handle_(handle) {
        handle_.promise().innermost = handle_;
    }
    Work(Work&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Work& operator=(Work&& other) noexcept {
        if (this != &other) {
            if (handle_) handle_.destroy();
            handle_ = std::exchange(other.handle_, {});
        }
        return *this;
    }
    ~Work() {
        if (handle_) handle_.destroy();
    }

    /// Runs to the next report and returns true, or to the end and returns false. Rethrows the exceptions of
    /// the work.
    bool step() {
        if (handle_.done()) return false;
        handle_.promise().innermost.resume();
        if (!handle_.done()) return true;
        if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
        return false;
    }

    /// The last report. Call it only after step() has returned true.
    const Report& report() const { return *handle_.promise().report; }

    /// The result. Call it once, after step() has returned false.
    Result result() { return handle_.promise().take(); }

    struct Awaiter {
        std::coroutine_handle<promise_type> inner;
        bool await_ready() noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> caller) noexcept {
            detail::WorkPromiseBase<Report>& promise = inner.promise();
            promise.caller = caller;
            promise.outermost = caller.promise().outermost;
            promise.outermost->innermost = inner;
            return inner;
        }
        Result await_resume() {
            if (inner.promise().error) std::rethrow_exception(inner.promise().error);
            return inner.promise().take();
        }
    };
    Awaiter operator co_await() && noexcept { return {handle_}; }

  private:
    std::coroutine_handle<promise_type> handle_;
};

template <class Result, class Report>
Work<Result, Report> detail::WorkPromise<Result, Report>::get_return_object() {
    return Work<Result, Report>(std::coroutine_handle<WorkPromise>::from_promise(*this));
}

template <class Report>
Work<void, Report> detail::WorkPromise<void, Report>::get_return_object() {
    return Work<void, Report>(std::coroutine_handle<WorkPromise>::from_promise(*this));
}

/// Runs the work to its end and returns its result. `each` is called with each report.
template <class Result, class Report>
Result finish(Work<Result, Report> work, const std::function<void(const Report&)>& each = {}) {
    while (work.step())
        if (each) each(work.report());
    return work.result();
}

}  // namespace denoise
