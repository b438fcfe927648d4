#pragma once

#include <QWidget>

#include "engine/base/picture.h"

class QMimeData;

namespace denoise::ui {

class EngineLink;

/// The picture of the noise page: an image of the dataset, a file, or a picture that was pasted or dropped.
class PictureSource : public QObject {
    Q_OBJECT
  public:
    /// File dialogs belong to `page`.
    PictureSource(EngineLink& link, QWidget* page);

    const Picture& picture() const { return picture_; }
    /// Shows an image of the dataset, unless the user chose another picture before.
    void use_dataset();
    void next_image();
    void choose_file();
    /// Reads the file without blocking; message() reports a failure.
    void open_file(const QString& path);
    void paste();
    /// Whether `data` contains a picture or the path of one.
    static bool has_picture(const QMimeData& data);
    /// False if `data` contains no picture.
    bool take(const QMimeData& data);
    void set_picture(const Picture& picture, const QString& name);

  Q_SIGNALS:
    void changed();
    void name_changed(const QString& name);  ///< what the picture is, in words
    void message(const QString& text);

  private:
    void show_image(int index);

    EngineLink& link_;
    QWidget* page_;
    Picture picture_;
    QString name_;  ///< of picture_
    int dataset_index_ = 0;
    bool own_picture_ = false;  ///< chosen by the user; a new dataset does not replace it
    int load_number_ = 0;       ///< of the last picture requested; older ones are ignored
    QString last_folder_;
};

/// `picture` scaled down, never up, so that it fits into `limit`.
Picture reduced(const Picture& picture, QSize limit);

}  // namespace denoise::ui
