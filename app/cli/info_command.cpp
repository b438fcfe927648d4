#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/class_table.h"
#include "app/cli/commands.h"
#include "app/cli/engine_client.h"
#include "app/cli/json_output.h"
#include "app/cli/number_checks.h"
#include "app/cli/path_option.h"
#include "engine/runs/run_folder.h"

namespace denoise::cli {
namespace {

using nlohmann::json;

struct InfoOptions {
    std::string model;
    bool as_json = false;
    int channels = 1, size = 28;
};

/// The network of a preset for images of the given size.
RunOpened preset_model(const InfoOptions& options) {
    RunOpened model;
    model.config = find_preset(options.model).config;
    model.channels = options.channels;
    model.height = model.width = options.size;
    model.parts = describe_unet(model.config.unet, options.channels, options.size, options.size);
    return model;
}

RunOpened find_model(const InfoOptions& options) {
    std::error_code code;
    if (std::filesystem::exists(options.model, code))
        return result_of<RunOpened>(*engine_for_command(), OpenModel{options.model}, nullptr);
    if (std::ranges::any_of(presets(), [&](const Preset& preset) { return preset.name == options.model; }))
        return preset_model(options);
    throw Error{"Cannot show \"" + options.model + "\"", "there is no such file, folder or preset",
                "Give a run folder, a checkpoint, a diffusers folder, or one of " + preset_names()};
}

/// The header of a run; empty for other models.
RunHeader header_of(const std::string& model) {
    return is_run_folder(model) ? read_run_header(model) : RunHeader();
}

void print_as_json(const RunOpened& model, const std::string& name) {
    const RunHeader header = header_of(name);
    json parts = json::array();
    for (const UNetPart& part : model.parts)
        parts.push_back({{"stage", part.stage},
                         {"part", part.part},
                         {"channels", part.channels},
                         {"height", part.height},
                         {"width", part.width},
                         {"parameters", part.parameters},
                         {"multiply_adds", part.multiply_adds}});
    const json object = {{"model", name},
                         {"step", model.step},
                         {"channels", model.channels},
                         {"height", model.height},
                         {"width", model.width},
                         {"class_names", model.class_names},
                         {"class_sizes", json_of_classes(header.class_names, header.class_counts)},
                         {"parameters", parameter_count(model.parts)},
                         {"multiply_adds", multiply_add_count(model.parts)},
                         {"processes", model.processes},
                         {"parts", parts},
                         {"config", json::parse(run_config_to_json(model.config))}};
    print_json(object, true);
}

/// "[64, 14, 14]"
std::string shape_of(const UNetPart& part) {
    std::string text = "[" + std::to_string(part.channels);
    if (part.height > 0) text += ", " + std::to_string(part.height) + ", " + std::to_string(part.width);
    return text + "]";
}

void print_parts(const RunOpened& model) {
    std::printf("%-16s %-24s %-16s %12s %14s\n", "Stage", "Part", "Output", "Parameters", "Multiply-adds");
    std::string stage;
    for (const UNetPart& part : model.parts) {
        std::printf("%-16s %-24s %-16s %12lld %14lld\n", part.stage == stage ? "" : part.stage.c_str(),
                    part.part.c_str(), shape_of(part).c_str(), static_cast<long long>(part.parameters),
                    static_cast<long long>(part.multiply_adds));
        stage = part.stage;
    }
    std::printf("%-58s %12lld %14lld\n", "Sum", static_cast<long long>(parameter_count(model.parts)),
                static_cast<long long>(multiply_add_count(model.parts)));
}

void print_text(const RunOpened& model, const std::string& name) {
    std::printf("%s: images of %d x %d x %d", printable(name).c_str(), model.channels, model.height,
                model.width);
    if (model.step > 0) std::printf(", %lld training steps", static_cast<long long>(model.step));
    if (model.processes > 1) std::printf(", by %d processes", model.processes);
    std::printf("\n\n");
    print_parts(model);
    std::printf("\n");
    const RunHeader header = header_of(name);
    const std::vector<std::string> classes = class_table(header.class_names, header.class_counts);
    if (!classes.empty()) std::printf("Images of each class:\n");
    for (const std::string& row : classes) std::printf("%s\n", printable(row).c_str());
    if (!classes.empty()) std::printf("\n");
    for (const Setting<RunConfig>& setting : run_settings())
        std::printf("  %-28s %s\n", setting.info.key.c_str(),
                    printable(format_setting(setting.get(model.config))).c_str());
}

void info(const InfoOptions& options) {
    const RunOpened model = find_model(options);
    if (options.as_json)
        print_as_json(model, options.model);
    else
        print_text(model, options.model);
}

}  // namespace

void add_info(CLI::App& app) {
    auto options = std::make_shared<InfoOptions>();
    CLI::App* command =
        app.add_subcommand("info", "List the parts, sizes and settings of a model or preset.");
    add_path(*command, "MODEL", options->model,
             "A run folder, a checkpoint file, a diffusers folder, or the name of a preset")
        ->required()
        ->type_name("MODEL|PRESET");
    command->add_option("--size", options->size, "Image size to describe a preset for")
        ->check(in_range(1, 4096))
        ->capture_default_str();
    command->add_option("--channels", options->channels, "Image channels to describe a preset for")
        ->check(in_range(1, 16))
        ->capture_default_str();
    command->add_flag("--json", options->as_json, std::string("Print a JSON object") + json_error_help);
    command->callback([options] { info(*options); });
}

}  // namespace denoise::cli
