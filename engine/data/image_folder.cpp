#include "engine/data/image_folder.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "engine/data/loading.h"
#include "engine/data/picture_layout.h"
#include "engine/formats/image_file.h"

namespace denoise {
namespace {

/// A picture of the folder.
struct Entry {
    TreeFile file;
    std::size_t label = 0;
    PictureSize size = {};
    bool coloured = false;
    std::string problem = {};  ///< why it is skipped; empty if it is not
};

/// Calls `work` and stores the reason of an Error in the entry.
template <class Work>
void try_entry(Entry& entry, const TreeContent& content, Work work) {
    if (!content.problem.empty()) {
        entry.problem = content.problem;
        return;
    }
    try {
        work();
    } catch (const Error& error) {
        const std::string place = content.path.string() + ": ";
        entry.problem = error.why.starts_with(place) ? error.why.substr(place.size()) : error.why;
    }
}

PictureSize size_in(const TreeContent& content) {
    return content.bytes ? picture_size(PictureBytes{content.path, *content.bytes})
                         : picture_size(content.path);
}

/// The picture cropped to a square, or reduced if the images are not squares: then all have the same size.
Picture picture_in(const TreeContent& content, PictureSize size, PictureColour colour) {
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
PictureSize choose_size(const std::vector<Entry>& entries, int asked) {
    constexpr int large = 64, small = 32;
    if (asked > 0) return {asked, asked};
    PictureSize common;
    bool alike = true;
    int shortest = std::numeric_limits<int>::max();
    for (const Entry& entry : entries) {
        if (!entry.problem.empty()) continue;
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

[[noreturn]] void refuse_all(const FileTree& tree, const std::vector<Entry>& entries) {
    throw Error{"Cannot load the pictures in " + tree.path().filename().string(),
                tree.path().string() + ": none of its " + std::to_string(entries.size()) +
                    " picture files can be read; the first one is " + entries.front().file.name + ": " +
                    entries.front().problem,
                "Choose a folder with pictures that other programs can open", "dataset"};
}

/// Removes the skipped images and, for grey, all planes but the first. Moves the pixels in place.
void compact(ImageBatch& images, const std::vector<Entry>& entries, int channels) {
    const std::size_t before = images.image_size();
    images.channels = channels;
    const std::size_t after = images.image_size();
    std::int64_t kept = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!entries[i].problem.empty()) continue;
        std::copy_n(images.pixels.data() + i * before, after,
                    images.pixels.data() + static_cast<std::size_t>(kept) * after);
        ++kept;
    }
    images.count = kept;
    images.pixels.resize(static_cast<std::size_t>(kept) * after);
    images.pixels.shrink_to_fit();
}

/// Labels the images. Classes without a readable picture are none.
void label(Dataset& dataset, const std::vector<Entry>& entries, const std::vector<std::string>& names) {
    std::vector<std::int64_t> numbers(names.size(), -1);
    for (const Entry& entry : entries)
        if (entry.problem.empty()) numbers[entry.label] = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (numbers[i] < 0) continue;
        numbers[i] = static_cast<std::int64_t>(dataset.class_names.size());
        dataset.class_names.push_back(names[i]);
    }
    for (const Entry& entry : entries)
        if (entry.problem.empty()) dataset.labels.push_back(numbers[entry.label]);
}

std::vector<Entry> entries_of(PictureLayout& layout, std::int64_t limit) {
    std::vector<Entry> entries;
    for (const std::int64_t i : spread_indices(static_cast<std::int64_t>(layout.files.size()), limit)) {
        const auto index = static_cast<std::size_t>(i);
        entries.push_back({std::move(layout.files[index]), layout.labels[index]});
    }
    return entries;
}

/// The entries that are not skipped, and their files.
struct Remaining {
    explicit Remaining(const std::vector<Entry>& entries) {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (!entries[i].problem.empty()) continue;
            indices.push_back(i);
            files.push_back(entries[i].file);
        }
    }
    std::vector<std::size_t> indices;
    std::vector<TreeFile> files;
};

}  // namespace

Dataset load_pictures(const FileTree& tree, const DatasetConfig& config, const LoadProgress& progress,
                      const std::stop_token& stop) {
    using Colour = DatasetConfig::Colour;
    PictureLayout layout = lay_out_pictures(tree, progress, stop);
    std::vector<Entry> entries = entries_of(layout, config.image_limit);
    const auto count = static_cast<std::int64_t>(entries.size());

    // Reads all headers first, because the image size depends on them. They count as half of the progress.
    const bool headers = config.image_size == 0;
    if (headers)
        tree.for_each(
            Remaining(entries).files,
            [&](std::size_t i, const TreeContent& content) {
                try_entry(entries[i], content, [&] { entries[i].size = size_in(content); });
            },
            progress ? [&](std::int64_t done, std::int64_t total) { progress(done / 2, total); }
                     : LoadProgress{},
            stop);

    const PictureSize size = choose_size(entries, config.image_size);
    Dataset dataset;
    dataset.name = tree.title();
    dataset.notes = std::move(layout.notes);
    ImageBatch& images = dataset.images;
    images = {count, config.colour == Colour::grey ? 1 : 3, size.height, size.width, {}};
    require_memory(static_cast<double>(count) * static_cast<double>(images.image_size()), tree.path());
    images.pixels.resize(static_cast<std::size_t>(count) * images.image_size());
    const PictureColour colour = images.channels == 1 ? PictureColour::grey : PictureColour::rgb;
    const Remaining remaining(entries);
    tree.for_each(
        remaining.files,
        [&](std::size_t k, const TreeContent& content) {
            const std::size_t i = remaining.indices[k];
            Entry& entry = entries[i];
            try_entry(entry, content, [&] {
                const Picture picture = picture_in(content, size, colour);
                if (picture.width != size.width || picture.height != size.height)
                    throw Error{"", "its size differs from the size in its header", ""};
                entry.coloured =
                    store_planes(picture, images.pixels.data() + i * images.image_size(), images.channels);
            });
        },
        progress && headers ? [&](std::int64_t done, std::int64_t total) {
            progress(total > 0 ? count / 2 + done * (count - count / 2) / total : count, count);
        } : progress,
        stop);

    for (const Entry& entry : entries)
        if (!entry.problem.empty()) dataset.skipped.push_back({tree.path_of(entry.file.name), entry.problem});
    if (dataset.skipped.size() == entries.size()) refuse_all(tree, entries);
    std::ranges::move(layout.left_out, std::back_inserter(dataset.skipped));
    const bool grey = config.colour == Colour::grey ||
                      (config.colour == Colour::automatic && std::ranges::none_of(entries, &Entry::coloured));
    compact(images, entries, grey ? 1 : 3);
    label(dataset, entries, layout.class_names);
    return dataset;
}

Dataset load_image_folder(const DatasetConfig& config, const LoadProgress& progress,
                          const std::stop_token& stop) {
    return load_pictures(*open_tree(config.dataset, progress, stop), config, progress, stop);
}

}  // namespace denoise
