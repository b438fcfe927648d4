#pragma once

#include "engine/jobs/requests.h"

namespace denoise {

constexpr int most_images = 4096;  ///< of one SampleRequest

/// The number of images that the request gives. That of an array of a wrong shape does not matter.
inline std::int64_t image_count(const SampleRequest& request) {
    const bool given = request.initial_noise && !request.initial_noise->shape.empty();
    return given ? request.initial_noise->shape.front() : request.count;
}

}  // namespace denoise
