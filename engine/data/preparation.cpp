#include "engine/data/preparation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <numeric>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/data/duplicates.h"
#include "engine/data/image_cache.h"
#include "engine/data/loading.h"
#include "engine/data/name_list.h"
#include "engine/data/spilled_images.h"

namespace denoise {
namespace {

using Names = std::unordered_set<std::string>;

/// The most duplicates of which the pixels are kept to show them.
constexpr std::size_t most_pairs = 60;

Names names_in(const std::string& text, const char* setting) {
    const std::vector<std::string> names = parse_name_list(text, setting);
    return {names.begin(), names.end()};
}

/// In the order of the list.
void add_not_found(const std::string& text, const char* setting, const Names& found, LeftOut& left_out) {
    for (std::string& name : parse_name_list(text, setting))
        if (!found.contains(name)) left_out.not_found.push_back(std::move(name));
}

LeftOut left_out_so_far(const Dataset& dataset) {
    return dataset.left_out ? *dataset.left_out : LeftOut();
}

void set_left_out(Dataset& dataset, LeftOut left_out) {
    if (!left_out.empty()) dataset.left_out = std::make_shared<const LeftOut>(std::move(left_out));
}

}  // namespace

Rgb background_of(const DatasetConfig& config) {
    struct Named {
        std::string_view name;
        Rgb colour;
    };
    constexpr std::array names{Named{"white", {255, 255, 255}}, Named{"black", {0, 0, 0}},
                               Named{"grey", {128, 128, 128}}};
    const std::string& text = config.background;
    for (const Named& each : names)
        if (text == each.name) return each.colour;
    std::uint32_t value = 0;
    const char* end = text.data() + text.size();
    if (text.size() != 7 || text[0] != '#' || std::from_chars(text.data() + 1, end, value, 16).ptr != end)
        throw Error{"\"" + text + "\" is not a valid value for background",
                    "background takes a colour such as #ffffff, or white, black or grey",
                    "Choose a valid value", "background"};
    return {static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8 & 255),
            static_cast<std::uint8_t>(value & 255)};
}

PictureFit fit_of(const DatasetConfig& config) {
    switch (config.fit) {
        case DatasetConfig::Fit::pad:
            return PictureFit::pad;
        case DatasetConfig::Fit::stretch:
            return PictureFit::stretch;
        case DatasetConfig::Fit::crop:
            break;
    }
    return PictureFit::crop;
}

std::vector<std::int64_t> not_excluded(const NamedImages& images, const DatasetConfig& config,
                                       LeftOut& left_out) {
    std::vector<std::int64_t> kept;
    const Names classes = names_in(config.exclude_classes, "exclude_classes");
    const Names excluded = names_in(config.exclude_images, "exclude_images");
    if (classes.empty() && excluded.empty()) {
        kept.resize(static_cast<std::size_t>(images.count));
        std::iota(kept.begin(), kept.end(), 0);
        return kept;
    }
    std::vector<std::int64_t> counts(images.class_names.size(), 0);
    Names found_classes, found_images;
    for (const std::string& name : images.class_names)
        if (classes.contains(name)) found_classes.insert(name);
    for (std::int64_t i = 0; i < images.count; ++i) {
        const std::size_t label = images.label(i);
        if (found_classes.contains(images.class_names[label])) {
            ++counts[label];
            continue;
        }
        if (excluded.empty()) {
            kept.push_back(i);
        } else if (std::string name = images.name(i); excluded.contains(name)) {
            found_images.insert(name);
            left_out.images.push_back(std::move(name));
        } else {
            kept.push_back(i);
        }
    }
    for (std::size_t c = 0; c < counts.size(); ++c)
        if (found_classes.contains(images.class_names[c]))
            left_out.classes.push_back({images.class_names[c], counts[c]});
    if (kept.empty())
        throw Error{
            "Cannot load the dataset",
            config.dataset + ": all of its " + std::to_string(images.count) + " images are to be left out",
            "Remove names from exclude_classes or exclude_images", "exclude_classes"};
    add_not_found(config.exclude_classes, "exclude_classes", found_classes, left_out);
    // An excluded image may be one of an excluded class.
    if (classes.empty()) add_not_found(config.exclude_images, "exclude_images", found_images, left_out);
    return kept;
}

std::string image_name(const Dataset& dataset, std::int64_t index) {
    const auto i = static_cast<std::size_t>(index);
    if (!dataset.names.empty()) return dataset.names[i];
    return std::to_string(dataset.numbers.empty() ? index : dataset.numbers[i]);
}

void keep_only(Dataset& dataset, const std::vector<std::int64_t>& indices) {
    if (static_cast<std::int64_t>(indices.size()) == dataset.images.count) return;
    if (dataset.names.empty() && dataset.numbers.empty()) {
        dataset.numbers = indices;
    } else {
        for (std::size_t i = 0; i < indices.size(); ++i) {  // increasing, so that nothing is overwritten
            const auto from = static_cast<std::size_t>(indices[i]);
            if (from == i) continue;
            if (!dataset.names.empty()) dataset.names[i] = std::move(dataset.names[from]);
            if (!dataset.numbers.empty()) dataset.numbers[i] = dataset.numbers[from];
        }
        if (!dataset.names.empty()) dataset.names.resize(indices.size());
        if (!dataset.numbers.empty()) dataset.numbers.resize(indices.size());
    }
    const double bytes =
        static_cast<double>(indices.size()) * static_cast<double>(dataset.images.image_size());
    dataset.images = fits_into_memory(bytes) || !dataset.images.pixels.is_shared()
                         ? images_at(dataset.images, indices)
                         : images_on_disk(dataset.images, indices, image_cache_settings().folder);
    dataset.fingerprint.clear();
    std::vector<std::int64_t> labels;
    labels.reserve(indices.size());
    for (const std::int64_t index : indices)
        labels.push_back(dataset.labels[static_cast<std::size_t>(index)]);
    dataset.labels = std::move(labels);
}

void exclude(Dataset& dataset, const DatasetConfig& config) {
    LeftOut left_out = left_out_so_far(dataset);
    const NamedImages images{
        dataset.images.count, [&](std::int64_t i) { return image_name(dataset, i); },
        [&](std::int64_t i) { return static_cast<std::size_t>(dataset.labels[static_cast<std::size_t>(i)]); },
        dataset.class_names};
    keep_only(dataset, not_excluded(images, config, left_out));
    if (!left_out.classes.empty()) {
        std::vector<std::int64_t> numbers;  // of the classes that stay
        std::vector<std::string> names;
        for (std::string& name : dataset.class_names) {
            const bool stays =
                std::ranges::find(left_out.classes, name, &LeftOut::Class::name) == left_out.classes.end();
            numbers.push_back(static_cast<std::int64_t>(names.size()));
            if (stays) names.push_back(std::move(name));
        }
        dataset.class_names = std::move(names);
        for (std::int64_t& label : dataset.labels) label = numbers[static_cast<std::size_t>(label)];
    }
    set_left_out(dataset, std::move(left_out));
}

void leave_out_duplicates(Dataset& dataset, DatasetConfig::Duplicates kind, const LoadProgress& progress,
                          const std::stop_token& stop) {
    if (kind == DatasetConfig::Duplicates::keep) return;
    const FoundDuplicates found = find_duplicates(dataset.images, kind, progress, stop);
    LeftOut left_out = left_out_so_far(dataset);
    std::vector<std::int64_t> kept, pairs;
    for (std::int64_t i = 0; i < dataset.images.count; ++i) {
        const std::int64_t original = found.originals[static_cast<std::size_t>(i)];
        if (original < 0) {
            kept.push_back(i);
            continue;
        }
        left_out.duplicates.push_back({image_name(dataset, i), image_name(dataset, original),
                                       found.is_mirrored[static_cast<std::size_t>(i)]});
        if (left_out.duplicates.size() <= most_pairs) pairs.insert(pairs.end(), {i, original});
    }
    left_out.pairs = images_at(dataset.images, pairs);
    keep_only(dataset, kept);
    set_left_out(dataset, std::move(left_out));
}

}  // namespace denoise
