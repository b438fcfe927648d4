#pragma once

#include "engine/distributed/communicator.h"
#include "engine/session/events.h"

namespace denoise::cli {

struct Samples {
    SampleStarted start;
    SampleResult result;
};

/// The images of `request` that a process draws, as a request.
SampleRequest share_of_request(SampleRequest request, const Communicator& group);

/// The samples of `request`, from the shares of all processes, for process 0. The others get their own back.
Samples gather_samples(Communicator& group, Samples mine, const SampleRequest& request);

}  // namespace denoise::cli
