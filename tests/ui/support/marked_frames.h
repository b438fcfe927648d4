#pragma once

// Sampling jobs of ten steps whose images say which frame they belong to.

#include "engine/session/events.h"

namespace denoise::testing {

inline constexpr int marked_steps = 10;

/// Images that say which frame they belong to: x_t is 10 i + n, x_0 is 100 + 10 i + n for image n of frame i.
inline ImageBatch marked_images(int frame, int count, int base) {
    ImageBatch batch{count, 1, 4, 4, {}};
    for (int n = 0; n < count; ++n)
        batch.pixels.insert(batch.pixels.end(), 16, static_cast<std::uint8_t>(base + 10 * frame + n));
    return batch;
}

inline SampleStarted marked_start(JobId job, int count = 4) {
    SampleStarted start;
    start.job = job;
    start.request.count = count;
    start.request.steps = marked_steps;
    start.request.seed = job;
    for (int i = 0; i < marked_steps; ++i) start.timesteps.push_back(900 - 100 * i);
    for (int t = 0; t < 1000; ++t) start.alpha_bar.push_back(1.0 - t / 1000.0);
    return start;
}

inline SampleFrame marked_frame(JobId job, int index, int count = 4) {
    return {job, index, 900 - 100 * index, marked_images(index, count, 0), marked_images(index, count, 100)};
}

/// The same with noise, 150 + 10 i + n, and numbers.
inline SampleFrame marked_frame_with_noise(JobId job, int index, int count = 4) {
    SampleFrame frame = marked_frame(job, index, count);
    frame.eps = marked_images(index, count, 150);
    for (int n = 0; n < count; ++n) frame.norms.push_back({1 + n * 0.5, 0.25, 0.75, 0.125 * index});
    return frame;
}

inline SampleResult marked_result(JobId job) {
    return {job, 1, marked_images(0, 4, 200)};
}

/// The start of job `job`: two futures of an image of job `origin`.
inline SampleStarted branch_start(JobId job, JobId origin, int image, int step) {
    SampleStarted start = marked_start(job, 2);
    start.request.branch = Branch{origin, image, step, 9};
    start.branches = {{image, step, 9}};
    start.first_step = step;
    return start;
}

}  // namespace denoise::testing
