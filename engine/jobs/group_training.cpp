#include "engine/jobs/group_training.h"

#include <nlohmann/json.hpp>

#include "engine/distributed/together.h"
#include "engine/network/stop_check.h"
#include "engine/runs/run_header.h"
#include "engine/training/shared_step.h"

namespace denoise {
namespace {

std::vector<Word> wait_for_all(Communicator& group, std::uint64_t mark = 0) {
    return do_together(
        group, [] {}, StopScope::asked, 0, mark);
}

}  // namespace

void announce_training(Communicator& group, const RunConfig& config) {
    wait_for_all(group);
    broadcast_text(group, run_config_to_json(config));
}

void require_same_dataset(Communicator& group, const Dataset& dataset) {
    wait_for_all(group);
    const std::uint64_t mark = mark_of(dataset.fingerprint);
    const std::vector<Word> words = wait_for_all(group, mark);
    for (int other = 1; other < group.size(); ++other)
        if (words[static_cast<std::size_t>(other)].mark != mark)
            throw Error{"Cannot train with several processes",
                        "the images of " + dataset.name + " of " + group.name_of(other) +
                            " are not those of this process",
                        "Copy the dataset to all machines, or use a shared disk", "dataset"};
}

void prepare_others(Communicator& group, const RunConfig& config, const Execution& execution,
                    ComputeDevice wanted) {
    wait_for_all(group);
    const nlohmann::json setup = {{"config", run_config_to_json(config)},
                                  {"execution", execution_to_json(execution)},
                                  {"device", name_of(wanted)}};
    broadcast_text(group, setup.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    wait_for_all(group);
}

}  // namespace denoise
