#include "engine/data/preparation_preview.h"

#include <algorithm>
#include <map>

#include "engine/data/class_balance.h"
#include "engine/data/class_members.h"
#include "engine/data/file_tree.h"
#include "engine/data/intact_images.h"
#include "engine/data/left_out.h"
#include "engine/data/picture_layout.h"
#include "engine/data/preparation.h"
#include "engine/formats/image_file.h"

namespace denoise {
namespace {

/// Reads the pictures of the examples as they are.
void read_originals(const DatasetConfig& config, std::vector<PreparedExample>& examples,
                    const std::stop_token& stop) {
    const auto tree = open_tree(config.dataset, {}, stop);
    std::map<std::string, std::size_t> wanted;
    for (std::size_t i = 0; i < examples.size(); ++i) wanted.emplace(examples[i].name, i);
    std::vector<TreeFile> files;
    std::vector<std::size_t> targets;
    for (TreeFile& file : lay_out_pictures(*tree, {}, stop).files)
        if (const auto found = wanted.find(file.name); found != wanted.end()) {
            targets.push_back(found->second);
            files.push_back(std::move(file));
        }
    tree->for_each(
        files,
        [&](std::size_t i, const TreeContent& content) {
            PreparedExample& example = examples[targets[i]];
            try {
                if (content.bytes) {
                    const PictureBytes bytes{content.path, *content.bytes};
                    const PictureSize size = picture_size(bytes);
                    example.width = size.width, example.height = size.height;
                    example.before = read_picture(bytes, preview_side, PictureColour::as_file);
                } else {
                    const PictureSize size = picture_size(content.path);
                    example.width = size.width, example.height = size.height;
                    example.before = read_picture(content.path, preview_side);
                }
            } catch (const Error&) {  // it has changed since it was loaded
            }
        },
        {}, stop);
}

/// Of images that are in one file: the same images in their own colours.
void take_originals(const DatasetConfig& config, std::vector<PreparedExample>& examples,
                    const std::stop_token& stop) {
    DatasetConfig as_is{.dataset = config.dataset};
    if (config.dataset == "glyphs") as_is.image_limit = config.image_limit;
    const Dataset dataset = load_dataset(as_is, {}, stop);
    for (PreparedExample& example : examples) {
        const std::int64_t number = std::stoll(example.name);
        if (number >= dataset.images.count) continue;
        example.before = picture_of(dataset.images, number);
        example.width = dataset.images.width;
        example.height = dataset.images.height;
    }
}

std::vector<PreparedExample> examples_of(const DatasetConfig& config, const Dataset& dataset, int count,
                                         const std::stop_token& stop) {
    std::vector<std::int64_t> indices = spread_over_classes(dataset, count);
    std::ranges::sort(indices);
    std::vector<PreparedExample> examples;
    for (const std::int64_t index : indices) {
        const auto label = static_cast<std::size_t>(dataset.labels[static_cast<std::size_t>(index)]);
        PreparedExample example{
            .name = image_name(dataset, index),
            .class_name = dataset.class_names.size() > 1 ? dataset.class_names[label] : std::string(),
            .before = {},
            .after = picture_of(dataset.images, index)};
        examples.push_back(std::move(example));
    }
    require_intact(dataset.images);
    if (!dataset.names.empty())
        read_originals(config, examples, stop);
    else if (config.colour == DatasetConfig::Colour::automatic)
        for (PreparedExample& example : examples) {
            example.before = example.after;
            example.width = example.after.width, example.height = example.after.height;
        }
    else
        take_originals(config, examples, stop);
    return examples;
}

}  // namespace

PreparationPreview preview_examples(const DatasetConfig& config, int count, const LoadProgress& progress,
                                    const std::stop_token& stop) {
    DatasetConfig few = config;
    few.image_limit = config.image_limit > 0 ? std::min<std::int64_t>(config.image_limit, count) : count;
    few.duplicates = DatasetConfig::Duplicates::keep;
    const Dataset dataset = load_dataset(few, progress, stop);
    PreparationPreview preview;
    preview.config = config;
    preview.examples = examples_of(few, dataset, count, stop);
    return preview;
}

PreparationPreview preview_preparation(const DatasetConfig& config, int count, const LoadProgress& progress,
                                       const std::stop_token& stop) {
    const Dataset dataset = load_dataset(config, progress, stop);
    PreparationPreview preview;
    preview.config = config;
    preview.examples = examples_of(config, dataset, count, stop);
    preview.complete = true;
    preview.name = dataset.name;
    preview.count = dataset.images.count;
    preview.class_names = dataset.class_names;
    preview.class_counts = class_counts(dataset);
    preview.skipped = dataset.skipped;
    preview.notes = dataset.notes;
    preview.left_out = dataset.left_out;
    preview.flip = flip_advice(dataset);
    preview.fingerprint = dataset.fingerprint;
    return preview;
}

}  // namespace denoise
