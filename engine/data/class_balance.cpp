#include "engine/data/class_balance.h"

#include <numeric>

#include "engine/base/grouped.h"

namespace denoise {
namespace {

/// So many classes are named.
constexpr std::size_t most_named = 3;

std::string images(std::int64_t count) {
    return count == 0 ? "no images" : grouped(count) + (count == 1 ? " image" : " images");
}

}  // namespace

std::vector<std::int64_t> class_counts(const Dataset& dataset) {
    std::vector<std::int64_t> counts(dataset.class_names.size(), 0);
    for (const std::int64_t label : dataset.labels) ++counts[static_cast<std::size_t>(label)];
    return counts;
}

bool is_small_class(std::int64_t count, const std::vector<std::int64_t>& counts) {
    const std::int64_t total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    return counts.size() > 1 &&
           (count < fewest_images_of_class || count * 10 * static_cast<std::int64_t>(counts.size()) < total);
}

std::string describe_small_classes(const std::vector<std::string>& names,
                                   const std::vector<std::int64_t>& counts) {
    std::string list;
    std::size_t found = 0;
    for (std::size_t i = 0; i < counts.size() && i < names.size(); ++i) {
        if (!is_small_class(counts[i], counts)) continue;
        if (++found <= most_named)
            list += (list.empty() ? "" : ", ") + names[i] + " (" + images(counts[i]) + ")";
    }
    if (found == 0) return {};
    if (found > most_named) list += " and " + std::to_string(found - most_named) + " more";
    return (found == 1 ? "A class has very few images: " : "Some classes have very few images: ") + list +
           ". The model will hardly learn " + (found == 1 ? "it" : "them") +
           " and may copy the images. Add images, or leave the " + (found == 1 ? "class" : "classes") +
           " out";
}

}  // namespace denoise
