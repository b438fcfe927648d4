#include "app/cli/group.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/processors.h"
#include "engine/distributed/together.h"

namespace denoise::cli {

int threads_in_group(const Communicator& group, int demanded) {
    if (group.size() == 1 || demanded > 0) return demanded;
    if (demanded_threads() > 0) return demanded_threads();
    return std::max(1, physical_core_count() / group.sharing_processors());
}

GroupLeader::~GroupLeader() {
    leave(group_);
}

void require_shareable(const Communicator& group, const std::string& command) {
    if (group.size() == 1 || command == "train" || command == "sample") return;
    throw Error{"Cannot run `" + command + "` with several processes",
                "only `train` and `sample` can share their work, and " + std::to_string(group.size()) +
                    " processes were started",
                "Start it without mpirun or srun"};
}

}  // namespace denoise::cli
