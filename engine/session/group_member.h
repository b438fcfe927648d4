#pragma once

#include <functional>

namespace denoise {

class Communicator;  // engine/distributed/communicator.h

struct GroupMemberOptions {
    int threads = 0;             ///< for this process; 0: automatic
    std::function<bool()> stop;  ///< whether this process has been asked to end; may be called by any thread
};

/// The part of a process other than process 0 of `group` in a training. Loads the dataset, and computes its
/// share of every step, until process 0 leaves or does not answer any more. Problems are told to process 0,
/// which reports them. Writes and prints nothing. Requires a QCoreApplication. Never throws.
void train_for_first(Communicator& group, const GroupMemberOptions& options);

}  // namespace denoise
