#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "engine/base/error.h"
#include "engine/distributed/communicator.h"

namespace denoise {

/// Thrown in other processes when process 0 ends the common work.
struct GroupEnded {};

/// Does `part` in every process, and waits for all. Only if all have done theirs, it returns: the words of
/// all processes, with `number` and `mark` of each. Otherwise it throws in every process: the Error of the
/// first process whose part has failed, with the name of the process unless it is process 0; GroupEnded if
/// process 0 has called leave(); or Cancelled if the part of any process was cancelled or its `stop` returned
/// true. If other processes were cancelled and process 0 was not, this is an Error in process 0.
///
/// What `part` throws must not leave the processes with different states. While process 0 waits for others,
/// it gives up half a second after `stop` has returned true: launchers end programs soon after they have
/// asked them to end.
std::vector<Word> do_together(Communicator& group, const std::function<void()>& part,
                              const std::function<bool()>& stop, double number = 0, std::uint64_t mark = 0);

/// Ends the common work: other processes, wherever they call do_together() next, throw GroupEnded there. For
/// process 0. Never throws.
void leave(Communicator& group);

/// Does `work`, the part of a process other than process 0 in a common work, and waits until process 0
/// leaves. An exception of `work` is told to process 0. Never throws.
void follow(Communicator& group, const std::function<void()>& work, const std::function<bool()>& stop);

/// Sends `text` of process 0 to all. Returns it.
std::string broadcast_text(Communicator& group, std::string text, int root = 0);

/// The part of `total` things, in order, that process `rank` of `size` does. The first processes do one more
/// if it cannot be divided.
struct Share {
    std::int64_t first = 0, count = 0;
    bool operator==(const Share&) const = default;
};
Share share_of(std::int64_t total, int rank, int size);

/// A hash, to compare texts of processes.
std::uint64_t mark_of(const std::string& text);

}  // namespace denoise
