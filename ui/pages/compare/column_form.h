#pragma once

#include <QWidget>

#include "ui/pages/compare/comparison.h"
#include "ui/pages/compare/model_choices.h"

class QComboBox;
class QDoubleSpinBox;
class QSpinBox;
class QVBoxLayout;

namespace denoise::ui {

class Theme;

/// The settings of a column.
class ColumnForm : public QWidget {
    Q_OBJECT
  public:
    explicit ColumnForm(const Theme& theme, QWidget* parent = nullptr);

    /// "column 2", for the accessible names of the fields.
    void set_subject(const QString& subject);
    /// Whether all images have one class, so that "All" is no choice.
    void set_one_class(bool one) { one_class_ = one; }
    /// Arranges the fields in as few rows as a width allows, so that the pictures below get the height.
    void arrange(int width);
    void set_choices(const std::vector<ModelChoice>& choices);
    /// Shows the settings; fields that the model does not have are hidden. Does not emit changed().
    void show_settings(const ColumnSettings& settings, const ModelFacts& facts);

    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void changed(const denoise::ui::ColumnSettings& settings);

  private:
    void set_up_fields();
    void show_model(const ColumnSettings& settings, const ModelFacts& facts);
    void show_classes(const ColumnSettings& settings, const ModelFacts& facts);
    ColumnSettings settings() const;
    void report();

    QComboBox* model_;
    QComboBox* sampler_;
    QSpinBox* steps_;
    QDoubleSpinBox* eta_;
    QComboBox* class_;
    QDoubleSpinBox* guidance_;
    QDoubleSpinBox* ema_length_;
    ColumnSettings shown_;
    std::vector<std::string> class_names_;
    QVBoxLayout* rows_;
    int row_count_ = 0;
    bool showing_ = false;
    bool one_class_ = false;
};

}  // namespace denoise::ui
