#pragma once

namespace denoise {

/// The smallest number of equal parts, `at_least` or more, into which a batch of `batch_size` images can be
/// divided. `at_least` is 1 or more; if it is more than the batch has images, it is returned.
int next_batch_parts(int batch_size, int at_least);

}  // namespace denoise
