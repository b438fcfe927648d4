#pragma once

#include <QLabel>
#include <QStandardItemModel>
#include <QTreeView>
#include <QWidget>

#include "engine/network/unet_config.h"

namespace denoise::ui {

class Theme;

/// Every part of the U-Net by its name: stage -> part, with what goes out of it and how many parameters it
/// has. As tall as its open rows, since it lies in a page that scrolls.
class ModelTree : public QWidget {
    Q_OBJECT
  public:
    explicit ModelTree(const Theme& theme, QWidget* parent = nullptr);

    void set_model(const UNetConfig& config, int channels, int height, int width);

  private:
    void fit_height();

    UNetConfig config_;
    int shape_[3] = {0, 0, 0};
    QLabel* summary_ = nullptr;
    QTreeView* view_ = nullptr;
    QStandardItemModel model_;
};

}  // namespace denoise::ui
