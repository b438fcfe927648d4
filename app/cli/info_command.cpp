#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/engine_client.h"

namespace denoise::cli {
namespace {

using nlohmann::json;

struct InfoOptions {
    std::string model;
    bool as_json = false;
    int channels = 1, size = 28;
};

/// A preset's network as it would be for images of the given size; a model's as it is.
RunOpened described(const InfoOptions& options) {
    const bool is_preset =
        std::ranges::any_of(presets(), [&](const Preset& preset) { return preset.name == options.model; });
    std::error_code code;
    if (is_preset && !std::filesystem::exists(options.model, code)) {
        RunOpened opened;
        opened.config = find_preset(options.model).config;
        opened.channels = options.channels;
        opened.height = opened.width = options.size;
        opened.parts = describe_unet(opened.config.unet, options.channels, options.size, options.size);
        return opened;
    }
    if (!std::filesystem::exists(options.model, code))
        throw Error{"Cannot show \"" + options.model + "\"",
                    "there is no file or folder of this name, and no preset",
                    "Name a run folder, a checkpoint, a diffusers folder, or one of " + preset_names()};
    return open_model(*engine_for_command(), options.model, nullptr);
}

std::string shape_of(const UNetPart& part) {
    std::string text = "[" + std::to_string(part.channels);
    if (part.height > 0) text += ", " + std::to_string(part.height) + ", " + std::to_string(part.width);
    return text + "]";
}

int info(const InfoOptions& options) {
    const RunOpened model = described(options);
    std::int64_t multiply_adds = 0;
    for (const UNetPart& part : model.parts) multiply_adds += part.multiply_adds;
    if (options.as_json) {
        json parts = json::array();
        for (const UNetPart& part : model.parts)
            parts.push_back({{"stage", part.stage},
                             {"part", part.part},
                             {"channels", part.channels},
                             {"height", part.height},
                             {"width", part.width},
                             {"parameters", part.parameters},
                             {"multiply_adds", part.multiply_adds}});
        const json object = {{"model", options.model},
                             {"step", model.step},
                             {"channels", model.channels},
                             {"height", model.height},
                             {"width", model.width},
                             {"class_names", model.class_names},
                             {"parameters", parameter_count(model.parts)},
                             {"multiply_adds", multiply_adds},
                             {"parts", parts},
                             {"config", json::parse(run_config_to_json(model.config))}};
        std::printf("%s\n", object.dump(2).c_str());
        return 0;
    }
    std::printf("%s: images of %d x %d x %d", options.model.c_str(), model.channels, model.height,
                model.width);
    if (model.step > 0) std::printf(", %lld training steps", static_cast<long long>(model.step));
    std::printf("\n\n%-16s %-24s %-16s %12s %14s\n", "Stage", "Part", "Output", "Parameters",
                "Multiply-adds");
    std::string stage;
    for (const UNetPart& part : model.parts) {
        std::printf("%-16s %-24s %-16s %12lld %14lld\n", part.stage == stage ? "" : part.stage.c_str(),
                    part.part.c_str(), shape_of(part).c_str(), static_cast<long long>(part.parameters),
                    static_cast<long long>(part.multiply_adds));
        stage = part.stage;
    }
    std::printf("%-58s %12lld %14lld\n\n", "Sum", static_cast<long long>(parameter_count(model.parts)),
                static_cast<long long>(multiply_adds));
    for (const Setting<RunConfig>& setting : run_settings())
        std::printf("  %-28s %s\n", setting.info.key.c_str(),
                    format_setting(setting.get(model.config)).c_str());
    return 0;
}

}  // namespace

void add_info(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<InfoOptions>();
    CLI::App* command =
        app.add_subcommand("info", "List the parts, sizes and settings of a model or preset.");
    command->add_option("MODEL", options->model, "A run folder, a checkpoint file, or a preset's name")
        ->required()
        ->type_name("MODEL|PRESET");
    command->add_option("--size", options->size, "Image side to describe a preset for")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    command->add_option("--channels", options->channels, "Image channels to describe a preset for")
        ->check(CLI::Range(1, 16))
        ->capture_default_str();
    command->add_flag("--json", options->as_json, "As one JSON object");
    command->callback([options, &exit_code] { exit_code = info(*options); });
}

}  // namespace denoise::cli
