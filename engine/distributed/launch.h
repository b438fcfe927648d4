#pragma once

#include <memory>

#include "engine/distributed/communicator.h"

namespace denoise {

/// The processes with which a launcher has started this one, as its environment says: mpirun of Open MPI or
/// MPICH, or srun of Slurm. Without a launcher, this process is alone, and MPI is not initialised. Call it
/// once, in the main thread. The destructor of the result waits for the other processes, unless it is broken:
/// then it ends them. Throws Error if there are several processes and this program has been built without
/// MPI.
std::unique_ptr<Communicator> join_group();

}  // namespace denoise
