#pragma once

#include <QLabel>
#include <QWidget>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/setting.h"

class QComboBox;

namespace denoise::ui {

class Theme;

/// A setting in the form: its title, an editor for its kind, and an error or a note below.
class SettingField : public QWidget {
    Q_OBJECT
  public:
    SettingField(const Theme& theme, const SettingInfo& info, QWidget* parent = nullptr);

    const SettingInfo& info() const { return info_; }
    QWidget* editor() const { return editor_; }
    /// Shows `value` and clears the problem. A text with the same value stays as it was typed.
    void set_value(const SettingValue& value);
    /// Why the text is not valid; nullopt: it is.
    const std::optional<Error>& problem() const { return problem_; }
    /// A problem of the setting together with others; empty: none.
    void set_outer_problem(const QString& text);
    void set_note(const QString& text);
    /// Disables the editor: the setting of a run in training is fixed.
    void set_locked(bool locked);
    /// Offers only these of the choices, and the current one.
    void offer_only(const std::vector<std::string>& values);
    /// Whether its title, key, help or group contain all of `words`.
    bool matches(const QString& words) const;

  Q_SIGNALS:
    void edited(const denoise::SettingValue& value);  ///< by the user, to a valid value
    void problem_changed();
    void editing_finished();

  private:
    void make_editor();
    void fill(QComboBox& box, const std::string& current);
    void text_edited(const QString& text);
    void show_state();

    const Theme& theme_;
    SettingInfo info_;
    QWidget* editor_ = nullptr;
    QLabel* under_ = nullptr;
    std::optional<std::vector<std::string>> offered_;  ///< of the choices; nullopt: all
    std::optional<Error> problem_;
    QString outer_problem_, note_;
};

}  // namespace denoise::ui
