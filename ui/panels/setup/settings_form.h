#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QWidget>
#include <optional>
#include <vector>

#include "ui/panels/setup/config_editor.h"
#include "ui/widgets/setting_field.h"

namespace denoise::ui {

class SavedScheduleBox;

/// The images that the settings have to fit.
struct ImageShape {
    std::int64_t count = 20000;
    int channels = 1, height = 28, width = 28;
};

/// All settings of run_settings(): the essential ones first, the others under "More settings" by group, with
/// a search.
class SettingsForm : public QWidget {
    Q_OBJECT
  public:
    SettingsForm(const Theme& theme, ConfigEditor& editor, QWidget* parent = nullptr);

    /// Disables the settings that cannot be changed while a run is trained.
    void set_locked(bool locked);
    void set_image_shape(const ImageShape& shape);
    /// Why the settings cannot be used for training; nullopt: they can.
    const std::optional<Error>& problem() const { return problem_; }
    /// Whether a field contains a text that is not a valid value. Undo restores it before it uses the undo
    /// stack.
    bool has_bad_text() const;
    void restore_bad_text();
    SettingField* field(const std::string& key) const;  ///< null: there is none

  Q_SIGNALS:
    void problem_changed();
    void drawing_wanted();  ///< of the schedule drawn by hand

  private:
    struct Group {
        QLabel* title;
        std::vector<SettingField*> fields;
    };
    void add_fields(const Theme& theme);
    QWidget* make_drawn_row();
    void show_config();
    void check();
    void filter();
    SettingField* field_with_problem() const;

    ConfigEditor& editor_;
    ImageShape shape_;
    std::vector<SettingField*> fields_;
    std::vector<Group> groups_;
    QWidget* more_ = nullptr;
    QToolButton* more_button_ = nullptr;
    QLineEdit* search_ = nullptr;
    QLabel* nothing_found_ = nullptr;
    QWidget* drawn_row_ = nullptr;  ///< below the schedule, while it is drawn by hand
    SavedScheduleBox* saved_ = nullptr;
    QLabel* whole_problem_ = nullptr;
    std::optional<Error> problem_;
};

}  // namespace denoise::ui
