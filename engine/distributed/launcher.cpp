#include "engine/distributed/launcher.h"

#include <algorithm>
#include <cstdlib>

namespace denoise {
namespace {

/// Set by Open MPI, by MPICH and srun --mpi=pmi2, and by srun --mpi=pmix. Shells in an allocation of Slurm
/// have none of them.
constexpr const char* marks[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"};
constexpr const char* sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"};

}  // namespace

bool was_launched() {
    return std::ranges::any_of(marks, [](const char* name) { return std::getenv(name) != nullptr; });
}

int launched_processes() {
    if (!was_launched()) return 1;
    for (const char* name : sizes)
        if (const char* text = std::getenv(name)) return std::max(1, std::atoi(text));
    return 1;
}

}  // namespace denoise
