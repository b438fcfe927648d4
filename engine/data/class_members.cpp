#include "engine/data/class_members.h"

#include <algorithm>

#include "engine/data/loading.h"

namespace denoise {

std::vector<std::vector<std::int64_t>> class_members(const Dataset& dataset) {
    std::vector<std::vector<std::int64_t>> members(dataset.class_names.size());
    for (std::size_t i = 0; i < dataset.labels.size(); ++i)
        members[static_cast<std::size_t>(dataset.labels[i])].push_back(static_cast<std::int64_t>(i));
    return members;
}

std::vector<std::int64_t> spread_over_classes(const Dataset& dataset, std::int64_t count) {
    std::vector<std::vector<std::int64_t>> members = class_members(dataset);
    std::erase_if(members, [](const auto& of_class) { return of_class.empty(); });
    const auto classes = static_cast<std::int64_t>(members.size());
    const std::int64_t wanted = std::clamp<std::int64_t>(count, 0, dataset.images.count);
    if (wanted < classes) {  // fewer images than classes: choose classes that are far apart
        std::vector<std::vector<std::int64_t>> some;
        for (const std::int64_t c : spread_indices(classes, std::max<std::int64_t>(wanted, 1)))
            some.push_back(std::move(members[static_cast<std::size_t>(c)]));
        members = std::move(some);
    }

    // The number of images of each class: each round adds one for every class that has more.
    std::vector<std::int64_t> shares(members.size(), 0);
    for (std::int64_t given = 0; given < wanted;)
        for (std::size_t c = 0; c < members.size() && given < wanted; ++c)
            if (shares[c] < static_cast<std::int64_t>(members[c].size())) {
                ++shares[c];
                ++given;
            }
    std::vector<std::int64_t> indices;
    for (std::int64_t round = 0; static_cast<std::int64_t>(indices.size()) < wanted; ++round)
        for (std::size_t c = 0; c < members.size(); ++c)
            if (round < shares[c]) {
                const auto size = static_cast<std::int64_t>(members[c].size());
                indices.push_back(members[c][static_cast<std::size_t>(round * size / shares[c])]);
            }
    return indices;
}

}  // namespace denoise
