#include "app/cli/class_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "app/cli/console.h"
#include "engine/base/grouped.h"
#include "engine/data/class_balance.h"

namespace denoise::cli {
namespace {

constexpr std::size_t most_rows = 20, widest_name = 24;
constexpr std::int64_t bar_length = 30;

/// The number of characters, which are not more than the columns of a terminal for most languages.
std::size_t length_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t length, bool left) {
    const std::size_t missing = length - std::min(length, length_of(text));
    return left ? std::string(missing, ' ') + text : text + std::string(missing, ' ');
}

}  // namespace

std::vector<std::string> class_table(const std::vector<std::string>& names,
                                     const std::vector<std::int64_t>& counts) {
    if (names.size() < 2 || counts.size() != names.size()) return {};
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), 0u);
    const std::size_t left_out = names.size() > most_rows ? names.size() - most_rows : 0;
    if (left_out > 0)
        std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) { return counts[i]; });
    std::size_t width = 0;
    for (const std::string& name : names) width = std::max(width, length_of(printable(name)));
    width = std::min(width, widest_name);
    const std::int64_t largest = std::max<std::int64_t>(1, *std::ranges::max_element(counts));
    std::vector<std::string> rows;
    for (std::size_t k = 0; k < order.size(); ++k) {
        if (left_out > 0 && k == most_rows / 2) {
            rows.push_back("  ... " + std::to_string(left_out) + " more classes");
            k += left_out - 1;
            continue;
        }
        const std::int64_t count = counts[order[k]];
        const auto bar = static_cast<std::size_t>((count * bar_length + largest - 1) / largest);
        rows.push_back("  " + padded(printable(names[order[k]]), width, false) + "  " +
                       padded(grouped(count), grouped(largest).size(), true) + "  " + std::string(bar, '#'));
    }
    if (const std::string sentence = describe_small_classes(names, counts); !sentence.empty())
        rows.push_back(sentence);
    return rows;
}

nlohmann::json json_of_classes(const std::vector<std::string>& names,
                               const std::vector<std::int64_t>& counts) {
    nlohmann::json list = nlohmann::json::array();
    if (names.size() < 2 || counts.size() != names.size()) return list;
    for (std::size_t i = 0; i < names.size(); ++i)
        list.push_back({{"name", names[i]}, {"images", counts[i]}});
    return list;
}

}  // namespace denoise::cli
