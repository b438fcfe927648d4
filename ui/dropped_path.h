#pragma once

#include <QString>
#include <filesystem>

namespace denoise::ui {

/// What a path that was dropped on the window, or given to the program, is.
enum class PathKind {
    dataset,  ///< a folder of pictures or IDX files, or an IDX file
    picture,
    model,  ///< a run folder, a checkpoint, a diffusers folder, or the file that makes a folder one of these
};

PathKind kind_of_path(const QString& path);

/// What the engine opens where a person chose `path`: the folder of a run.json, model_index.json or
/// config.json, otherwise `path` itself.
QString model_of_path(const QString& path);

/// Whether other programs' models are kept so: a pipeline or U-Net folder of diffusers.
bool is_diffusers_folder(const QString& path);

/// What a model at `path` is called: the name of its run or folder, without the folders inside these.
QString model_name(const std::filesystem::path& path);

}  // namespace denoise::ui
