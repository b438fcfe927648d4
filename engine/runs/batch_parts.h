#pragma once

#include "engine/runs/run_config.h"

namespace denoise {

/// The images of which the gradient is computed at once: those of a part of the batch.
int images_of_part(const TrainingConfig& training);

/// Throws Error if batch_parts does not divide batch_size.
void check_batch_parts(const TrainingConfig& training);

/// The smallest number of equal parts, `at_least` or more, into which a batch of `batch_size` images can be
/// divided. `at_least` is 1 or more; if it is more than the batch has images, it is returned.
int next_batch_parts(int batch_size, int at_least);

}  // namespace denoise
