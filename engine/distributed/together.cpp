#include "engine/distributed/together.h"

#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <thread>
#include <utility>

#include "engine/base/cancelled.h"

namespace denoise {
namespace {

using Clock = std::chrono::steady_clock;

enum Standing : std::int32_t { ready, cancelled, failed, leaving };

/// Process 0 waits this long for a process that may have ended, once it is asked to stop.
constexpr std::chrono::milliseconds patience{500};
/// A launcher asks all processes to end at about the same time.
constexpr std::chrono::milliseconds same_time{300};

/// How the part of this process has ended.
struct Ending {
    Standing standing = ready;
    std::exception_ptr thrown = {};
    Error error = {};
};

Ending ending_of(const std::function<void()>& part) {
    try {
        part();
        return {};
    } catch (const Cancelled&) {
        return {cancelled};
    } catch (const Error& error) {
        return {failed, std::current_exception(), error};
    } catch (const std::bad_alloc&) {
        return {failed,
                std::current_exception(),
                {"There is not enough memory",
                 "the network or the number of images at once is too large for this machine",
                 "Choose a smaller batch or base width"}};
    } catch (const std::exception& exception) {
        return {failed,
                std::current_exception(),
                {"A process cannot continue", exception.what(), "Try smaller settings"}};
    }
}

/// Texts in one, with their lengths.
std::string packed(const Error& error) {
    std::string text;
    for (const std::string& part : {error.what, error.why, error.remedy, error.setting})
        text += std::to_string(part.size()) + ":" + part;
    return text;
}

Error unpacked(const std::string& text) {
    Error error;
    std::size_t at = 0;
    for (std::string* part : {&error.what, &error.why, &error.remedy, &error.setting}) {
        const std::size_t colon = text.find(':', at);
        const auto size = static_cast<std::size_t>(std::stoull(text.substr(at, colon - at)));
        *part = text.substr(colon + 1, size);
        at = colon + 1 + size;
    }
    return error;
}

std::optional<int> first_with(const std::vector<Word>& words, Standing standing) {
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i].standing == standing) return static_cast<int>(i);
    return std::nullopt;
}

/// Asks `stop` while process 0 waits.
std::function<bool()> impatience(const Communicator& group, const std::function<bool()>& stop) {
    if (group.rank() != 0) return {};
    return [&stop, asked = std::optional<Clock::time_point>()]() mutable {
        if (!asked && stop()) asked = Clock::now();
        return asked && Clock::now() - *asked > patience;
    };
}

bool asked_soon(const std::function<bool()>& stop) {
    for (const Clock::time_point end = Clock::now() + same_time; Clock::now() < end;) {
        if (stop()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return stop();
}

[[noreturn]] void throw_error(Communicator& group, int from, const Ending& mine) {
    const bool own = group.rank() == from;
    Error error = unpacked(broadcast_text(group, own ? packed(mine.error) : std::string(), from));
    if (own && mine.thrown) std::rethrow_exception(mine.thrown);
    if (from != 0) error.why = group.name_of(from) + ": " + error.why;
    throw error;
}

}  // namespace

std::vector<Word> do_together(Communicator& group, const std::function<void()>& part,
                              const std::function<bool()>& stop, double number, std::uint64_t mark) {
    Ending mine = ending_of(part);
    if (mine.standing == ready && stop()) mine.standing = cancelled;
    const std::vector<Word> words = group.exchange({mine.standing, 0, number, mark}, impatience(group, stop));
    if (words.front().standing == leaving) throw GroupEnded{};
    if (const auto from = first_with(words, failed)) throw_error(group, *from, mine);
    const std::optional<int> stopped = first_with(words, cancelled);
    if (!stopped) return words;
    if (group.rank() != 0 || *stopped == 0 || asked_soon(stop)) throw Cancelled{};
    throw Error{"The processes have stopped", group.name_of(*stopped) + " was asked to end",
                "Start them again with --resume and the folder of the run"};
}

void leave(Communicator& group) {
    if (group.size() == 1 || group.is_broken()) return;
    try {
        group.exchange({leaving, 0, 0, 0}, {});
    } catch (const Error&) {  // the work has ended, and its result is known
    }
}

void follow(Communicator& group, const std::function<void()>& work, const std::function<bool()>& stop) {
    std::exception_ptr pending;
    for (bool first = true;; first = false) {
        try {
            if (first)
                work();
            else
                do_together(
                    group,
                    [&] {
                        if (pending) std::rethrow_exception(std::exchange(pending, {}));
                    },
                    stop);
        } catch (const GroupEnded&) {
            return;
        } catch (const Cancelled&) {  // process 0 decides what follows
        } catch (...) {
            if (group.is_broken()) return;
            // After an error of all processes, process 0 hears of it again, which does not matter.
            if (first) pending = std::current_exception();
        }
    }
}

std::string broadcast_text(Communicator& group, std::string text, int root) {
    std::uint64_t size = text.size();
    group.broadcast(std::as_writable_bytes(std::span(&size, 1)), root);
    text.resize(size);
    group.broadcast(std::as_writable_bytes(std::span(text)), root);
    return text;
}

Share share_of(std::int64_t total, int rank, int size) {
    const std::int64_t each = total / size, left = total % size;
    return {rank * each + std::min<std::int64_t>(rank, left), each + (rank < left ? 1 : 0)};
}

std::uint64_t mark_of(const std::string& text) {
    return XXH3_64bits(text.data(), text.size());
}

}  // namespace denoise
