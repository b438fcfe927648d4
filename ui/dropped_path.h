#pragma once

#include <QString>

namespace denoise::ui {

/// What a path that was dropped on the window, or given to the program, is.
enum class PathKind {
    dataset,  ///< a folder of pictures or IDX files, or an IDX file
    picture,
    model,  ///< a run folder or a checkpoint file
};

PathKind kind_of_path(const QString& path);

}  // namespace denoise::ui
