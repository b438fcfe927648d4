#pragma once

#include <QLabel>
#include <QStandardItemModel>
#include <QTreeView>
#include <QWidget>

#include "engine/network/unet_config.h"

namespace denoise::ui {

class Theme;

/// Every part of the U-Net by its name: stage -> part, with what goes out of it, how many parameters it has
/// and how many multiply-adds an image takes; stages and the whole have the sums.
class ModelTree : public QWidget {
    Q_OBJECT
  public:
    enum class Form {
        brief,  ///< rounded numbers, as tall as its open rows: for a narrow page that scrolls
        full,   ///< every digit, stages open, what each part does beside it: for a place of its own
    };
    ModelTree(const Theme& theme, Form form, QWidget* parent = nullptr);

    /// The network that the settings make for images [channels,height,width], or why they make none.
    void set_model(const UNetConfig& config, int channels, int height, int width);
    void set_parts(const std::vector<UNetPart>& parts, int channels, int height, int width);

  private:
    enum Column { part, output, parameters, multiply_adds, note, column_count };
    QList<QStandardItem*> row(const QString& name, const QString& shape, std::int64_t parameter_sum,
                              std::int64_t work, const QString& words) const;
    QString number(std::int64_t value) const;
    void add_stages(const std::vector<UNetPart>& parts);
    void fit_columns();
    void fit_height();

    Form form_;
    UNetConfig config_;
    int shape_[3] = {0, 0, 0};
    QLabel* summary_ = nullptr;
    QTreeView* view_ = nullptr;
    QStandardItemModel model_;
};

}  // namespace denoise::ui
