#include "ui/dropped_path.h"

#include <QDir>
#include <QFileInfo>

#include "engine/session/pictures.h"

namespace denoise::ui {

PathKind kind_of_path(const QString& path) {
    const QFileInfo info(path);
    if (info.isDir())
        return QFileInfo::exists(QDir(path).filePath("run.json")) ? PathKind::model : PathKind::dataset;
    if (info.suffix().compare("safetensors", Qt::CaseInsensitive) == 0) return PathKind::model;
    return is_picture_file(path.toStdString()) ? PathKind::picture : PathKind::dataset;
}

}  // namespace denoise::ui
