#include "engine/runs/batch_parts.h"

namespace denoise {

int next_batch_parts(int batch_size, int at_least) {
    int parts = at_least;
    while (parts < batch_size && batch_size % parts != 0) ++parts;
    return parts;
}

}  // namespace denoise
