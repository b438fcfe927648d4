#pragma once

#include <QAbstractButton>
#include <QImage>
#include <vector>

#include "engine/base/picture.h"

class QToolButton;

namespace denoise::ui {

class Theme;

/// A button to choose a dataset: its name, a caption and, after it was loaded, thumbnails. One that could not
/// be loaded is marked. A card that is removable has a button for this, and is also removed by the key
/// Delete.
class DatasetCard : public QAbstractButton {
    Q_OBJECT
  public:
    DatasetCard(const Theme& theme, QString path, const QString& title, QWidget* parent = nullptr);

    const QString& path() const { return path_; }
    void set_caption(const QString& caption);
    void set_thumbnails(const ImageBatch& images);
    void set_removable();
    /// Marks the card with why it could not be loaded; empty: removes the mark.
    void set_problem(const QString& reason);
    bool has_problem() const { return !problem_.isEmpty(); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void remove_pressed();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    int text_height() const;
    void draw_words(QPainter& painter, const QRect& inner, int width) const;
    void draw_thumbnails(QPainter& painter, const QRect& inner) const;
    bool shows_strip() const;

    const Theme& theme_;
    QString path_, caption_, problem_;
    QToolButton* remove_ = nullptr;
    std::vector<QImage> thumbnails_;
};

}  // namespace denoise::ui
