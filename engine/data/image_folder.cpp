#include "engine/data/image_folder.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>

#include "engine/data/cached_images.h"
#include "engine/data/fingerprint.h"
#include "engine/data/loading.h"
#include "engine/data/picture_key.h"
#include "engine/data/picture_layout.h"
#include "engine/data/preparation.h"
#include "engine/formats/image_file.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using Problems = std::vector<std::string>;  ///< of each picture; empty if it can be read

/// A picture of the folder.
struct Entry {
    TreeFile file;
    std::size_t label = 0;
    PictureSize size = {};
};
using Entries = std::vector<Entry>;

/// Calls `work` and stores the reason of an Error in `problem`.
template <class Work>
void try_picture(std::string& problem, const TreeContent& content, Work work) {
    if (!content.problem.empty()) {
        problem = content.problem;
        return;
    }
    try {
        work();
    } catch (const Error& error) {
        const std::string place = content.path.string() + ": ";
        problem = error.why.starts_with(place) ? error.why.substr(place.size()) : error.why;
    }
}

PictureSize size_in(const TreeContent& content) {
    return content.bytes ? picture_size(PictureBytes{content.path, *content.bytes})
                         : picture_size(content.path);
}

/// How pictures become images.
struct Conversion {
    PictureColour colour = PictureColour::rgb;
    PictureFit fit = PictureFit::crop;
    Rgb background;
};

/// The picture fitted into a square, or reduced if the images are not squares: then all have the same size.
Picture picture_in(const TreeContent& content, PictureSize size, const Conversion& conversion) {
    const PictureColour colour = conversion.colour;
    if (conversion.fit != PictureFit::crop || conversion.background != Rgb())
        return content.bytes ? read_fitted_picture(PictureBytes{content.path, *content.bytes}, size.width,
                                                   size.height, colour, conversion.fit, conversion.background)
                             : read_fitted_picture(content.path, size.width, size.height, colour,
                                                   conversion.fit, conversion.background);
    if (!content.bytes)
        return size.width == size.height
                   ? read_square_picture(content.path, size.width, colour)
                   : read_picture(content.path, std::max(size.width, size.height), colour);
    const PictureBytes bytes{content.path, *content.bytes};
    return size.width == size.height ? read_cropped_picture(bytes, size.width, size.height, colour)
                                     : read_picture(bytes, std::max(size.width, size.height), colour);
}

/// The size of the images of the dataset: the requested size; or that of the pictures, if they all have the
/// same small size; or a square of 64 or 32 pixels, depending on the smallest picture.
PictureSize choose_size(const Entries& entries, const Problems& problems, int asked) {
    constexpr int large = 64, small = 32;
    if (asked > 0) return {asked, asked};
    PictureSize common;
    bool alike = true;
    int shortest = std::numeric_limits<int>::max();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Entry& entry = entries[i];
        if (!problems[i].empty()) continue;
        if (common.width == 0) common = entry.size;
        alike = alike && entry.size.width == common.width && entry.size.height == common.height;
        shortest = std::min({shortest, entry.size.width, entry.size.height});
    }
    if (alike && common.width > 0 && common.width <= large && common.height <= large) return common;
    const int side = shortest >= large ? large : small;
    return {side, side};
}

/// Writes a picture into planes. Returns whether any pixel is not grey.
bool store_planes(const Picture& picture, std::uint8_t* target, int channels) {
    const std::size_t area =
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
    if (channels == 1) {
        std::ranges::copy(picture.pixels, target);
        return false;
    }
    bool coloured = false;
    const std::uint8_t* source = picture.pixels.data();
    for (std::size_t i = 0; i < area; ++i, source += 3) {
        for (std::size_t c = 0; c < 3; ++c) target[c * area + i] = source[c];
        coloured = coloured || source[0] != source[1] || source[0] != source[2];
    }
    return coloured;
}

[[noreturn]] void refuse_all(const FileTree& tree, const Entries& entries, const Problems& problems) {
    throw Error{"Cannot load the pictures in " + tree.path().filename().string(),
                tree.path().string() + ": none of its " + std::to_string(entries.size()) +
                    " picture files can be read; the first one is " + entries.front().file.name + ": " +
                    problems.front(),
                "Choose a folder with pictures that other programs can open", "dataset"};
}

/// Labels the images. Classes without a readable picture are none.
void label(Dataset& dataset, const Entries& entries, const Problems& problems,
           const std::vector<std::string>& names) {
    std::vector<std::int64_t> numbers(names.size(), -1);
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (problems[i].empty()) numbers[entries[i].label] = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (numbers[i] < 0) continue;
        numbers[i] = static_cast<std::int64_t>(dataset.class_names.size());
        dataset.class_names.push_back(names[i]);
    }
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (problems[i].empty()) dataset.labels.push_back(numbers[entries[i].label]);
}

Entries entries_of(PictureLayout& layout, const DatasetConfig& config, LeftOut& left_out) {
    const NamedImages images{static_cast<std::int64_t>(layout.files.size()),
                             [&](std::int64_t i) { return layout.files[static_cast<std::size_t>(i)].name; },
                             [&](std::int64_t i) { return layout.labels[static_cast<std::size_t>(i)]; },
                             layout.class_names};
    const std::vector<std::int64_t> kept = not_excluded(images, config, left_out);
    Entries entries;
    for (const std::int64_t i : spread_indices(static_cast<std::int64_t>(kept.size()), config.image_limit)) {
        const auto index = static_cast<std::size_t>(kept[static_cast<std::size_t>(i)]);
        entries.push_back({std::move(layout.files[index]), layout.labels[index]});
    }
    return entries;
}

std::vector<TreeFile> files_at(const Entries& entries, const std::vector<std::size_t>& indices) {
    std::vector<TreeFile> files;
    files.reserve(indices.size());
    for (const std::size_t i : indices) files.push_back(entries[i].file);
    return files;
}

/// How the entries are decoded. All arguments must live as long.
PictureDecoding decoding_of(const FileTree& tree, Entries& entries, const DatasetConfig& config,
                            const std::stop_token& stop) {
    using Colour = DatasetConfig::Colour;
    PictureDecoding decoding;
    decoding.source = tree.path();
    decoding.problems.resize(entries.size());
    decoding.grey_if_none_is_coloured = config.colour == Colour::automatic;
    decoding.reads_headers = config.image_size == 0;
    const int channels = config.colour == Colour::grey ? 1 : 3;
    const Conversion conversion{channels == 1 ? PictureColour::grey : PictureColour::rgb, fit_of(config),
                                background_of(config)};

    // Reads all headers first, because the image size depends on them.
    decoding.choose_shape = [&, channels](Problems& problems, const LoadProgress& progress) {
        std::vector<std::size_t> all(entries.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        if (config.image_size == 0)
            tree.for_each(
                files_at(entries, all),
                [&](std::size_t i, const TreeContent& content) {
                    try_picture(problems[i], content, [&] { entries[i].size = size_in(content); });
                },
                progress, stop);
        const PictureSize size = choose_size(entries, problems, config.image_size);
        return ImageShape{channels, size.height, size.width};
    };
    decoding.decode = [&, conversion](const ImageShape& shape, const std::vector<std::size_t>& indices,
                                      Problems& problems, const StoreImage& store,
                                      const LoadProgress& progress) {
        tree.for_each(
            files_at(entries, indices),
            [&](std::size_t k, const TreeContent& content) {
                const std::size_t i = indices[k];
                thread_local std::vector<std::uint8_t> planes;
                bool decoded = false, coloured = false;
                try_picture(problems[i], content, [&] {
                    const Picture picture = picture_in(content, {shape.width, shape.height}, conversion);
                    if (picture.width != shape.width || picture.height != shape.height)
                        throw Error{"", "its size differs from the size in its header", ""};
                    planes.resize(shape.bytes());
                    coloured = store_planes(picture, planes.data(), shape.channels);
                    decoded = true;
                });
                if (decoded) store(i, planes.data(), coloured);
            },
            progress, stop);
    };
    return decoding;
}

/// Whether the decoded images are worth their space on the disk, or do not fit into memory.
bool is_worth_caching(const PictureSet& set, std::int64_t pictures, const DatasetConfig& config,
                      const ImageCacheSettings& settings) {
    const double side = config.image_size > 0 ? config.image_size : 64;  // at most 64 if it is automatic
    return decoding_seconds(pictures, set.file_bytes) >= settings.least_seconds ||
           !fits_into_memory(3 * side * side * static_cast<double>(pictures));
}

/// Sets `cache_entry` to the folder of the images in the cache, if they are there.
DecodedImages decode(const FileTree& tree, Entries& entries, const DatasetConfig& config,
                     fs::path& cache_entry, std::vector<std::string>& notes, const LoadProgress& progress,
                     const std::stop_token& stop) {
    const auto decoding = [&] { return decoding_of(tree, entries, config, stop); };
    const ImageCacheSettings settings = image_cache_settings();
    if (settings.limit_bytes == 0 || settings.folder.empty())
        return decode_into_memory(decoding(), progress, stop);
    std::vector<TreeFile> files;
    for (const Entry& entry : entries) files.push_back(entry.file);
    const PictureSet set = identify_pictures(tree, files, config, stop);
    if (!is_worth_caching(set, std::ssize(entries), config, settings))
        return decode_into_memory(decoding(), progress, stop);
    std::string why_not;
    try {
        DecodedImages images = decode_through_cache(decoding(), settings, set.key, progress, stop);
        cache_entry = cache_entry_folder(settings.folder, set.key);
        return images;
    } catch (const CacheUnavailable& problem) {
        why_not = problem.why;
    }
    notes.push_back("The decoded images are not cached: " + why_not);
    try {
        return decode_into_memory(decoding(), progress, stop);
    } catch (Error& error) {
        if (error.setting == "image_limit")
            error.why += ". They are not cached on the disk either: " + why_not;
        throw;
    }
}

}  // namespace

Dataset load_pictures(const FileTree& tree, const DatasetConfig& config, const LoadProgress& progress,
                      const std::stop_token& stop) {
    PictureLayout layout = lay_out_pictures(tree, progress, stop);
    LeftOut left_out;
    Entries entries = entries_of(layout, config, left_out);
    Dataset dataset;
    dataset.name = tree.title();
    dataset.notes = std::move(layout.notes);
    fs::path cache_entry;
    DecodedImages decoded = decode(tree, entries, config, cache_entry, dataset.notes, progress, stop);
    const Problems& problems = decoded.problems;

    for (std::size_t i = 0; i < entries.size(); ++i)
        if (!problems[i].empty())
            dataset.skipped.push_back({tree.path_of(entries[i].file.name), problems[i]});
    if (dataset.skipped.size() == entries.size()) refuse_all(tree, entries, problems);
    std::ranges::move(layout.left_out, std::back_inserter(dataset.skipped));
    label(dataset, entries, problems, layout.class_names);
    const ImageShape& shape = decoded.shape;
    dataset.images = {std::ssize(dataset.labels), shape.channels, shape.height, shape.width,
                      std::move(decoded.pixels)};
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (problems[i].empty()) dataset.names.push_back(std::move(entries[i].file.name));
    if (!left_out.empty()) dataset.left_out = std::make_shared<const LeftOut>(std::move(left_out));
    if (!cache_entry.empty()) dataset.fingerprint = fingerprint_of_cached(dataset, cache_entry);
    return dataset;
}

}  // namespace denoise
