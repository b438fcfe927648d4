#pragma once

#include <QString>
#include <filesystem>
#include <optional>

#include "engine/session/recipe.h"

namespace denoise::ui {

/// The kind of a path that was dropped on the window or passed to the program.
enum class PathKind {
    dataset,  ///< a folder of pictures, or a file or folder in a dataset format
    picture,
    model,  ///< a run folder, a checkpoint, a diffusers folder, or the file that identifies such a folder
};

PathKind kind_of_path(const QString& path);

/// The recipe in a picture that was exported; nullopt: it has none, or cannot be read.
std::optional<SampleRecipe> recipe_in(const QString& path);

/// The path to open as a model for the chosen `path`: for a run.json, model_index.json or config.json its
/// folder, otherwise `path` itself.
QString model_of_path(const QString& path);

/// Whether `path` is a pipeline or U-Net folder of diffusers.
bool is_diffusers_folder(const QString& path);

/// The display name of the model at `path`: the name of its run or folder.
QString model_name(const std::filesystem::path& path);

}  // namespace denoise::ui
