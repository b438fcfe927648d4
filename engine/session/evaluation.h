#pragma once

#include "engine/session/commands.h"

namespace denoise {

/// The default of Evaluate::count: images of the set for bits per dimension, samples to draw for other
/// metrics.
inline int default_count(Metric metric) {
    switch (metric) {
        case Metric::bits_per_dim:
            return 64;
        case Metric::nearest:
            return 16;
        default:
            return 1000;
    }
}

}  // namespace denoise
