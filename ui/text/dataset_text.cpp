#include "ui/text/dataset_text.h"

#include <QCoreApplication>
#include <QFileInfo>

#include "engine/data/known_sets.h"
#include "ui/text/format.h"

namespace denoise::ui {
namespace {

QString tr(const char* text, int number = -1) {
    return QCoreApplication::translate("Dataset", text, nullptr, number);
}

}  // namespace

QString dataset_title(const QString& path) {
    if (path == QLatin1String("glyphs")) return tr("Glyphs");
    if (const CatalogEntry* known = known_set_at(path.toStdString())) return text_of(known->title);
    const QString name = QFileInfo(QFileInfo(path).absoluteFilePath()).fileName();
    return name.isEmpty() ? path : name;
}

QString images_text(std::int64_t count, int width, int height, int channels, std::size_t classes) {
    const QString text = tr("%1 images of %2×%3, %4")
                             .arg(count_text(count))
                             .arg(width)
                             .arg(height)
                             .arg(channels == 1 ? tr("grey") : tr("colour"));
    return classes > 1 ? text + QStringLiteral(", ") + tr("%n class(es)", static_cast<int>(classes)) : text;
}

}  // namespace denoise::ui
