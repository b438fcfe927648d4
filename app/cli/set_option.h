#pragma once

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/setting.h"

namespace denoise::cli {

/// Applies the values KEY=VALUE of --set. `example` is one of them, for the message. Throws Error.
template <class C>
void apply_settings(C& config, const SettingsTable<C>& table, const std::vector<std::string>& values,
                    const std::string& example) {
    for (const std::string& value : values) {
        const std::size_t equals = value.find('=');
        if (equals == std::string::npos)
            throw Error{"Cannot read --set " + value,
                        "it does not contain a =", "Write it as KEY=VALUE, such as --set " + example};
        const Setting<C>& setting = find_setting(table, value.substr(0, equals));
        setting.set(config, parse_setting(setting.info, value.substr(equals + 1)));
    }
}

/// The settings for the help of --set, with the values in `config`. The dataset has an option of its own.
template <class C>
std::string list_settings(const SettingsTable<C>& table, const C& config) {
    std::string text;
    for (const Setting<C>& setting : table) {
        if (setting.info.key == "dataset") continue;
        text += "  " + setting.info.key + "=" + format_setting(setting.get(config)) + "\n      " +
                setting.info.help + " (" + describe_range(setting.info) + ")\n";
    }
    return text;
}

}  // namespace denoise::cli
