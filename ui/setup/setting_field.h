#pragma once

#include <QLabel>
#include <QWidget>
#include <optional>

#include "engine/base/setting.h"

namespace denoise::ui {

class Theme;

/// One setting of the form, made from its entry in the settings table: label above, editor by kind, the
/// range's error or a note beneath.
class SettingField : public QWidget {
    Q_OBJECT
  public:
    SettingField(const Theme& theme, const SettingInfo& info, QWidget* parent = nullptr);

    const SettingInfo& info() const { return info_; }
    QWidget* editor() const { return editor_; }
    /// Shows `value`; a text that already means it stays as it was typed. Clears the problem.
    void set_value(const SettingValue& value);
    /// What is wrong with the text now; nothing: it is the value.
    const std::optional<Error>& problem() const { return problem_; }
    /// A fault that only the settings together have; an empty text takes it away.
    void set_outer_problem(const QString& text);
    void set_note(const QString& text);
    /// Whether title, key, help or group contain `words`.
    bool matches(const QString& words) const;

  Q_SIGNALS:
    void edited(const denoise::SettingValue& value);  ///< by the person, and good
    void problem_changed();
    void editing_finished();

  private:
    void make_editor();
    void text_edited(const QString& text);
    void show_state();

    const Theme& theme_;
    SettingInfo info_;
    QWidget* editor_ = nullptr;
    QLabel* under_ = nullptr;
    std::optional<Error> problem_;
    QString outer_problem_, note_;
};

}  // namespace denoise::ui
