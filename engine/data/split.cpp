#include "engine/data/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

namespace denoise {
namespace {

/// The images of each class that has some, by its label.
using Members = std::map<std::int64_t, std::vector<std::int64_t>>;

Members members_of(const std::vector<std::int64_t>& indices, const std::vector<std::int64_t>& labels) {
    Members members;
    for (const std::int64_t index : indices)
        members[labels[static_cast<std::size_t>(index)]].push_back(index);
    return members;
}

/// How many images of each class are held out: the fraction of all images, of which each class has its part,
/// rounded down, and the classes that lose most by this one more.
std::map<std::int64_t, std::int64_t> shares_of(const Members& members, double fraction, std::int64_t count) {
    constexpr double rounding = 1e-9;  // 0.05 * 20 is not less than 1
    std::map<std::int64_t, std::int64_t> shares;
    std::vector<std::pair<double, std::int64_t>> rest;  // negative, so that the largest is first
    auto left = static_cast<std::int64_t>(fraction * static_cast<double>(count) + rounding);
    for (const auto& [label, of_class] : members) {
        const double exact = fraction * static_cast<double>(of_class.size());
        const auto share = static_cast<std::int64_t>(exact + rounding);
        shares[label] = share;
        left -= share;
        rest.emplace_back(static_cast<double>(share) - exact, label);
    }
    std::ranges::sort(rest);
    for (const auto& [lost, label] : rest)
        if (left > 0 && shares[label] + 1 < std::ssize(members.at(label))) {
            ++shares[label];
            --left;
        }
    return shares;
}

std::mt19937_64 generator_for(std::int64_t seed, std::int64_t label) {
    std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(label), 0x5eedu};
    return std::mt19937_64(sequence);
}

}  // namespace

DatasetSplit split_dataset(const std::vector<std::int64_t>& labels, double fraction, std::int64_t seed) {
    DatasetSplit split;
    split.training.resize(labels.size());
    std::iota(split.training.begin(), split.training.end(), std::int64_t{0});
    if (fraction <= 0) return split;
    Members members = members_of(split.training, labels);
    std::vector<std::int64_t> held_out;
    for (const auto& [label, share] : shares_of(members, fraction, std::ssize(labels))) {
        std::vector<std::int64_t>& of_class = members.at(label);
        std::mt19937_64 random = generator_for(seed, label);
        for (std::int64_t k = 0; k < share; ++k) {
            const auto others = static_cast<std::uint64_t>(std::ssize(of_class) - k);
            std::swap(of_class[k], of_class[k + static_cast<std::int64_t>(random() % others)]);
            held_out.push_back(of_class[k]);
        }
    }
    if (std::ssize(held_out) < fewest_held_out) return split;
    std::ranges::sort(held_out);
    std::vector<std::int64_t> training;
    std::ranges::set_difference(split.training, held_out, std::back_inserter(training));
    return {std::move(training), std::move(held_out)};
}

ComparedImages images_to_compare(const DatasetSplit& split, const std::vector<std::int64_t>& labels,
                                 std::int64_t count) {
    ComparedImages images;
    const Members unseen = members_of(split.held_out, labels), seen = members_of(split.training, labels);
    if (unseen.empty()) return images;
    const auto classes = std::ssize(unseen);
    const std::int64_t rounds = (count + classes - 1) / classes;
    /// Evenly distributed over those of the class, if there are more than needed.
    const auto image = [rounds](const std::vector<std::int64_t>& of_class, std::int64_t round) {
        const auto size = std::ssize(of_class);
        return of_class[size > rounds ? round * size / rounds : round % size];
    };
    for (std::int64_t round = 0; round < rounds; ++round)
        for (const auto& [label, of_class] : unseen) {
            if (std::ssize(images.held_out) == count) break;
            images.held_out.push_back(image(of_class, round));
            images.training.push_back(image(seen.at(label), round));
        }
    return images;
}

}  // namespace denoise
