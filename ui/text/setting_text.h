#pragma once

#include <QString>

#include "engine/base/setting.h"

namespace denoise::ui {

/// The value of a setting as a person reads it: the title of a choice, "yes" or "no", a number with its unit,
/// and a word such as "automatic" for a number with a special meaning.
QString setting_text(const SettingInfo& info, const SettingValue& value);

/// The word for a number that does not mean an amount, such as "automatic" for an image size of 0; empty:
/// there is none.
QString special_word(const SettingInfo& info, const SettingValue& value);

}  // namespace denoise::ui
