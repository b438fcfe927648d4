#include "ui/paths/dropped_path.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStringList>

#include "engine/session/pictures.h"

namespace denoise::ui {
namespace {

const QString run_file = QStringLiteral("run.json");
const QStringList diffusers_files = {QStringLiteral("model_index.json"), QStringLiteral("config.json")};

}  // namespace

bool is_diffusers_folder(const QString& path) {
    if (!QFileInfo(path).isDir() || QFileInfo::exists(QDir(path).filePath(run_file))) return false;
    for (const QString& name : diffusers_files)
        if (QFileInfo::exists(QDir(path).filePath(name))) return true;
    return false;
}

PathKind kind_of_path(const QString& path) {
    const QFileInfo info(path);
    if (info.isDir())
        return QFileInfo::exists(QDir(path).filePath(run_file)) || is_diffusers_folder(path)
                   ? PathKind::model
                   : PathKind::dataset;
    if (info.suffix().compare("safetensors", Qt::CaseInsensitive) == 0 || model_of_path(path) != path)
        return PathKind::model;
    return is_picture_file(path.toStdString()) ? PathKind::picture : PathKind::dataset;
}

std::optional<SampleRecipe> recipe_in(const QString& path) try {
    return recipe_from(read_recipe(path.toStdString()));
} catch (const Error&) {
    return std::nullopt;
}

QString model_of_path(const QString& path) {
    const QFileInfo info(path);
    const bool stands_for_folder = info.fileName() == run_file || diffusers_files.contains(info.fileName());
    return stands_for_folder && !info.isDir() ? info.absolutePath() : path;
}

QString model_name(const std::filesystem::path& path) {
    if (path.empty()) return QCoreApplication::translate("DroppedPath", "Model");
    std::filesystem::path named = path.has_filename() ? path : path.parent_path();
    if (named.filename() == "unet" && named.has_parent_path()) named = named.parent_path();
    if (named.parent_path().filename() == "checkpoints") named = named.parent_path().parent_path();
    return QString::fromStdString(named.filename().string());
}

}  // namespace denoise::ui
