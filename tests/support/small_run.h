#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <memory>

#include "engine/data/dataset.h"
#include "engine/runs/run_config.h"
#include "tests/support/files.h"

namespace denoise::test {

/// `count` of the built-in glyphs; sets one torch thread, as every test here wants.
std::shared_ptr<const Dataset> glyphs(std::int64_t count = 64);

/// The smallest run that still has every part of the method: seconds for a hundred steps.
RunConfig small_run();

/// With a learned variance, importance sampling of timesteps, loss weights and images without their class.
RunConfig run_with_everything();

}  // namespace denoise::test
