#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "engine/session/datasets.h"

namespace denoise::cli {
namespace {

void print_as_json() {
    nlohmann::json list = nlohmann::json::array();
    for (const CatalogEntry& entry : dataset_catalog())
        list.push_back({{"name", entry.name},
                        {"title", entry.title},
                        {"description", entry.sentence},
                        {"how", entry.how},
                        {"built_in", entry.built_in}});
    print_json(list, true);
}

void print_text() {
    for (const CatalogEntry& entry : dataset_catalog())
        std::printf("%s\n  %s\n  %s\n\n", entry.title.c_str(), entry.sentence.c_str(), entry.how.c_str());
}

}  // namespace

void add_datasets(CLI::App& app) {
    auto as_json = std::make_shared<bool>(false);
    CLI::App* command = app.add_subcommand("datasets", "List the datasets that a model can be trained on.");
    command->add_flag("--json", *as_json, std::string("Print a JSON array") + json_error_help);
    command->callback([as_json] { *as_json ? print_as_json() : print_text(); });
}

}  // namespace denoise::cli
