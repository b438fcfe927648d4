#pragma once

#include <vector>

#include "ui/pages/compare/comparison.h"

namespace denoise::ui {

class EngineLink;

/// A model that a column can sample from.
struct ModelChoice {
    std::filesystem::path path;  ///< empty: the open model
    QString title;
    bool operator==(const ModelChoice&) const = default;
};

/// The open model, and the runs in `runs_folder` with their checkpoints: the open run first, then the newest.
std::vector<ModelChoice> model_choices(const std::filesystem::path& runs_folder, const EngineLink& link);

/// What is known of the model at `path`; empty: the open model. Reads only the description of a run.
ModelFacts facts_of(const std::filesystem::path& path, const EngineLink& link);

}  // namespace denoise::ui
