#include "ui/text/setting_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>

#include "ui/text/format.h"

namespace denoise::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("SettingText", text);
}

QString special_text(const SettingInfo& info, double number) {
    const auto found = std::ranges::find(info.special, number, &SpecialNumber::number);
    return found == info.special.end() ? QString() : tr(found->word.c_str());
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
