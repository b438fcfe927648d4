#pragma once

#include "engine/runs/run_header.h"

namespace denoise::test {

/// A run on 64 glyphs without classes.
inline RunHeader run_header(RunConfig config = find_preset("tiny").config) {
    RunHeader header;
    header.config = std::move(config);
    header.config.training.class_labels = false;
    header.dataset_name = "Glyphs";
    header.dataset_fingerprint = "0123456789abcdef";
    header.image_count = 64;
    header.channels = 1;
    header.height = header.width = 28;
    return header;
}

}  // namespace denoise::test
