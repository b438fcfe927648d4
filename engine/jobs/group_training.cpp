#include "engine/jobs/group_training.h"

#include <nlohmann/json.hpp>

#include "engine/distributed/together.h"
#include "engine/runs/run_header.h"
#include "engine/training/shared_step.h"

namespace denoise {

void announce_training(Communicator& group, const RunConfig& config) {
    do_together(
        group, [] {}, stop_asked);
    broadcast_text(group, run_config_to_json(config));
}

void require_same_dataset(Communicator& group, const Dataset& dataset) {
    do_together(
        group, [] {}, stop_asked);
    const std::uint64_t mark = mark_of(dataset.fingerprint);
    const std::vector<Word> words = do_together(
        group, [] {}, stop_asked, 0, mark);
    for (int other = 1; other < group.size(); ++other)
        if (words[static_cast<std::size_t>(other)].mark != mark)
            throw Error{"Cannot train with several processes",
                        "the images of " + dataset.name + " of " + group.name_of(other) +
                            " are not those of this process",
                        "Copy the dataset to all machines, or use a shared disk", "dataset"};
}

void prepare_others(Communicator& group, const RunConfig& config, const Execution& execution) {
    do_together(
        group, [] {}, stop_asked);
    const nlohmann::json setup = {{"config", run_config_to_json(config)},
                                  {"execution", execution_to_json(execution)}};
    broadcast_text(group, setup.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    do_together(
        group, [] {}, stop_asked);
}

}  // namespace denoise
