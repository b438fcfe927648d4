#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "engine/base/memory.h"
#include "engine/session/devices.h"

namespace denoise::cli {
namespace {

void print_as_json(const std::vector<DeviceInfo>& devices) {
    nlohmann::json list = nlohmann::json::array();
    for (const DeviceInfo& each : devices)
        list.push_back({{"device", name_of(each.device)},
                        {"name", each.name},
                        {"memory_bytes", each.memory_bytes},
                        {"automatic", each.device == usable_device(ComputeDevice::automatic)}});
    print_json({{"devices", list}}, true);
}

void print_text(const std::vector<DeviceInfo>& devices) {
    for (const DeviceInfo& each : devices) {
        std::string text = std::string(name_of(each.device)) + ": " + each.name;
        if (each.memory_bytes > 0) text += ", " + memory_text(each.memory_bytes);
        if (each.device == usable_device(ComputeDevice::automatic)) text += " (automatic)";
        std::printf("%s\n", text.c_str());
    }
    if (devices.size() == 1) std::printf("Only the processor: %s\n", why_no_graphics_card().c_str());
}

}  // namespace

void add_devices(CLI::App& app) {
    auto as_json = std::make_shared<bool>(false);
    CLI::App* command =
        app.add_subcommand("devices", "List the devices of this computer that networks can be computed on.");
    command->add_flag("--json", *as_json, std::string("Print JSON") + json_error_help);
    command->callback(
        [as_json] { *as_json ? print_as_json(available_devices()) : print_text(available_devices()); });
}

}  // namespace denoise::cli
