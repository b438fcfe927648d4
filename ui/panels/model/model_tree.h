#pragma once

#include <QLabel>
#include <QStandardItemModel>
#include <QTreeView>
#include <QWidget>

#include "engine/network/description/unet_config.h"

namespace denoise::ui {

class Theme;

/// The parts of a U-Net by stage, each with its output shape, its parameters and its multiply-adds for an
/// image. The stages and the whole network have the sums.
class ModelTree : public QWidget {
    Q_OBJECT
  public:
    enum class Form {
        brief,  ///< for a narrow page that scrolls: rounded numbers, as tall as its open rows
        full,   ///< for a page of its own: exact numbers, open stages and a note on each part
    };
    ModelTree(const Theme& theme, Form form, QWidget* parent = nullptr);

    /// Shows the network for images [channels,height,width], or why the config is not valid.
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
