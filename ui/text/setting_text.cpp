#include "ui/text/setting_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <array>
#include <string_view>

#include "ui/text/format.h"

namespace denoise::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("SettingText", text);
}

/// A number that does not mean an amount, as the help of the setting says.
struct SpecialNumber {
    std::string_view key;
    std::int64_t number;
    const char* word;
};

constexpr std::array special_numbers = {
    SpecialNumber{"threads", 0, QT_TRANSLATE_NOOP("SettingText", "automatic")},
    SpecialNumber{"image_size", 0, QT_TRANSLATE_NOOP("SettingText", "automatic")},
    SpecialNumber{"image_limit", 0, QT_TRANSLATE_NOOP("SettingText", "all images")},
    SpecialNumber{"steps", 0, QT_TRANSLATE_NOOP("SettingText", "by time")},
    SpecialNumber{"gradient_clip", 0, QT_TRANSLATE_NOOP("SettingText", "off")},
    SpecialNumber{"ema_share", 0, QT_TRANSLATE_NOOP("SettingText", "no EMA")},
    SpecialNumber{"preview_seconds", 0, QT_TRANSLATE_NOOP("SettingText", "none")},
    SpecialNumber{"classes", 0, QT_TRANSLATE_NOOP("SettingText", "none")},
    SpecialNumber{"attention_head_channels", 0, QT_TRANSLATE_NOOP("SettingText", "by number of heads")},
    SpecialNumber{"attention_norm_groups", 0, QT_TRANSLATE_NOOP("SettingText", "as the other norms")},
    SpecialNumber{"attention_norm_groups", -1, QT_TRANSLATE_NOOP("SettingText", "no norm")},
    SpecialNumber{"time_embedding_width", 0, QT_TRANSLATE_NOOP("SettingText", "automatic")},
    SpecialNumber{"up_attention_levels", -1, QT_TRANSLATE_NOOP("SettingText", "as down")},
};

QString special_text(const SettingInfo& info, double number) {
    for (const SpecialNumber& special : special_numbers)
        if (special.key == info.key && static_cast<double>(special.number) == number) return tr(special.word);
    return {};
}

}  // namespace

QString special_word(const SettingInfo& info, const SettingValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        return special_text(info, static_cast<double>(*whole));
    if (const auto* real = std::get_if<double>(&value)) return special_text(info, *real);
    const auto* list = std::get_if<std::vector<std::int64_t>>(&value);
    return list && list->size() == 1 ? special_text(info, static_cast<double>(list->front())) : QString();
}

QString setting_text(const SettingInfo& info, const SettingValue& value) {
    if (const bool* on = std::get_if<bool>(&value)) return *on ? tr("yes") : tr("no");
    if (info.kind == SettingKind::choice) {
        const auto& name = std::get<std::string>(value);
        const auto choice = std::ranges::find(info.choices, name, &Choice::value);
        return text_of(choice == info.choices.end() ? name : choice->title);
    }
    if (const QString word = special_word(info, value); !word.isEmpty()) return word;
    const std::string plain = format_setting(value);
    return info.unit.empty() ? text_of(plain) : text_of(plain) + ' ' + text_of(info.unit);
}

}  // namespace denoise::ui
