#pragma once

#include "engine/data/dataset.h"
#include "engine/distributed/communicator.h"
#include "engine/runs/run_config.h"

namespace denoise {

// What process 0 tells the others before they train together, in this order. Each throws what do_together()
// throws; the others answer in train_for_first() (engine/session/group_member.h).

/// The config with the dataset that every process loads.
void announce_training(Communicator& group, const RunConfig& config);

/// Waits until all have loaded their dataset. Throws Error if one could not, or has other images.
void require_same_dataset(Communicator& group, const Dataset& dataset);

/// The config, the execution, for which each has its own number of threads, and the device that was asked
/// for, from which each finds its own (see device_of_process()). Waits until all are ready to train.
void prepare_others(Communicator& group, const RunConfig& config, const Execution& execution,
                    ComputeDevice wanted);

}  // namespace denoise
