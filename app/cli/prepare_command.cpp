#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/cli/class_table.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/dataset_name.h"
#include "app/cli/interrupt.h"
#include "app/cli/json_output.h"
#include "app/cli/number_checks.h"
#include "app/cli/output_check.h"
#include "app/cli/path_option.h"
#include "app/cli/set_option.h"
#include "engine/data/preparation_strip.h"
#include "engine/session/pictures.h"
#include "engine/session/preparation.h"

namespace denoise::cli {
namespace {

using nlohmann::json;

struct PrepareOptions {
    std::string dataset, out;
    std::vector<std::string> settings;
    int count = 8;
    bool as_json = false;
};

DatasetConfig config_of(const PrepareOptions& options) {
    DatasetConfig config;
    config.dataset = dataset_path(options.dataset);
    apply_settings(config, dataset_settings(), options.settings, "fit=pad");
    return config;
}

/// Loads the dataset, which Ctrl+C stops.
PreparationPreview load(const DatasetConfig& config, int count, ProgressLine* line) {
    std::stop_source stop;
    const LoadProgress progress = [&](std::int64_t done, std::int64_t total) {
        if (interrupted()) stop.request_stop();
        if (line)
            line->show(total > 0 ? static_cast<double>(done) / static_cast<double>(total) : -1,
                       "reading images", count_text(done, total));
    };
    PreparationPreview preview = preview_preparation(config, count, progress, stop.get_token());
    if (line) line->clear();
    return preview;
}

void print_as_json(const PreparationPreview& preview) {
    json object = {
        {"name", preview.name},
        {"images", preview.count},
        {"fingerprint", preview.fingerprint},
        {"classes", json_of_classes(preview.class_names, preview.class_counts)},
        {"skipped", json::array()},
        {"flip",
         {{"advised", preview.flip.flip}, {"certain", preview.flip.certain}, {"why", preview.flip.why}}}};
    if (!preview.examples.empty()) {
        const Picture& image = preview.examples.front().after;
        object["channels"] = image.channels;
        object["height"] = image.height;
        object["width"] = image.width;
    }
    for (const SkippedFile& file : preview.skipped)
        object["skipped"].push_back({{"file", file.path.string()}, {"why", file.why}});
    object["notes"] = preview.notes;
    json left_out = {{"classes", json::array()}, {"images", json::array()}, {"duplicates", json::array()}};
    if (preview.left_out) {
        for (const LeftOut::Class& each : preview.left_out->classes)
            left_out["classes"].push_back({{"name", each.name}, {"images", each.images}});
        left_out["images"] = preview.left_out->images;
        for (const LeftOut::Duplicate& each : preview.left_out->duplicates)
            left_out["duplicates"].push_back(
                {{"image", each.image}, {"kept", each.kept}, {"mirrored", each.is_mirrored}});
    }
    object["left_out"] = left_out;
    print_json(object, true);
}

void print_text(const PreparationPreview& preview) {
    ProgressLine line;
    std::string shape;
    if (!preview.examples.empty()) {
        const Picture& image = preview.examples.front().after;
        shape = " of " + std::to_string(image.width) + " x " + std::to_string(image.height) +
                (image.channels == 1 ? ", grey" : ", colour");
    }
    line.say(preview.name + ": " + std::to_string(preview.count) + " images" + shape);
    for (const std::string& row : class_table(preview.class_names, preview.class_counts)) line.say(row);
    if (preview.left_out) {
        for (const std::string& sentence : describe(*preview.left_out)) line.say(sentence);
        const std::vector<LeftOut::Duplicate>& duplicates = preview.left_out->duplicates;
        for (std::size_t i = 1; i < duplicates.size(); ++i) line.say("  " + describe(duplicates[i]));
    }
    for (const SkippedFile& file : preview.skipped)
        line.say("skipped " + file.path.string() + ": " + file.why);
    for (const std::string& note : preview.notes) line.say("note: " + note);
    line.say(std::string("Flips: ") + (preview.flip.certain ? "" : "probably ") +
             (preview.flip.flip ? "on" : "off") + ". " + preview.flip.why);
    line.say("Fingerprint: " + preview.fingerprint);
}

void prepare(const PrepareOptions& options) {
    const DatasetConfig config = config_of(options);
    if (!options.out.empty()) check_output_file(options.out);
    std::optional<ProgressLine> line;
    if (!options.as_json) line.emplace();
    const PreparationPreview preview = load(config, options.count, line ? &*line : nullptr);
    if (!options.out.empty()) write_picture(before_and_after(preview.examples), options.out);
    options.as_json ? print_as_json(preview) : print_text(preview);
}

}  // namespace

void add_prepare(CLI::App& app) {
    auto options = std::make_shared<PrepareOptions>();
    CLI::App* command = app.add_subcommand(
        "prepare",
        "Show how a dataset is prepared: its classes, what is left out, and pictures before and after.");
    add_path(*command, "DATASET", options->dataset, find_setting(dataset_settings(), "dataset").info.help)
        ->required()
        ->type_name("PATH|glyphs");
    command->add_option("--set", options->settings, "A setting, see below; can be given several times")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    add_path(*command, "-o,--out", options->out,
             "A picture of some images before and after: .png, .jpg, .bmp or .webp")
        ->type_name("examples.png");
    command->add_option("--count", options->count, "Images in this picture")
        ->check(in_range(1, 256))
        ->capture_default_str();
    command->add_flag("--json", options->as_json, std::string("Print a JSON object") + json_error_help);
    command->footer("Settings for --set KEY=VALUE, as for train:\n" +
                    list_settings(dataset_settings(), DatasetConfig()));
    command->callback([options] { prepare(*options); });
}

}  // namespace denoise::cli
