#include "ui/paths/folders.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace denoise::ui {

QString default_pictures_folder() {
    const QString pictures = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    return QFileInfo(pictures).isDir() ? pictures : QDir::homePath();
}

}  // namespace denoise::ui
