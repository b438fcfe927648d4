#include "engine/data/image_folder.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>

#include "engine/data/loading.h"
#include "engine/data/natural_order.h"
#include "engine/formats/image_file.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// A picture file of the folder.
struct Entry {
    std::string relative;  ///< path relative to the folder, with '/' as the separator
    PictureSize size = {};
    bool coloured = false;
    std::string problem = {};  ///< why it is skipped; empty if it is not
};

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// The subfolders of `folder` that are not hidden.
std::vector<fs::path> folders_in(const fs::path& folder) {
    std::vector<fs::path> folders;
    std::error_code code, ignored;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code))
        if (entry->is_directory(ignored) && !entry->path().filename().string().starts_with("."))
            folders.push_back(entry->path());
    return folders;
}

bool has_pictures(const fs::path& folder) {
    std::error_code code;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code))
        if (is_picture_file(entry->path())) return true;
    return false;
}

/// train/ if the folder consists only of train/ and test/ or val/, each with subfolders. These are not
/// classes, and test images must not be trained on. Otherwise `folder`.
fs::path training_part(const fs::path& folder) {
    const std::vector<fs::path> folders = folders_in(folder);
    fs::path training;
    for (const fs::path& part : folders) {
        const std::string name = lower(part.filename().string());
        if (name == "train")
            training = part;
        else if (name != "test" && name != "val")
            return folder;
        if (folders_in(part).empty()) return folder;
    }
    return training.empty() || folders.size() < 2 || has_pictures(folder) ? folder : training;
}

std::vector<Entry> find_pictures(const fs::path& folder, const LoadProgress& progress,
                                 const std::stop_token& stop) {
    std::vector<Entry> entries;
    std::error_code code;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, code), end;
    if (code)
        throw Error{"Cannot load the pictures in " + folder.filename().string(),
                    folder.string() + ": " + code.message(), "Check the folder name and the permissions",
                    "dataset"};
    for (; entry != end && !code; entry.increment(code)) {
        if (stop.stop_requested()) throw Cancelled{};
        std::error_code ignored;
        if (entry->path().filename().string().starts_with(".")) {  // thumbnails, "._" files of macOS, trash
            if (entry->is_directory(ignored)) entry.disable_recursion_pending();
        } else if (is_picture_file(entry->path()) && !entry->is_directory(ignored)) {
            entries.push_back({.relative = entry->path().lexically_relative(folder).generic_string()});
            if (progress && entries.size() % 1000 == 0) progress(0, 0);
        }
    }
    if (entries.empty())
        throw Error{"Cannot load the pictures in " + folder.filename().string(),
                    folder.string() + ": it contains no PNG, JPEG, BMP, GIF or WebP files",
                    "Choose a folder with pictures", "dataset"};
    std::ranges::sort(entries, natural_less, &Entry::relative);
    return entries;
}

/// Calls `work` and stores the reason of an Error in the entry.
template <class Work>
void try_entry(Entry& entry, const fs::path& path, Work work) {
    try {
        work();
    } catch (const Error& error) {
        const std::string place = path.string() + ": ";
        entry.problem = error.why.starts_with(place) ? error.why.substr(place.size()) : error.why;
    }
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

[[noreturn]] void refuse_all(const fs::path& folder, const std::vector<Entry>& entries) {
    throw Error{"Cannot load the pictures in " + folder.filename().string(),
                folder.string() + ": none of its " + std::to_string(entries.size()) +
                    " picture files can be read; the first one is " + entries.front().relative + ": " +
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

/// Adds a class for each subfolder of the first level with a readable picture. Pictures outside of subfolders
/// get a class with the name of the folder.
void label(Dataset& dataset, const std::vector<Entry>& entries) {
    std::map<std::string, std::int64_t, bool (*)(std::string_view, std::string_view)> classes(natural_less);
    const auto class_of = [&](const Entry& entry) {
        const std::size_t slash = entry.relative.find('/');
        return slash == std::string::npos ? dataset.name : entry.relative.substr(0, slash);
    };
    for (const Entry& entry : entries)
        if (entry.problem.empty()) classes.emplace(class_of(entry), 0);
    for (auto& [name, number] : classes) {
        number = static_cast<std::int64_t>(dataset.class_names.size());
        dataset.class_names.push_back(name);
    }
    for (const Entry& entry : entries)
        if (entry.problem.empty()) dataset.labels.push_back(classes.at(class_of(entry)));
}

}  // namespace

Dataset load_image_folder(const DatasetConfig& config, const LoadProgress& progress,
                          const std::stop_token& stop) {
    using Colour = DatasetConfig::Colour;
    const fs::path chosen_folder = fs::absolute(config.dataset).lexically_normal();
    const fs::path folder = training_part(chosen_folder);
    std::vector<Entry> entries = find_pictures(folder, progress, stop);
    const std::vector<std::int64_t> chosen =
        spread_indices(static_cast<std::int64_t>(entries.size()), config.image_limit);
    for (std::size_t i = 0; i < chosen.size(); ++i)
        std::swap(entries[i], entries[static_cast<std::size_t>(chosen[i])]);
    entries.resize(chosen.size());
    const auto count = static_cast<std::int64_t>(entries.size());

    // Reads all headers first, because the image size depends on them. They count as half of the progress.
    const bool headers = config.image_size == 0;
    if (headers)
        parallel_for(
            count,
            [&](std::int64_t i) {
                Entry& entry = entries[static_cast<std::size_t>(i)];
                try_entry(entry, folder / entry.relative,
                          [&] { entry.size = picture_size(folder / entry.relative); });
            },
            progress ? [&](std::int64_t done, std::int64_t total) { progress(done / 2, total); }
                     : LoadProgress{},
            stop);

    const PictureSize size = choose_size(entries, config.image_size);
    Dataset dataset;
    dataset.name =
        (chosen_folder.has_filename() ? chosen_folder : chosen_folder.parent_path()).filename().string();
    ImageBatch& images = dataset.images;
    images = {count, config.colour == Colour::grey ? 1 : 3, size.height, size.width, {}};
    require_memory(static_cast<double>(count) * static_cast<double>(images.image_size()), folder);
    images.pixels.resize(static_cast<std::size_t>(count) * images.image_size());
    parallel_for(
        count,
        [&](std::int64_t i) {
            Entry& entry = entries[static_cast<std::size_t>(i)];
            if (!entry.problem.empty()) return;
            const fs::path path = folder / entry.relative;
            const PictureColour colour = images.channels == 1 ? PictureColour::grey : PictureColour::rgb;
            try_entry(entry, path, [&] {
                const Picture picture = size.width == size.height
                                            ? read_square_picture(path, size.width, colour)
                                            : read_picture(path, std::max(size.width, size.height), colour);
                if (picture.width != size.width || picture.height != size.height)
                    throw Error{"", "its size differs from the size in its header", ""};
                entry.coloured = store_planes(
                    picture, images.pixels.data() + static_cast<std::size_t>(i) * images.image_size(),
                    images.channels);
            });
        },
        progress && headers
            ? [&](std::int64_t done, std::int64_t total) { progress(total / 2 + done - done / 2, total); }
            : progress,
        stop);

    for (const Entry& entry : entries)
        if (!entry.problem.empty()) dataset.skipped.push_back({folder / entry.relative, entry.problem});
    if (dataset.skipped.size() == entries.size()) refuse_all(folder, entries);
    const bool grey = config.colour == Colour::grey ||
                      (config.colour == Colour::automatic && std::ranges::none_of(entries, &Entry::coloured));
    compact(images, entries, grey ? 1 : 3);
    label(dataset, entries);
    return dataset;
}

}  // namespace denoise
