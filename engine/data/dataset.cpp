#include "engine/data/dataset.h"

#include <algorithm>

#include "engine/base/lower_case.h"
#include "engine/data/class_members.h"
#include "engine/data/dataset_formats.h"
#include "engine/data/file_tree.h"
#include "engine/data/fingerprint.h"
#include "engine/data/intact_images.h"
#include "engine/data/loading.h"
#include "engine/data/preparation.h"
#include "engine/data/synthetic.h"
#include "engine/formats/image_file.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

void keep_spread(Dataset& dataset, std::int64_t limit) {
    if (limit == 0 || limit >= dataset.images.count) return;
    keep_only(dataset, spread_indices(dataset.images.count, limit));
}

/// Repeats the plane of grey images three times.
void make_rgb(ImageBatch& images) {
    if (images.channels != 1) return;
    const std::size_t area = images.image_size();
    require_memory(3.0 * static_cast<double>(images.pixels.size()), "the dataset");
    std::vector<std::uint8_t> pixels;
    pixels.reserve(3 * images.pixels.size());
    for (std::int64_t i = 0; i < images.count; ++i)
        for (int c = 0; c < 3; ++c) pixels.insert(pixels.end(), images.image(i), images.image(i) + area);
    require_intact(images);
    images.pixels = std::move(pixels);
    images.channels = 3;
}

/// Brightness by Rec. 601, as in image_file.cpp.
void make_grey(ImageBatch& images) {
    if (images.channels != 3) return;
    const std::size_t area = images.image_size() / 3;
    if (images.pixels.is_shared()) {
        const ImageBatch shared = images;
        images.pixels.data();  // copies them
        require_intact(shared);
    }
    std::uint8_t* target = images.pixels.data();
    for (std::int64_t i = 0; i < images.count; ++i) {
        const std::uint8_t* planes = images.image(i);
        for (std::size_t p = 0; p < area; ++p)
            *target++ = static_cast<std::uint8_t>(
                (299 * planes[p] + 587 * planes[area + p] + 114 * planes[2 * area + p] + 500) / 1000);
    }
    images.channels = 1;
    images.pixels.resize(static_cast<std::size_t>(images.count) * area);
    images.pixels.shrink_to_fit();
}

Dataset load_file(const fs::path& path, const DatasetConfig& config, const LoadProgress& progress,
                  const std::stop_token& stop) {
    if (is_picture_file(path))
        throw Error{"Cannot load the dataset", path.string() + ": it is a single picture",
                    "Choose the folder that contains it", "dataset"};
    for (const DatasetFormat& format : dataset_formats())
        if (format.recognises(path)) return format.load({path}, config, progress, stop);
    const std::string name = lower_case(path.filename().string());
    for (const char* archive : {".zip", ".tar", ".gz", ".xz", ".tgz", ".bz2", ".7z", ".rar", ".zst", ".npz"})
        if (name.ends_with(archive) && !name.ends_with("ubyte.gz") && !name.ends_with("idx.gz"))
            throw Error{"Cannot load the dataset",
                        path.string() + ": it is not a zip or tar archive, or it is damaged",
                        "Download it again, or unpack it and choose the folder", "dataset"};
    // No format recognises the file. The first one fails with an error that shows how the file begins.
    return dataset_formats().front().load({path}, config, progress, stop);
}

Dataset load_any(const DatasetConfig& config, const LoadProgress& progress, const std::stop_token& stop) {
    if (config.dataset == "glyphs")
        return make_glyphs(config.image_limit > 0 ? config.image_limit : default_glyph_count, progress, stop);
    const fs::path path = config.dataset;
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (path.empty() || status.type() == fs::file_type::not_found)
        throw Error{"Cannot load the dataset",
                    path.empty() ? "no dataset is chosen"
                                 : path.string() + ": there is no such file, folder or built-in dataset",
                    "Check the name, or choose \"glyphs\"", "dataset"};
    if (fs::is_directory(status)) return load_tree(*open_tree(path), config, progress, stop);
    return load_file(path, config, progress, stop);
}

}  // namespace

const SettingsTable<DatasetConfig>& dataset_settings() {
    static const SettingsTable<DatasetConfig> table = {
        text_setting(&DatasetConfig::dataset,
                     {.key = "dataset",
                      .title = "Dataset",
                      .help = "The images to train on: \"glyphs\" (built in), a file or folder in " +
                              list_of_formats(&DatasetFormat::description) +
                              ", or a folder of pictures. Subfolders are classes.",
                      .group = "Dataset",
                      .essential = true}),
        integer_setting(&DatasetConfig::image_limit,
                        {.key = "image_limit",
                         .title = "Image limit",
                         .help = "The maximum number of images, distributed evenly over the dataset. 0: all "
                                 "images; for glyphs, 20,000.",
                         .group = "Dataset",
                         .unit = "images",
                         .minimum = 0,
                         .maximum = 10'000'000,
                         .special = {{0, "all images"}}}),
        integer_setting(&DatasetConfig::image_size,
                        {.key = "image_size",
                         .title = "Image size",
                         .help = "Pictures are cropped to a square and resized to this width and height. 0: "
                                 "chosen automatically, at most 64.",
                         .group = "Dataset",
                         .unit = "px",
                         .minimum = 0,
                         .maximum = 512,
                         .special = {{0, "automatic"}}}),
        choice_setting(&DatasetConfig::colour,
                       {.key = "colour",
                        .title = "Colour",
                        .help = "Whether images have one grey channel or three colour channels.",
                        .group = "Dataset"}),
        choice_setting(&DatasetConfig::fit,
                       {.key = "fit",
                        .title = "Fit",
                        .help = "How pictures of other proportions become images of the same size.",
                        .group = "Dataset"}),
        text_setting(
            &DatasetConfig::background,
            {.key = "background",
             .title = "Background",
             .help = "The colour behind transparent pixels, and of the bars with fit = pad: #rrggbb, "
                     "white, black or grey.",
             .group = "Dataset"}),
        text_setting(
            &DatasetConfig::exclude_classes,
            {.key = "exclude_classes",
             .title = "Exclude classes",
             .help = "Names of classes to leave out, with commas between them. Names with a comma are "
                     "in quotation marks.",
             .group = "Dataset"}),
        text_setting(&DatasetConfig::exclude_images,
                     {.key = "exclude_images",
                      .title = "Exclude images",
                      .help = "Names of files to leave out, relative to the folder or archive, with commas "
                              "between them. In other formats, numbers of images from 0.",
                      .group = "Dataset"}),
        choice_setting(&DatasetConfig::duplicates,
                       {.key = "duplicates",
                        .title = "Duplicates",
                        .help = "Whether images that occur several times are used only once.",
                        .group = "Dataset"}),
    };
    return table;
}

Dataset load_dataset(const DatasetConfig& config, const LoadProgress& progress, std::stop_token stop) {
    for (const Setting<DatasetConfig>& setting : dataset_settings())
        check_setting(setting.info, setting.get(config));
    if (stop.stop_requested()) throw Cancelled{};
    background_of(config);  // it is not used by every format, but checked
    Dataset dataset = load_any(config, progress, stop);
    if (dataset.names.empty()) exclude(dataset, config);  // the others have been left out before reading
    keep_spread(dataset, config.image_limit);
    if (config.colour == DatasetConfig::Colour::rgb) make_rgb(dataset.images);
    if (config.colour == DatasetConfig::Colour::grey) make_grey(dataset.images);
    leave_out_duplicates(dataset, config.duplicates, progress, stop);
    if (dataset.fingerprint.empty()) dataset.fingerprint = fingerprint_of(dataset);
    return dataset;
}

ImageBatch images_at(const ImageBatch& batch, const std::vector<std::int64_t>& indices) {
    ImageBatch selected{
        static_cast<std::int64_t>(indices.size()), batch.channels, batch.height, batch.width, {}};
    selected.pixels.reserve(indices.size() * batch.image_size());
    for (const std::int64_t index : indices)
        selected.pixels.insert(selected.pixels.end(), batch.image(index),
                               batch.image(index) + batch.image_size());
    require_intact(batch);
    return selected;
}

Chosen spread_over(const Dataset& dataset, std::int64_t count) {
    const std::vector<std::int64_t> indices = spread_over_classes(dataset, count);
    Chosen chosen{images_at(dataset.images, indices), {}};
    for (const std::int64_t index : indices)
        chosen.labels.push_back(dataset.labels[static_cast<std::size_t>(index)]);
    return chosen;
}

}  // namespace denoise
