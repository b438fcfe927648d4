#include "ui/pages/noise/picture_source.h"

#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMimeData>

#include "engine/formats/picture_types.h"
#include "engine/session/pictures.h"
#include "ui/link/engine_link.h"
#include "ui/pages/noise/picture_loader.h"
#include "ui/paths/folders.h"
#include "ui/picture/conversion.h"
#include "ui/text/format.h"

namespace denoise::ui {
namespace {

constexpr int most_side = 512;  // larger pictures look the same and are slower

QString local_picture(const QMimeData& data) {
    for (const QUrl& url : data.urls())
        if (url.isLocalFile() && is_picture_file(url.toLocalFile().toStdU16String()))
            return url.toLocalFile();
    return {};
}

}  // namespace

Picture reduced(const Picture& picture, QSize limit) {
    if (picture.width <= limit.width() && picture.height <= limit.height()) return picture;
    return from_image(to_image(picture).scaled(limit, Qt::KeepAspectRatio, Qt::SmoothTransformation));
}

PictureSource::PictureSource(EngineLink& link, QWidget* page)
    : QObject(page), link_(link), page_(page), last_folder_(default_pictures_folder()) {}

void PictureSource::use_dataset() {
    if (!own_picture_) show_image(0);
}

void PictureSource::next_image() {
    show_image(dataset_index_ + 1);
}

void PictureSource::show_image(int index) {
    if (!link_.dataset() || link_.dataset()->thumbnails.empty()) return;
    const DatasetReady& dataset = *link_.dataset();
    dataset_index_ = index % static_cast<int>(dataset.thumbnails.count);
    set_picture(picture_of(dataset.thumbnails, dataset_index_), tr("Image of %1").arg(text_of(dataset.name)));
    own_picture_ = false;
}

void PictureSource::choose_file() {
    QStringList patterns;
    for (const std::string& extension : picture_extensions()) patterns << "*." + text_of(extension);
    const QString path = QFileDialog::getOpenFileName(page_, tr("Open picture"), last_folder_,
                                                      tr("Pictures (%1)").arg(patterns.join(' ')));
    if (!path.isEmpty()) open_file(path);
}

void PictureSource::open_file(const QString& path) {
    const QString name = QFileInfo(path).fileName();
    const int number = ++load_number_;
    last_folder_ = QFileInfo(path).absolutePath();
    Q_EMIT name_changed(tr("Reading %1…").arg(name));
    load_picture(
        path, most_side, this,
        [this, number, name](const Picture& picture) {
            if (number == load_number_) set_picture(picture, name);
        },
        [this, number](const Error& error) {
            if (number == load_number_) Q_EMIT name_changed(name_);  // of the picture that stays
            Q_EMIT message(text_of(one_line(error)));
        });
}

void PictureSource::paste() {
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    if (!data || !take(*data)) Q_EMIT message(tr("There is no picture on the clipboard."));
}

bool PictureSource::has_picture(const QMimeData& data) {
    return data.hasImage() || !local_picture(data).isEmpty();
}

bool PictureSource::take(const QMimeData& data) {
    if (const QString file = local_picture(data); !file.isEmpty()) {
        open_file(file);
        return true;
    }
    const Picture picture = from_image(qvariant_cast<QImage>(data.imageData()));
    if (picture.empty()) return false;
    set_picture(picture, tr("Pasted picture"));
    return true;
}

void PictureSource::set_picture(const Picture& picture, const QString& name) {
    ++load_number_;
    own_picture_ = true;
    picture_ = reduced(picture, {most_side, most_side});
    name_ = name;
    Q_EMIT name_changed(name);
    Q_EMIT changed();
}

}  // namespace denoise::ui
