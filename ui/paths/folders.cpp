#include "ui/paths/folders.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace denoise::ui {

QString default_pictures_folder() {
    const QString pictures = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    return QFileInfo(pictures).isDir() ? pictures : QDir::homePath();
}

std::filesystem::path example_model() {
    const QString name = QStringLiteral("denoise-lab/demo/glyphs.safetensors");
    // Beside the folder of the program, in an installation and in a build folder alike.
    const QString beside = QCoreApplication::applicationDirPath() + "/../share/" + name;
    const QString found = QFileInfo::exists(beside)
                              ? QDir::cleanPath(beside)
                              : QStandardPaths::locate(QStandardPaths::GenericDataLocation, name);
    return found.toStdString();
}

}  // namespace denoise::ui
