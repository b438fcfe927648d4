#pragma once

#include <filesystem>
#include <vector>

#include "engine/session/commands.h"
#include "engine/session/events.h"
#include "engine/training/checkpoint.h"

namespace denoise {

/// A model from a run folder (its newest good checkpoint; damaged ones are added to `passed_over`), a
/// checkpoint, or a diffusers pipeline or U-Net folder. Throws Error naming the file.
Checkpoint open_model(const std::filesystem::path& path, std::vector<Error>* passed_over = nullptr);

/// What there is to say of any model that is opened; folder, step and history are the caller's.
RunOpened describe_model(const RunHeader& header);

/// Writes the EMA weights for other programs, whole or not at all. Throws Error, also for what the format
/// cannot express.
void export_model(const RunHeader& header, const TrainerState& state, ModelFormat format,
                  const std::filesystem::path& path);

}  // namespace denoise
