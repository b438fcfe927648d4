// Compiled instead of mpi_group.cpp if there is no MPI.

#include "engine/base/error.h"
#include "engine/distributed/launch.h"
#include "engine/distributed/launcher.h"

namespace denoise {

std::unique_ptr<Communicator> join_group() {
    if (launched_processes() > 1)
        throw Error{"Cannot work with several processes", "this program was built without MPI",
                    "Run packaging/setup.sh --mpi and build it again, or start it without the launcher"};
    return alone();
}

}  // namespace denoise
