#pragma once

#include <QWidget>

#include "engine/base/picture.h"

class QComboBox;
class QLabel;

namespace denoise::ui {

class HeatBar;
class PictureView;
class Theme;
class WipeView;

/// Two columns compared pixel by pixel: a divider to drag across their pictures, and a map of their
/// difference with its mean.
class PairView : public QWidget {
    Q_OBJECT
  public:
    explicit PairView(const Theme& theme, QWidget* parent = nullptr);

    /// How many columns there are to choose from.
    void set_columns(int count);
    int a() const;  ///< index of the column that is A
    int b() const;
    /// Shows the images of A and B, or only image `image` of them (-1: all).
    void set_images(const ImageBatch& a, const ImageBatch& b, int image);

  Q_SIGNALS:
    void pair_chosen();
    void image_chosen(int image);  ///< to be shown alone; -1: all are to be shown

  private:
    QString obstacle(const ImageBatch& a, const ImageBatch& b) const;

    int only_ = -1;
    QComboBox* a_;
    QComboBox* b_;
    QLabel* mean_;
    WipeView* wipe_;
    PictureView* map_;
    HeatBar* bar_;
};

}  // namespace denoise::ui
