#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/enum_names.h"
#include "engine/base/error.h"

namespace denoise {

/// The value of a setting of any kind. A choice is stored by its name.
using SettingValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>>;

enum class SettingKind { boolean, integer, real, choice, integers, text };

/// One of the values that a choice can take.
struct Choice {
    std::string value;  ///< in files and on the command line: "cosine"
    std::string title;  ///< in the window: "Cosine"
    std::string help;   ///< one line, without a final full stop
};

/// A number that means something else than an amount, such as 0 threads for "automatic".
struct SpecialNumber {
    double number = 0;
    std::string word;  ///< in the window, instead of the number
};

/// The description of a setting. Files, the command line, the form in the window, validation and help all use
/// it.
struct SettingInfo {
    std::string key;        ///< "learning_rate"
    std::string title;      ///< "Learning rate"
    std::string help;       ///< one or two sentences, for tooltips and --help
    std::string group;      ///< "Network", "Noise schedule", "Training" ...
    std::string unit = {};  ///< shown inside the field, such as "images" or "min"; may be empty
    SettingKind kind = SettingKind::integer;
    double minimum = 0;
    double maximum = 0;
    std::vector<Choice> choices = {};
    bool essential = false;  ///< shown at the top of the form, above "More settings"
    bool live = false;       ///< can be changed while a run is trained
    std::vector<SpecialNumber> special = {};
};

/// A setting with access to its field in the config struct `C`.
template <class C>
struct Setting {
    SettingInfo info;
    std::function<SettingValue(const C&)> get;
    std::function<void(C&, const SettingValue&)> set;
};

template <class C>
using SettingsTable = std::vector<Setting<C>>;

/// Throws Error with the setting, its range and the value if `value` is of the wrong kind or out of range.
void check_setting(const SettingInfo& info, const SettingValue& value);

/// Parses what a user types: "0.001", "yes", "1,2,2", "cosine". Throws Error like check_setting().
SettingValue parse_setting(const SettingInfo& info, std::string_view text);

/// The inverse of parse_setting(): parse_setting(info, format_setting(v)) == v.
std::string format_setting(const SettingValue& value);

/// The valid values in words: "a whole number from 1 to 1024", "linear, cosine or sigmoid", "yes or no".
std::string describe_range(const SettingInfo& info);

/// The setting with the key `key`. Throws Error with the most similar key if there is none.
template <class C>
const Setting<C>& find_setting(const SettingsTable<C>& table, std::string_view key);

/// The key in `keys` that is most similar to `key`, or an empty string if none is similar.
std::string nearest_key(std::string_view key, const std::vector<std::string>& keys);

/// The table of a member, as a table for the struct `Outer` that contains it.
template <class Outer, class Inner>
SettingsTable<Outer> lift(Inner Outer::*member, const SettingsTable<Inner>& inner) {
    SettingsTable<Outer> table;
    table.reserve(inner.size());
    for (const Setting<Inner>& setting : inner)
        table.push_back({setting.info,
                         [member, get = setting.get](const Outer& outer) { return get(outer.*member); },
                         [member, set = setting.set](Outer& outer, const SettingValue& value) {
                             set(outer.*member, value);
                         }});
    return table;
}

// ------------------------------------------------------------------ helpers for writing a table

template <class C>
Setting<C> integer_setting(int C::*field, SettingInfo info) {
    info.kind = SettingKind::integer;
    return {std::move(info), [field](const C& c) { return SettingValue(std::int64_t{c.*field}); },
            [field](C& c, const SettingValue& v) { c.*field = static_cast<int>(std::get<std::int64_t>(v)); }};
}

template <class C>
Setting<C> integer_setting(std::int64_t C::*field, SettingInfo info) {
    info.kind = SettingKind::integer;
    return {std::move(info), [field](const C& c) { return SettingValue(c.*field); },
            [field](C& c, const SettingValue& v) { c.*field = std::get<std::int64_t>(v); }};
}

template <class C>
Setting<C> real_setting(double C::*field, SettingInfo info) {
    info.kind = SettingKind::real;
    return {std::move(info), [field](const C& c) { return SettingValue(c.*field); },
            [field](C& c, const SettingValue& v) { c.*field = std::get<double>(v); }};
}

template <class C>
Setting<C> boolean_setting(bool C::*field, SettingInfo info) {
    info.kind = SettingKind::boolean;
    return {std::move(info), [field](const C& c) { return SettingValue(c.*field); },
            [field](C& c, const SettingValue& v) { c.*field = std::get<bool>(v); }};
}

template <class C>
Setting<C> integers_setting(std::vector<std::int64_t> C::*field, SettingInfo info) {
    info.kind = SettingKind::integers;
    return {std::move(info), [field](const C& c) { return SettingValue(c.*field); },
            [field](C& c, const SettingValue& v) { c.*field = std::get<std::vector<std::int64_t>>(v); }};
}

template <class C>
Setting<C> text_setting(std::string C::*field, SettingInfo info) {
    info.kind = SettingKind::text;
    return {std::move(info), [field](const C& c) { return SettingValue(c.*field); },
            [field](C& c, const SettingValue& v) { c.*field = std::get<std::string>(v); }};
}

/// A choice between the enumerators of an enum. Names, titles and help come from names_of<Enum>.
template <class C, NamedEnum Enum>
Setting<C> choice_setting(Enum C::*field, SettingInfo info) {
    info.kind = SettingKind::choice;
    for (const NamedValue<Enum>& entry : names_of<Enum>)
        info.choices.push_back({entry.name, entry.title, entry.help});
    return {std::move(info), [field](const C& c) { return SettingValue(std::string(name_of(c.*field))); },
            [field](C& c, const SettingValue& v) {
                if (const auto value = value_named<Enum>(std::get<std::string>(v))) c.*field = *value;
            }};
}

template <class C>
const Setting<C>& find_setting(const SettingsTable<C>& table, std::string_view key) {
    std::vector<std::string> keys;
    for (const Setting<C>& setting : table) {
        if (setting.info.key == key) return setting;
        keys.push_back(setting.info.key);
    }
    const std::string nearest = nearest_key(key, keys);
    throw Error{
        "There is no setting named \"" + std::string(key) + "\"",
        nearest.empty() ? "no setting has a similar name" : "the most similar one is \"" + nearest + "\"",
        "Run `denoise-lab-cli train --help` for a list of all settings", std::string(key)};
}

}  // namespace denoise
