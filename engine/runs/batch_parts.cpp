#include "engine/runs/batch_parts.h"

#include <algorithm>
#include <string>

namespace denoise {

int images_of_part(const TrainingConfig& training) {
    return training.batch_size / std::max(training.batch_parts, 1);
}

void check_batch_parts(const TrainingConfig& training) {
    const int size = training.batch_size, parts = training.batch_parts;
    if (size % parts == 0) return;
    int smaller = std::min(parts, size);
    while (size % smaller != 0) --smaller;
    std::string fitting = std::to_string(smaller);
    if (parts <= size) fitting += " or " + std::to_string(next_batch_parts(size, parts));
    throw Error{"The batch cannot be divided",
                "batch_size = " + std::to_string(size) + " has no " + std::to_string(parts) + " equal parts",
                "Set batch_parts to " + fitting + ", or batch_size to a multiple of batch_parts",
                "batch_parts"};
}

int next_batch_parts(int batch_size, int at_least) {
    int parts = at_least;
    while (parts < batch_size && batch_size % parts != 0) ++parts;
    return parts;
}

}  // namespace denoise
