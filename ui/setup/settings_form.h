#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QWidget>
#include <optional>
#include <vector>

#include "ui/setup/config_editor.h"
#include "ui/setup/setting_field.h"

namespace denoise::ui {

/// What the form checks its settings against.
struct ImageShape {
    std::int64_t count = 20000;
    int channels = 1, height = 28, width = 28;
};

/// All settings of the table run_settings(): the essential ones first, the rest behind "More" by group, with
/// a search.
class SettingsForm : public QWidget {
    Q_OBJECT
  public:
    SettingsForm(const Theme& theme, ConfigEditor& editor, QWidget* parent = nullptr);

    void set_image_shape(const ImageShape& shape);
    /// Why the settings cannot be trained with; nothing: they can.
    const std::optional<Error>& problem() const { return problem_; }
    /// A text that is no value is put back before anything on the undo stack is.
    bool has_bad_text() const;
    void restore_bad_text();
    SettingField* field(const std::string& key) const;

  Q_SIGNALS:
    void problem_changed();

  private:
    struct Group {
        QLabel* title;
        std::vector<SettingField*> fields;
    };
    void add_fields(const Theme& theme);
    void show_config();
    void check();
    void filter();
    SettingField* field_named_in(const Error& error) const;

    ConfigEditor& editor_;
    ImageShape shape_;
    std::vector<SettingField*> fields_;
    std::vector<Group> groups_;
    QWidget* more_ = nullptr;
    QToolButton* more_button_ = nullptr;
    QLineEdit* search_ = nullptr;
    QLabel* nothing_found_ = nullptr;
    QLabel* whole_problem_ = nullptr;
    std::optional<Error> problem_;
};

}  // namespace denoise::ui
