#pragma once

#include "engine/distributed/communicator.h"

namespace denoise::cli {

/// The number of threads of each process: `demanded`, or that of OMP_NUM_THREADS, or so many that the
/// processes that share the processors of a machine use each core once. 0, automatic, for a process that is
/// alone.
int threads_in_group(const Communicator& group, int demanded);

/// Lets the other processes go when it is destroyed. For process 0.
class GroupLeader {
  public:
    explicit GroupLeader(Communicator& group) : group_(group) {}
    ~GroupLeader();
    GroupLeader(const GroupLeader&) = delete;
    GroupLeader& operator=(const GroupLeader&) = delete;

  private:
    Communicator& group_;
};

/// Throws Error if there are several processes and `command` cannot share its work among them.
void require_shareable(const Communicator& group, const std::string& command);

}  // namespace denoise::cli
