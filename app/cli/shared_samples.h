#pragma once

#include <vector>

#include "engine/distributed/communicator.h"
#include "engine/session/events.h"

namespace denoise::cli {

struct Samples {
    SampleStarted start;
    SampleResult result;
};

/// Images are drawn in batches of this size if there are more. The last digits of an image depend on the size
/// of its batch, so this is the same for any number of processes, each of which draws some of the batches.
inline constexpr int images_at_once = 64;

/// The requests for the batches of `request` that process `rank` of `size` draws.
std::vector<SampleRequest> batches_of(const SampleRequest& request, int rank, int size);

/// Adds the images of another batch behind those of `samples`.
void append(Samples& samples, Samples batch);

/// The samples of `request`, from the shares of all processes, for process 0. The others get their own back.
Samples gather_samples(Communicator& group, Samples mine, const SampleRequest& request);

}  // namespace denoise::cli
