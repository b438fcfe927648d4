#pragma once

#include <QScrollArea>
#include <map>

#include "ui/panels/preparation/preparation_worker.h"

class QCheckBox;
class QLabel;
class QToolButton;

namespace denoise::ui {

class ClassBalanceView;
class SettingField;
class Theme;

/// The settings of a preparation: its fields, the flips, and the classes that are used.
class PreparationForm : public QScrollArea {
    Q_OBJECT
  public:
    /// With a reason in `locked`, nothing can be changed.
    PreparationForm(const Theme& theme, const DatasetConfig& config, bool flip, const QString& locked,
                    QWidget* parent = nullptr);

    const DatasetConfig& config() const { return config_; }
    bool flip() const { return flip_; }
    /// As if a person had changed settings that have no field here.
    void change(const DatasetConfig& config);

    /// Shows the classes of a complete preview, and its advice on flips.
    void show_preview(const PreparationPreview& preview);
    /// Shows the error at its field. Returns false if it belongs to none.
    bool show_error(const Error& error);
    void clear_errors();
    /// Whether a field does not have a valid value.
    bool has_problem() const;

  Q_SIGNALS:
    void config_changed();
    void state_changed();                         ///< flip() or has_problem()
    void classes_chosen(const QString& problem);  ///< with one, config() has not been changed

  private:
    QWidget* make_page();
    QLayout* make_background_row();
    SettingField* add_field(const char* key);
    void show_swatch();
    void show_classes(const PreparationPreview& preview);
    void exclude_classes();

    const Theme& theme_;
    const QString locked_;
    DatasetConfig config_;
    bool flip_;
    std::map<std::string, SettingField*> fields_;
    std::vector<std::string> class_names_;  ///< of all classes, also those that are left out
    std::vector<std::int64_t> class_counts_;

    QCheckBox* flip_box_ = nullptr;
    QLabel* flip_note_ = nullptr;
    QToolButton* swatch_ = nullptr;
    QWidget* class_part_ = nullptr;
    ClassBalanceView* classes_ = nullptr;
    QLabel* class_note_ = nullptr;
};

}  // namespace denoise::ui
