#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace denoise {

/// An enumerator together with its name in files and on the command line, its title in the window and a short
/// help text.
template <class Enum>
struct NamedValue {
    Enum value;
    const char* name;        ///< "loss_second_moment"
    const char* title = "";  ///< "By loss"
    const char* help = "";   ///< one line, without a final full stop
};
template <class Enum>
NamedValue(Enum, const char*, const char* = "", const char* = "") -> NamedValue<Enum>;

/// The names of an enum. Specialise it right after the definition of the enum, with one entry for each
/// enumerator, in the order of the enumerators. The functions below do not compile for an enum without a
/// specialisation.
template <class Enum>
inline constexpr std::array<NamedValue<Enum>, 0> names_of = {};

template <class Enum>
concept NamedEnum = (names_of<Enum>.size() > 0);

template <NamedEnum Enum>
constexpr const NamedValue<Enum>& entry_of(Enum value) {
    for (const NamedValue<Enum>& entry : names_of<Enum>)
        if (entry.value == value) return entry;
    return names_of<Enum>.front();
}

template <NamedEnum Enum>
constexpr const char* name_of(Enum value) {
    return entry_of(value).name;
}

template <NamedEnum Enum>
constexpr std::optional<Enum> value_named(std::string_view name) {
    for (const NamedValue<Enum>& entry : names_of<Enum>)
        if (name == entry.name) return entry.value;
    return std::nullopt;
}

/// All names, in the order of names_of<Enum>.
template <NamedEnum Enum>
std::vector<std::string> all_names() {
    std::vector<std::string> names;
    for (const NamedValue<Enum>& entry : names_of<Enum>) names.emplace_back(entry.name);
    return names;
}

/// All names in one string: "leading, linspace, trailing".
template <NamedEnum Enum>
std::string list_of_names() {
    std::string list;
    for (const NamedValue<Enum>& entry : names_of<Enum>)
        list += (list.empty() ? "" : ", ") + std::string(entry.name);
    return list;
}

}  // namespace denoise
