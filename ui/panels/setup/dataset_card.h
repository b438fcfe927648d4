#pragma once

#include <QAbstractButton>
#include <QImage>
#include <vector>

#include "engine/base/picture.h"

namespace denoise::ui {

class Theme;

/// A button to choose a dataset: its name, a caption and, after it was loaded, thumbnails.
class DatasetCard : public QAbstractButton {
    Q_OBJECT
  public:
    DatasetCard(const Theme& theme, QString path, const QString& title, QWidget* parent = nullptr);

    const QString& path() const { return path_; }
    void set_caption(const QString& caption);
    void set_thumbnails(const ImageBatch& images);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    int text_height() const;

    const Theme& theme_;
    QString path_, caption_;
    std::vector<QImage> thumbnails_;
};

}  // namespace denoise::ui
