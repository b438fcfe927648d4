#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/error.h"

namespace denoise {

/// The value of a setting, whatever its kind; a choice is held by its name.
using SettingValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>>;

enum class SettingKind { boolean, integer, real, choice, integers, text };

/// One of the values that a choice can take.
struct Choice {
    std::string value;  ///< as in files and on the command line: "cosine"
    std::string title;  ///< as in the window: "Cosine"
    std::string help;   ///< one sentence
};

/// All that file, command line, form, validation and help say of a setting: it stands once, in its table.
struct SettingInfo {
    std::string key;        ///< "learning_rate"
    std::string title;      ///< "Learning rate"
    std::string help;       ///< one or two sentences, for tooltips and --help
    std::string group;      ///< "Network", "Noise schedule", "Training" ...
    std::string unit = {};  ///< shown inside the field: "images", "min"; may be empty
    SettingKind kind = SettingKind::integer;
    double minimum = 0;
    double maximum = 0;
    std::vector<Choice> choices = {};
    bool essential = false;  ///< one of the few that the form shows before "More"
};

/// A setting together with the way to its field in the config struct `C`.
template <class C>
struct Setting {
    SettingInfo info;
    std::function<SettingValue(const C&)> get;
    std::function<void(C&, const SettingValue&)> set;
};

template <class C>
using SettingsTable = std::vector<Setting<C>>;

/// Throws Error naming the setting, its range and the value when `value` is of the wrong kind or out of
/// range.
void check_setting(const SettingInfo& info, const SettingValue& value);

/// Reads text as a person types it: "0.001", "yes", "1,2,2", "cosine". Throws Error as check_setting() does.
SettingValue parse_setting(const SettingInfo& info, std::string_view text);

/// The reverse of parse_setting(); parse_setting(info, format_setting(v)) == v.
std::string format_setting(const SettingValue& value);

/// The allowed values in words: "1 to 1024", "linear, cosine, quadratic or sigmoid", "yes or no".
std::string describe_range(const SettingInfo& info);

/// The setting named `key`. Throws Error that names the nearest key when there is none.
template <class C>
const Setting<C>& find_setting(const SettingsTable<C>& table, std::string_view key);

/// The key in `keys` that `key` was probably meant to be, or an empty string.
std::string nearest_key(std::string_view key, const std::vector<std::string>& keys);

/// A table for `Outer` made of the table of its member `member`.
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

/// A choice whose field is an enum; `choices` lists the enumerators in order, starting at 0.
template <class C, class Enum>
Setting<C> choice_setting(Enum C::*field, SettingInfo info, std::vector<Choice> choices) {
    info.kind = SettingKind::choice;
    info.choices = std::move(choices);
    std::vector<std::string> names;
    for (const Choice& choice : info.choices) names.push_back(choice.value);
    return {std::move(info),
            [field, names](const C& c) { return SettingValue(names.at(static_cast<std::size_t>(c.*field))); },
            [field, names](C& c, const SettingValue& v) {
                const auto& name = std::get<std::string>(v);
                for (std::size_t i = 0; i < names.size(); ++i)
                    if (names[i] == name) c.*field = static_cast<Enum>(i);
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
    throw Error{"There is no setting named \"" + std::string(key) + "\"",
                nearest.empty() ? "no setting has a name like it" : "the nearest is \"" + nearest + "\"",
                "See `denoise-lab-cli train --help` for all settings"};
}

}  // namespace denoise
